import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { checkHost, type ListenOptions, listening, opened, place } from '../listen.ts'
import type { OpenSurface } from '../surface.ts'

export interface WebSocketUse {
  readonly maxConnections: number
  /** Pages of these origins may connect; a client that is no page has none. */
  readonly origins: ReadonlySet<string>
  serve(stream: Duplex, from: string, gone: AbortSignal): Promise<void>
  turnedAway(from: string, detail: string): void
}

/** As a line may be. Bytes. */
const maxMessage = 2 * 1024 * 1024

/** Listens for WebSocket connections on every path. @throws SurfaceError */
export async function openWebSockets(
  name: string,
  options: ListenOptions,
  use: WebSocketUse,
): Promise<OpenSurface> {
  checkHost(name, options)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessage,
    perMessageDeflate: false,
    // one message a turn: what one client has sent at once keeps nobody else waiting
    allowSynchronousEvents: false,
  })
  const server = createServer((_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
    response.end('This port speaks the Satellite protocol over WebSocket.\n')
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { remoteAddress = 'unknown', remotePort = 0 } = request.socket
    const from = place(remoteAddress, remotePort)
    const { origin } = request.headers
    // a page of any site could open a connection to this machine from an operator's browser
    const why =
      origin !== undefined && !use.origins.has(origin)
        ? `pages of ${origin.slice(0, 100)} may not connect: surfaces.${name}.origins does not name them`
        : sockets.clients.size >= use.maxConnections
          ? `more than ${use.maxConnections} connections`
          : null
    if (why !== null) {
      use.turnedAway(from, why)
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const gone = new AbortController()
      const stream = createWebSocketStream(webSocket, { decodeStrings: false })
      // nothing is lost here: 'close' follows every 'error', and ends what waits for this connection
      stream.on('error', () => {})
      webSocket.on('close', () => gone.abort())
      use.serve(stream, from, gone.signal).then(
        () => stream.end(),
        () => stream.destroy(),
      )
    })
  })
  const at = await listening(name, server, options)
  return opened(`ws ${at}`, async () => {
    const closed = once(server, 'close')
    server.close()
    for (const webSocket of sockets.clients) webSocket.terminate()
    server.closeAllConnections()
    await closed
  })
}
