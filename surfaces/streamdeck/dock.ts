import type { EventEmitter } from 'node:events'
import type { StreamDeckTcp, StreamDeckTcpConnectionManager } from '@elgato-stream-deck/tcp'
import { encodeJpeg } from '../render/jpeg.ts'
import type { Finder, Finds } from './deck.ts'
import { within } from './within.ts'

/** Where a network dock or a Stream Deck Studio listens: 5343 unless it was changed there. */
export interface DockAddress {
  readonly host: string
  readonly port: number
}

interface ManagerEvents {
  connected: [deck: StreamDeckTcp]
  disconnected: [deck: StreamDeckTcp]
  error: [error: unknown]
}

/** A device that answers at all does so within some ms; after this it gets its address for a serial number. */
const serialMs = 5000

/**
 * Connects to docks, and again whenever they are there again; the library does both, and looks for the deck that a dock holds.
 */
export async function findDocks(finds: Finds, docks: readonly DockAddress[]): Promise<Finder> {
  const { StreamDeckTcpConnectionManager: Manager } = await import('@elgato-stream-deck/tcp').catch(
    (cause: unknown) => {
      const detail =
        'the optional package @elgato-stream-deck/tcp is not installed: npm install --include=optional'
      throw new Error(detail, { cause })
    },
  )
  const manager: StreamDeckTcpConnectionManager = new Manager({ encodeJPEG: encodeJpeg })
  // its types name the emitter in a form that is no class to this compiler
  const events = manager as unknown as EventEmitter<ManagerEvents>
  events.on('connected', (deck) => void connected(deck))
  events.on('disconnected', (deck) => finds.lost(deck))
  // what was no Stream Deck at that address, or did not answer
  events.on('error', (error) => finds.trouble(String(error).slice(0, 200)))

  async function connected(deck: StreamDeckTcp): Promise<void> {
    const at = `${deck.remoteAddress}:${deck.remotePort}`
    // it has no seat yet: an error that nobody hears would end the process
    deck.on('error', () => finds.lost(deck))
    const serial = await within(serialMs, 'the serial number', deck.getSerialNumber()).catch(
      () => at,
    )
    finds.trouble(null)
    finds.found({
      deck,
      serial: serial === '' ? at : serial,
      source: `dock:${at}`,
      taken: fenceOf(deck),
      async drop() {
        // the manager owns the connection: given up and made anew, so that what hangs in it is gone
        if (!manager.disconnectFrom(deck.remoteAddress, deck.remotePort)) return
        if (!closed) again(deck)
      },
    })
  }

  let closed = false
  const waiting = new Set<ReturnType<typeof setTimeout>>()
  function again({ remoteAddress, remotePort }: StreamDeckTcp): void {
    // only what the config names: the deck behind a dock is found by its dock
    const named = docks.some(({ host, port }) => host === remoteAddress && port === remotePort)
    if (!named) return
    const timer = setTimeout(() => {
      waiting.delete(timer)
      if (!closed) manager.connectTo(remoteAddress, remotePort)
    }, againMs)
    waiting.add(timer)
  }

  for (const { host, port } of docks) manager.connectTo(host, port)
  return {
    close() {
      closed = true
      for (const timer of waiting) clearTimeout(timer)
      for (const { host, port } of docks) manager.disconnectFrom(host, port)
      return Promise.resolve()
    },
  }
}

/** Before a dock that did not take a draw is tried again, ms. */
const againMs = 1000

/**
 * Asks something that is answered after all that was written before it. The library keeps one such question at a time, so those
 * who wait meanwhile share the next one.
 */
export function fenceOf(deck: Pick<StreamDeckTcp, 'getFirmwareVersion'>): () => Promise<void> {
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
