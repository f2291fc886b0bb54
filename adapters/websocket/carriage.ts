import { Buffer, isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type RawData, WebSocket } from 'ws'
import type { Failure } from '../../intents/failure.ts'
import { codeOf, reason } from '../../wire/system-reason.ts'
import type { Carriage, CarriageEvents, Outgoing } from '../carriage.ts'
import { openComeback } from '../comeback.ts'
import type { WebSocketOptions } from './options.ts'

/** 5 s: a host that swallows SYNs, or never answers the handshake, is not there. */
const handshakeMs = 5000
/** 10 s: below the idle time of the proxies between. */
const defaultPingMs = 10_000
/** 1 MiB: a larger message is no answer; the connection is given up. */
const maxMessageBytes = 1024 * 1024

/**
 * One WebSocket (RFC 6455) that comes back by itself. It is pinged, because a pulled plug sends nothing.
 */
export class WebSocketCarriage implements Carriage {
  readonly peer: string
  readonly #options: WebSocketOptions
  readonly #events: CarriageEvents
  readonly #readsText: boolean
  #socket: WebSocket | null = null
  /** Below it, to reset the connection: what is still in the buffers must not arrive late. */
  #stream: Socket | null = null
  #up = false
  #closed = false
  #answered = true
  readonly #comeback = openComeback()
  #detail = 'not connected yet'
  #timer: NodeJS.Timeout | null = null

  /** @param readsText bytes that are no text are of no use to the config */
  constructor(options: WebSocketOptions, readsText: boolean, events: CarriageEvents) {
    this.#options = options
    this.#events = events
    this.#readsText = readsText
    // neither user nor path, nor query: any of them may hold a secret
    const { protocol, host } = new URL(options.url)
    this.peer = `${protocol}//${host}`
  }

  get up(): boolean {
    return this.#up
  }

  get detail(): string {
    return this.#detail
  }

  open(): void {
    const { url, protocols, verifyTls } = this.#options
    const socket = new WebSocket(withoutUser(url), [...(protocols ?? [])], {
      headers: headersOf(this.#options),
      handshakeTimeout: handshakeMs,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      rejectUnauthorized: verifyTls,
    })
    this.#socket = socket
    this.#detail = 'not connected yet'
    socket.on('upgrade', ({ socket: stream }) => (this.#stream = stream))
    socket.once('open', () => this.#opened(socket))
    socket.on('message', (message, isBinary) => {
      if (this.#socket === socket) this.#got(message, isBinary)
    })
    socket.on('pong', () => (this.#answered = true))
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy()
      this.#lost(socket, `it answered the handshake with ${statusCode ?? 'nonsense'}`)
    })
    // stays on after the loss: a socket that was given up may still report its error
    socket.on('error', (error) => this.#lost(socket, why(error)))
    socket.once('close', () => this.#lost(socket, 'it closed the connection'))
  }

  write(
    { bytes, binary }: Outgoing,
    _signal: AbortSignal,
    done: (failure: Failure | null) => void,
  ): void {
    const socket = this.#socket
    socket?.send(bytes, { binary }, (error) => {
      if (error instanceof Error || this.#socket !== socket) return
      this.#comeback.served()
      done(null)
    })
  }

  drop(detail: string): void {
    if (this.#socket !== null) this.#lost(this.#socket, detail)
  }

  close(): void {
    this.#closed = true
    this.#up = false
    this.#clearTimer()
    this.#socket?.terminate()
    this.#socket = null
  }

  #opened(socket: WebSocket): void {
    if (this.#socket !== socket) return
    this.#up = true
    this.#comeback.up()
    this.#answered = true
    const every = this.#options.pingMs ?? defaultPingMs
    this.#timer = setInterval(() => this.#ping(socket), every)
    this.#events.up(`connected to ${this.peer}`)
  }

  #ping(socket: WebSocket): void {
    if (!this.#answered) return this.#lost(socket, 'it does not answer pings')
    this.#answered = false
    socket.ping()
  }

  /** Hostile: `maxPayload` bounds it. */
  #got(message: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(message)
      ? Buffer.concat(message)
      : Buffer.isBuffer(message)
        ? message
        : Buffer.from(message)
    // pictures, meters: nothing that a pattern could find something in
    if (isBinary && this.#readsText && !isUtf8(bytes)) return
    this.#events.frame({ ok: true, bytes })
  }

  #lost(socket: WebSocket, detail: string): void {
    if (this.#socket !== socket || this.#closed) return
    this.#socket = null
    this.#up = false
    this.#detail = detail
    this.#clearTimer()
    const stream = this.#stream
    this.#stream = null
    if (stream !== null && !(stream instanceof TLSSocket)) stream.resetAndDestroy()
    socket.terminate()
    this.#timer = setTimeout(() => this.open(), this.#comeback.waitMs())
    this.#events.down(detail)
  }

  #clearTimer(): void {
    // the same for intervals
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function withoutUser(text: string): URL {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url
}

function headersOf({ url, headers, token, user, password }: WebSocketOptions) {
  const from = new URL(url)
  const name = user ?? decoded(from.username)
  const word = password ?? decoded(from.password)
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : name === ''
        ? null
        : `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`
  return { ...(authorization === null ? {} : { authorization }), ...headers }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // a single % stands for itself
    return text
  }
}

/** For people, from a closed set: an error's own text may hold what must not be shown. */
function why(error: Error): string {
  const code = codeOf(error)
  if (code.startsWith('WS_ERR_')) return `what it says is no WebSocket (${code})`
  if (code === '' && /handshake|Upgrade|Sec-WebSocket/i.test(error.message))
    return 'it did not answer the handshake as a WebSocket does'
  return reason(error)
}
