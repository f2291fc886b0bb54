import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { HIDDevice, StreamDeck } from '@elgato-stream-deck/core'
import { reason } from '../../wire/system-reason.ts'
import { encodeJpeg } from '../render/jpeg.ts'
import type { Finder, Finds } from './deck.ts'
import { type Behind, followBehind } from './dock-behind.ts'
import { DockLine } from './dock-line.ts'
import { DockGivenUp } from './dock-question.ts'

/** Where a network dock or a Stream Deck Studio listens: 5343 unless it was changed there. */
export interface DockAddress {
  readonly host: string
  readonly port: number
}

/** Before a dock that was lost is tried again, ms: as often as USB is looked at. */
const againMs = 2000

/** Connects to docks and to the decks at them, and again whenever they are there again. @throws Error without the library */
export async function findDocks(finds: Finds, docks: readonly DockAddress[]): Promise<Finder> {
  const { DEVICE_MODELS } = await import('@elgato-stream-deck/core').catch((cause: unknown) => {
    const detail =
      'the optional package @elgato-stream-deck/core is not installed: npm install --include=optional'
    throw new Error(detail, { cause })
  })
  const closing = new AbortController()
  /** What stands in the way at each address. */
  const troubles = new Map<string, string>()

  function trouble(at: string, detail: string | null): void {
    if (detail === null) troubles.delete(at)
    else troubles.set(at, `${at}: ${detail}`)
    finds.trouble([...troubles.values()].join('; ') || null)
  }

  /** @throws DockGivenUp where it cannot be used */
  async function modelOf(line: DockLine): Promise<StreamDeck> {
    await line.alive
    const product = await line.product()
    const model = DEVICE_MODELS.find(({ productIds }) => productIds.includes(product))
    if (model === undefined)
      throw new DockGivenUp(
        `it is a Stream Deck of a kind that is not known here: 0x${product.toString(16)}`,
      )
    // the library asks for its own kind of emitter, which has the same methods
    const device = line as unknown as HIDDevice
    return model.factory(device, { encodeJPEG: encodeJpeg }, line.isDeck ? undefined : line)
  }

  /** One connection, from its begin to its end. `behind`: what follows the deck at it; null: it is such a deck itself. */
  async function visit(
    { host, port }: DockAddress,
    signal: AbortSignal,
    behind: Behind | null,
  ): Promise<void> {
    const at = `${host}:${port}`
    const source = `dock:${at}`
    const line = new DockLine(connect({ host, port, noDelay: true }))
    const stop = () => void line.close()
    signal.addEventListener('abort', stop, { once: true })
    let deck: StreamDeck | null = null

    async function introduce(): Promise<void> {
      const found = await modelOf(line)
      const told = await found.getSerialNumber().catch(() => '')
      // from the device, and so anything; without one it is known by its address
      const serial = /^[\x21-\x7e]{1,64}$/.test(told) ? told : at
      trouble(at, null)
      if (behind !== null) await follow(behind, found.CONTROLS.length === 0)
      if (found.CONTROLS.length === 0 || signal.aborted) return
      deck = found
      finds.found({
        deck: found,
        serial,
        source,
        taken: fenceOf(found),
        // it is dialled anew, so that what hangs in the connection is gone
        drop: (fault) => line.close(fault ?? 'it did not take what was drawn'),
      })
    }

    async function follow(behind: Behind, isDockOnly: boolean): Promise<void> {
      const want = (deckPort: number | null) => {
        if (isDockOnly) trouble(at, deckPort === null ? 'no Stream Deck is at that dock' : null)
        behind.want(deckPort === port ? null : deckPort)
      }
      line.on('behind', (held) => want(held?.port ?? null))
      const held = await line.getChildDeviceInfo()
      want(held?.port ?? null)
    }

    const reading = line.read()
    introduce().catch((error: unknown) =>
      line.close(error instanceof DockGivenUp ? error.message : reason(error)),
    )
    const { detail, isMalformed } = await reading
    signal.removeEventListener('abort', stop)
    behind?.want(null)
    if (deck !== null) finds.lost(deck)
    trouble(at, signal.aborted ? null : detail)
    if (isMalformed) finds.malformed(source, detail)
  }

  async function keep(
    address: DockAddress,
    signal: AbortSignal,
    behind: Behind | null,
  ): Promise<void> {
    while (!signal.aborted) {
      await visit(address, signal, behind)
      await wait(againMs, undefined, { signal }).catch(() => {})
    }
  }

  async function keepDock(address: DockAddress): Promise<void> {
    let deck = Promise.resolve()
    const behind = followBehind((port) => {
      const gone = new AbortController()
      deck = keep({ host: address.host, port }, gone.signal, null)
      return () => gone.abort()
    })
    await keep(address, closing.signal, behind)
    behind.close()
    await deck
  }

  const keeping = docks.map((address) => keepDock(address))
  return {
    async close() {
      closing.abort()
      await Promise.all(keeping)
    },
  }
}

/**
 * Asks something that is answered after all that was written before it. A question that is under way is not asked again, so those
 * who wait meanwhile share the next one.
 */
export function fenceOf(deck: Pick<StreamDeck, 'getFirmwareVersion'>): () => Promise<void> {
  let running: Promise<unknown> | null = null
  let next: Promise<void> | null = null
  return () => {
    next ??= (async () => {
      await running?.catch(() => {})
      next = null
      running = deck.getFirmwareVersion()
      await running
    })()
    return next
  }
}
