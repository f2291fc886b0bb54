import { setTimeout as wait } from 'node:timers/promises'
import type { StreamDeck } from '@elgato-stream-deck/core'
import { encodeJpeg } from '../render/jpeg.ts'
import type { Finder, Finds } from './deck.ts'

/** What is used of `@elgato-stream-deck/node`. */
export interface UsbLibrary {
  listStreamDecks(): Promise<readonly { readonly path: string; readonly serialNumber?: string }[]>
  openStreamDeck(path: string, options: { encodeJPEG: typeof encodeJpeg }): Promise<StreamDeck>
}

/** How often the machine is asked for decks, ms: USB tells no program of this kind that something was plugged in. */
const lookEveryMs = 2000

/** @throws Error where the optional package is missing or a library of the system is */
export async function usbLibrary(): Promise<UsbLibrary> {
  return import('@elgato-stream-deck/node').catch((cause: unknown) => {
    const text = cause instanceof Error ? cause.message : ''
    const lacks = /(lib[\w-]+\.so[.\d]*)/.exec(text)?.[1]
    throw new Error(
      lacks === undefined
        ? 'the optional package @elgato-stream-deck/node is not installed or does not run here: npm install --include=optional'
        : `the system library ${lacks} is missing: on Debian, apt-get install libusb-1.0-0 libudev1`,
      { cause },
    )
  })
}

/** Opens every deck that is plugged in, and those that are plugged in later. */
export function findUsb(
  finds: Finds,
  load: () => Promise<UsbLibrary>,
  everyMs = lookEveryMs,
): Finder {
  const closing = new AbortController()
  /** By path; those that could not be opened are tried again at each look. */
  const open = new Map<string, StreamDeck>()
  /** By path: closed, and not opened again until they were away. In words why. */
  const refused = new Map<string, string>()

  async function look(): Promise<void> {
    const library = await load()
    let trouble: string | null = null
    const here = await library.listStreamDecks()
    for (const path of refused.keys())
      if (!here.some((found) => found.path === path)) refused.delete(path)
    for (const { path, serialNumber } of here) {
      if (open.has(path) || refused.has(path) || closing.signal.aborted) continue
      try {
        const deck = await library.openStreamDeck(path, { encodeJPEG: encodeJpeg })
        open.set(path, deck)
        const serial = serialNumber ?? (await deck.getSerialNumber().catch(() => path))
        const drop = async (fault: string | null) => {
          open.delete(path)
          if (fault !== null) refused.set(path, fault)
          await deck.close()
        }
        if (closing.signal.aborted) await drop(null)
        else finds.found({ deck, serial, source: `usb:${serial}`, taken: null, drop })
      } catch (error) {
        open.delete(path)
        trouble = `the Stream Deck at ${path} cannot be opened (${reason(error)}); on Linux it needs a udev rule (docs/surfaces/streamdeck.md), and no other program may have it`
      }
    }
    for (const [path, deck] of open)
      if (!here.some((found) => found.path === path)) {
        open.delete(path)
        finds.lost(deck)
      }
    finds.trouble(trouble ?? [...refused.values()][0] ?? null)
  }

  const looking = (async () => {
    while (!closing.signal.aborted) {
      await look().catch((error: unknown) => finds.trouble(`USB: ${reason(error)}`))
      await wait(everyMs, undefined, { signal: closing.signal }).catch(() => {})
    }
  })()

  return {
    async close() {
      closing.abort()
      await looking
    },
  }
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200)
}
