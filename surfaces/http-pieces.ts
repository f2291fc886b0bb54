import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

// Node parses what one connection has sent at once, up to 64 KiB, in one turn, and calls the listener for each request in it: a
// client that sends request after request without waiting makes everybody else wait for 700 of them. So the server is given
// less at a time.

/** 2 KiB: some ten requests of a browser, some twenty of a program. */
const pieceBytes = 2048
/** Requests of one connection that wait for their answers, before more are read: what bounds its memory. */
const mostUnanswered = 64

/**
 * Lets the server read each connection in pieces, and between two of them whoever else has something to say is heard; what a connection has
 * sent beyond 64 unanswered requests is left to the kernel, which slows its sender down. To be called once, before it listens.
 */
export function inPieces(server: Server): Server {
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection'
  const serve = server.listeners(event)
  server.removeAllListeners(event)
  server.on(event, (socket: Socket) => {
    const pieces = new Pieces(socket)
    for (const each of serve) each.call(server, pieces)
  })
  server.on('request', ({ socket }, response) => {
    if (!(socket instanceof Pieces)) return
    socket.ask()
    response.on('close', () => socket.answered())
  })
  return server
}

/** A connection as a server sees it: what is read comes in pieces, everything else is the socket's. */
class Pieces extends Duplex {
  readonly #socket: Socket
  #unanswered = 0
  /** The server wants more. */
  #wanted = false
  /** A piece was given in this turn. */
  #given = false

  constructor(socket: Socket) {
    super({ decodeStrings: false })
    this.#socket = socket
    socket.on('readable', () => this.#give())
    socket.on('end', () => this.push(null))
    socket.on('timeout', () => this.emit('timeout'))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress
  }

  get localPort(): number | undefined {
    return this.#socket.localPort
  }

  /** What fastify takes for TLS. */
  get encrypted(): boolean {
    return 'encrypted' in this.#socket
  }

  setTimeout(ms: number): this {
    this.#socket.setTimeout(ms)
    return this
  }

  setNoDelay(on?: boolean): this {
    this.#socket.setNoDelay(on)
    return this
  }

  /** As a socket's: what a server calls after the last answer. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  ask(): void {
    this.#unanswered++
  }

  answered(): void {
    this.#unanswered--
    this.#give()
  }

  override _read(): void {
    this.#wanted = true
    this.#give()
  }

  #give(): void {
    if (!this.#wanted || this.#given || this.#unanswered >= mostUnanswered) return
    const socket = this.#socket
    const piece = socket.read(Math.min(pieceBytes, socket.readableLength)) as Buffer | null
    if (piece === null) return
    this.#wanted = false
    this.#given = true
    setImmediate(() => {
      this.#given = false
      this.#give()
    })
    this.push(piece)
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    done: () => void,
  ): void {
    this.#socket.cork()
    for (const [n, { chunk, encoding }] of chunks.entries())
      this.#socket.write(chunk, encoding, n === chunks.length - 1 ? done : undefined)
    this.#socket.uncork()
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy(error ?? undefined)
    done(error)
  }
}
