import { Type } from 'typebox'
import type { Static } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { NoRenderer } from '../render/canvas.ts'
import { openRenderer } from '../render/renderer.ts'
import type { OpenSurface, Surface, SurfaceHost } from '../surface.ts'
import type { Deck, Finder, Finds } from './deck.ts'
import { findDocks } from './dock.ts'
import { type SeatedDeck, seatDeck } from './seated.ts'
import { findUsb, usbLibrary, type UsbLibrary } from './usb.ts'

const options = Type.Object({
  usb: Type.Boolean({
    default: true,
    description:
      'Whether Stream Decks at the USB of this machine are used, also those plugged in later.',
  }),
  docks: Type.Array(
    Type.Object({
      host: Type.String({ minLength: 1, description: 'Address of the dock, IPv4 best.' }),
      port: Type.Integer({ default: 5343, minimum: 1, maximum: 65_535, description: 'TCP port.' }),
    }),
    {
      default: [],
      maxItems: 64,
      description:
        'Network docks and Stream Deck Studios, by address. They are connected to, and again when they are back.',
    },
  ),
})

export type StreamDeckOptions = Static<typeof options>

export const surface: Surface<typeof options> = {
  type: 'streamdeck',
  title: 'Stream Decks at USB or a network dock: keys, dials, touch strips',
  options,
  discovery: {
    service: 'elg',
    transport: 'tcp',
    optionsOf: ({ host, port }) => ({ usb: false, docks: [{ host, port }] }),
  },
  open: (_, given, host) => openStreamDecks(given, host, usbLibrary),
}

/** `load`: the USB of the machine, looked at every `lookMs`. */
export async function openStreamDecks(
  { usb, docks }: StreamDeckOptions,
  host: SurfaceHost,
  load: () => Promise<UsbLibrary>,
  lookMs?: number,
): Promise<OpenSurface> {
  const seated = new Map<Deck, SeatedDeck>()
  const troubles = new Map<'render' | 'usb' | 'dock', string>()
  const trouble = (of: 'render' | 'usb' | 'dock') => (detail: string | null) =>
    void (detail === null ? troubles.delete(of) : troubles.set(of, detail))

  const renderer = await openRenderer().catch((error: unknown) => {
    // without pixels its keys still press
    if (!(error instanceof NoRenderer)) throw error
    trouble('render')(error.message)
    return null
  })
  const finds = (of: 'usb' | 'dock'): Finds => ({
    found: (found) => {
      const drop = (fault: string | null) => {
        seated.delete(found.deck)
        return found.drop(fault)
      }
      seated.set(found.deck, seatDeck({ ...found, drop }, host.desk, renderer))
    },
    lost: (deck) => void seated.get(deck)?.leave(),
    malformed: (source, detail) => host.rejected(source, failed('malformed', detail)),
    trouble: trouble(of),
  })
  const finders: Finder[] = []
  if (usb) finders.push(findUsb(finds('usb'), load, lookMs))
  if (docks.length > 0) {
    const found = await findDocks(finds('dock'), docks).catch((error: unknown) => {
      trouble('dock')(error instanceof Error ? error.message : String(error))
      return null
    })
    if (found !== null) finders.push(found)
  }
  return {
    get address() {
      const titles = [...seated.values()].map(({ title }) => title)
      return [titles.join(', ') || 'no Stream Deck', ...troubles.values()].join('; ')
    },
    async close() {
      await Promise.all([...seated.values()].map((deck) => deck.leave()))
      await Promise.all(finders.map((finder) => finder.close()))
    },
  }
}
