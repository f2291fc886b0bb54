import { WebSocket } from 'ws'
import type { FaceView, PanelView } from '../surfaces/http/panel-view.ts'
import type { Place } from './wish.ts'

/** How the hub is reached: the plugin's settings, for all of its keys. */
export interface HubAddress {
  /** `http://127.0.0.1:7700`. */
  readonly url: string
  readonly token: string
}

export const defaultUrl = 'http://127.0.0.1:7700'
/** First wait after a loss, ms, and the longest: a restarted hub is back within a second. */
const retryMs = { first: 250, most: 5000 } as const
/** Nothing heard for so long is a dead line, ms; the hub sends a ping more often. */
const silentMs = 60_000
/** Faces and answers are small; more is not from a hub. Bytes. */
const mostBytes = 16 * 1024 * 1024

/** What became of a request. */
export type Settled =
  | { readonly is: 'pending' }
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly reason: string }

type FromHub =
  | ({ readonly type: 'panel' } & PanelView)
  | ({ readonly type: 'face'; readonly face: FaceView } & Place)
  | { readonly type: 'accepted'; readonly ref: string; readonly id: string | null }
  | {
      readonly type: 'ended'
      readonly ref: string
      readonly outcome: string
      readonly failure: { readonly detail: string } | null
    }
  | {
      readonly type: 'problem'
      readonly ref?: string | null
      readonly problem: { readonly detail?: string; readonly title?: string }
    }

/**
 * The plugin's one connection to the hub's stream. It comes back by itself. What cannot be sent at once is not sent at all:
 * late is wrong.
 */
export class HubLink {
  readonly #changed: () => void
  #address: HubAddress | null = null
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0
  #ref = 0
  readonly #faces = new Map<string, FaceView>()
  readonly #asked = new Map<string, (settled: Settled) => void>()

  /** `changed`: the line came or went, or a face is another one. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** What a control shows; undefined while the hub has not said it, or has none there. */
  face({ page, row, col }: Place): FaceView | undefined {
    return this.#faces.get(`${page}/${row}/${col}`)
  }

  /** Goes to another hub, or comes back to this one with another token. */
  go(address: HubAddress): void {
    const same = this.#address?.url === address.url && this.#address.token === address.token
    this.#address = address
    if (same && this.#socket !== null) return
    this.#tries = 0
    this.#lost(this.#socket)
  }

  /** One request, one submission. false: not sent, and never will be. */
  ask(request: Readonly<Record<string, unknown>>, settled: (settled: Settled) => void): boolean {
    if (!this.isOpen) return false
    const ref = String(++this.#ref)
    this.#asked.set(ref, settled)
    this.#socket?.send(JSON.stringify({ ...request, ref }))
    settled({ is: 'pending' })
    return true
  }

  #open(): void {
    const address = this.#address
    if (address === null) return
    const { token } = address
    let mine: WebSocket
    try {
      const url = new URL('/api/v1/stream', address.url)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      mine = new WebSocket(url, {
        maxPayload: mostBytes,
        handshakeTimeout: retryMs.most,
        headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      })
    } catch {
      // no address: the keys say that the hub is not there until somebody types another
      return
    }
    this.#socket = mine
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => mine.terminate(), silentMs)
    }
    mine.on('open', () => {
      heard()
      this.#tries = 0
      mine.send(JSON.stringify({ type: 'subscribe', panel: true }))
      this.#changed()
    })
    mine.on('ping', heard)
    mine.on('message', (bytes: Buffer) => {
      heard()
      this.#take(bytes)
    })
    // `close` follows, and says the same
    mine.on('error', () => {})
    mine.on('close', () => {
      clearTimeout(silence)
      this.#lost(mine)
    })
  }

  #lost(which: WebSocket | null): void {
    if (this.#socket !== which) return
    this.#socket = null
    which?.terminate()
    this.#faces.clear()
    for (const settled of this.#asked.values())
      settled({
        is: 'failed',
        reason: 'the line broke before the hub answered: look whether it was done',
      })
    this.#asked.clear()
    clearTimeout(this.#timer)
    const wait = Math.min(retryMs.most, retryMs.first * 2 ** this.#tries)
    this.#timer = setTimeout(() => this.#open(), this.#tries++ === 0 ? 0 : wait)
    this.#changed()
  }

  #take(bytes: Buffer): void {
    let said: FromHub
    try {
      said = JSON.parse(bytes.toString()) as FromHub // the hub is the one that the user named
    } catch {
      return this.#lost(this.#socket)
    }
    switch (said.type) {
      case 'panel':
        this.#faces.clear()
        for (const { page, controls } of said.pages)
          for (const { row, col, face } of controls) this.#faces.set(`${page}/${row}/${col}`, face)
        return this.#changed()
      case 'face':
        this.#faces.set(`${said.page}/${said.row}/${said.col}`, said.face)
        return this.#changed()
      case 'accepted':
        // bound to nothing: there is nothing to wait for
        if (said.id === null) this.#settle(said.ref, { is: 'done' })
        return
      case 'ended': {
        const good = said.outcome === 'confirmed' || said.outcome === 'sent'
        const reason = `${said.outcome}: ${said.failure?.detail ?? ''}`
        return this.#settle(said.ref, good ? { is: 'done' } : { is: 'failed', reason })
      }
      case 'problem':
        return this.#settle(said.ref ?? '', {
          is: 'failed',
          reason: said.problem.detail ?? said.problem.title ?? 'refused',
        })
    }
  }

  #settle(ref: string, settled: Settled): void {
    this.#asked.get(ref)?.(settled)
    this.#asked.delete(ref)
  }
}
