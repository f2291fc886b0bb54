import { once, setMaxListeners } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { checkHost, type ListenOptions, listening, opened, place } from './listen.ts'
import type { OpenSurface } from './surface.ts'

/** More than a control room has senders; what bounds the memory of all connections together. */
const standardConnections = 256
/** 30 s: a client that vanished without a word gives its place back. */
const keepAliveMs = 30_000
/** What one connection may wait for at once: far more than a hand can press, little enough memory. */
export const maxUnanswered = 1000

export interface StreamUse {
  /** So many at once at the most; 256 where nothing is said. */
  readonly maxConnections?: number
  /**
   * Serves one connection until its end; `from`: `127.0.0.1:53211`. `gone` aborts when the connection is closed. What
   * it rejects with is dropped: it closes the connection, which is all a broken one needs.
   */
  serve(socket: Socket, from: string, gone: AbortSignal): Promise<void>
  /** A connection beyond the most that are served; it was closed. */
  turnedAway(from: string, detail: string): void
}

/** Listens for connections; a client that only half-closes still gets its answers. @throws SurfaceError */
export async function openStreams(
  name: string,
  options: ListenOptions,
  use: StreamUse,
): Promise<OpenSurface> {
  checkHost(name, options)
  const { maxConnections = standardConnections } = use
  const sockets = new Set<Socket>()
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  })
  server.maxConnections = maxConnections
  server.on('drop', (peer) =>
    use.turnedAway(
      place(peer?.remoteAddress ?? 'unknown', peer?.remotePort ?? 0),
      `more than ${maxConnections} connections`,
    ),
  )
  server.on('connection', (socket) => {
    const gone = new AbortController()
    setMaxListeners(maxUnanswered * 2, gone.signal)
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      gone.abort()
    })
    // nothing is lost here: 'close' follows every 'error', and ends what waits for this connection
    socket.on('error', () => {})
    const from = place(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0)
    use.serve(socket, from, gone.signal).then(
      () => socket.end(),
      () => socket.destroy(),
    )
  })
  const at = await listening(name, server, options)
  return opened(`tcp ${at}`, async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  })
}

/** 4 KiB: about a hundred lines, some ms of work. */
const pieceBytes = 4096

/**
 * What a connection says until its peer ends it, in pieces, and between two of them whoever else has something to say is heard;
 * reading waits while the loop's body does.
 */
export async function* chunks(socket: Socket): AsyncGenerator<Buffer, void> {
  const whole: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false })
  for await (const chunk of whole)
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      if (at > 0) await turn()
      yield chunk.subarray(at, at + pieceBytes)
    }
}
