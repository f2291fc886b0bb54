import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

/** Longer bodies are cut: it is a simulator. */
const keptBodyBytes = 64 * 1024

/** A service that takes any request and answers `{"ok":true}`. What it got reads `POST /path {"body":1}`. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const received = new Received()
  const held = new Held()
  let fault: Fault = 'none'
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      if (body.length < keptBodyBytes) body += text
    })
    // a client that goes away in the middle has asked for nothing
    request.on('error', () => response.destroy())
    request.once('end', () => {
      answer(request, response, fault, held)
      received.add([request.method, request.url, body].join(' ').trimEnd())
    })
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port: options.port ?? 0 }, resolve)
  })
  const address = server.address()
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => {
      fault = next
    },
    release: (count) => held.release(count),
    async close() {
      received.close()
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault,
  held: Held,
): void {
  const { socket } = request
  switch (fault) {
    case 'none':
      response.setHeader('content-type', 'application/json')
      response.end('{"ok":true}')
      return
    case 'hang':
      held.add(() => answer(request, response, 'none', held))
      return
    case 'refuse':
      // what it got comes back, as careless services do: nothing of it may show up in a failure
      response.statusCode = 403
      response.end(JSON.stringify({ headers: request.headers, url: request.url }))
      return
    case 'garbage':
      socket.end('ff\u0000 this is not HTTP\r\n\r\n')
      return
    case 'half-reply':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok"')
      return
    case 'close':
      socket.destroy()
      return
    default:
      fault satisfies never
  }
}
