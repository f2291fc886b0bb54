import { connect, type Socket } from 'node:net'
import { reason } from '../wire/system-reason.ts'
import { openComeback } from './comeback.ts'

/** What a connection tells its link. Never called after `close`. */
export interface ConnectionEvents {
  up(): void
  /** At each attempt that failed and each connection that was lost. */
  down(detail: string): void
  bytes(chunk: Buffer): void
}

/** 5 s: a host that swallows SYNs is not there; the system itself would try for two minutes. */
const connectMs = 5000
/** 10 s idle before the system asks whether the peer is alive: pulled plugs send nothing. */
const keepAliveMs = 10_000

/** One TCP connection that comes back by itself. */
export class Connection {
  readonly #host: string
  readonly #port: number
  readonly #events: ConnectionEvents
  #socket: Socket | null = null
  #up = false
  #closed = false
  readonly #comeback = openComeback()
  #detail = 'not connected yet'
  #timer: NodeJS.Timeout | null = null

  constructor(host: string, port: number, events: ConnectionEvents) {
    this.#host = host
    this.#port = port
    this.#events = events
  }

  get up(): boolean {
    return this.#up
  }

  /** Why it is not up. */
  get detail(): string {
    return this.#detail
  }

  /** Starts to connect; returns at once. */
  open(): void {
    const socket = connect({
      host: this.#host,
      port: this.#port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    })
    this.#socket = socket
    this.#detail = 'not connected yet'
    this.#timer = setTimeout(() => this.#lost(socket, 'it does not answer'), connectMs)
    socket.once('connect', () => {
      if (this.#socket !== socket) return
      this.#clearTimer()
      this.#up = true
      this.#comeback.up()
      this.#events.up()
    })
    socket.on('data', (chunk) => {
      if (this.#socket === socket) this.#events.bytes(chunk)
    })
    // stays on after the loss: a destroyed socket may still report its error
    socket.on('error', (error) => this.#lost(socket, reason(error)))
    socket.once('close', () => this.#lost(socket, 'it closed the connection'))
  }

  /** Hands bytes to the system. `flushed` is called once they are there; not at all when the connection is lost. */
  write(bytes: Buffer, flushed: () => void): void {
    const socket = this.#socket
    socket?.write(bytes, (error) => {
      if (error instanceof Error || this.#socket !== socket) return
      this.#comeback.served()
      flushed()
    })
  }

  /** Gives this connection up and makes a new one. */
  drop(detail: string): void {
    if (this.#socket !== null) this.#lost(this.#socket, detail)
  }

  close(): void {
    this.#closed = true
    this.#up = false
    this.#clearTimer()
    this.#socket?.destroy()
    this.#socket = null
  }

  #lost(socket: Socket, detail: string): void {
    if (this.#socket !== socket || this.#closed) return
    const was = this.#up
    this.#socket = null
    this.#up = false
    this.#detail = detail
    this.#clearTimer()
    // a reset, not a farewell: what is still in the buffers must not arrive late
    if (was) socket.resetAndDestroy()
    else socket.destroy()
    this.#timer = setTimeout(() => this.open(), this.#comeback.waitMs())
    this.#events.down(detail)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
