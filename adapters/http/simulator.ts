import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type DigestGuardOptions, openDigestGuard } from './digest-guard.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

/** Longer bodies are cut: it is a simulator. */
const keptBodyBytes = 64 * 1024

export interface HttpSimulatorOptions extends SimulatorOptions {
  /** It lets in only who knows this, by digest authentication. */
  readonly digest?: DigestGuardOptions
}

export interface HttpSimulator extends Simulator {
  /** What a GET is answered with from now on, instead of `{"ok":true}`. */
  show(type: string, body: string): void
}

/** A service that takes any request and answers `{"ok":true}`. What it got reads `POST /path {"body":1}`. */
export async function simulate(options: HttpSimulatorOptions = {}): Promise<HttpSimulator> {
  const received = new Received()
  const held = new Held()
  const guard = options.digest === undefined ? null : openDigestGuard(options.digest)
  let fault: Fault = 'none'
  let page = { type: 'application/json', body: '{"ok":true}' }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      if (body.length < keptBodyBytes) body += text
    })
    // a client that goes away in the middle has asked for nothing
    request.on('error', () => response.destroy())
    request.once('end', () => {
      const { method = '', url = '', headers } = request
      const challenge = guard?.(method, url, headers.authorization) ?? null
      if (challenge !== null) {
        response.writeHead(401, { 'www-authenticate': challenge }).end()
        return
      }
      const shown = method === 'GET' ? page : { type: 'application/json', body: '{"ok":true}' }
      answer(request, response, shown, fault, held)
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
    show(type, body) {
      page = { type, body }
    },
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
  page: { readonly type: string; readonly body: string },
  fault: Fault,
  held: Held,
): void {
  const { socket } = request
  switch (fault) {
    case 'none':
      response.setHeader('content-type', page.type)
      response.end(page.body)
      return
    case 'hang':
      held.add(() => answer(request, response, page, 'none', held))
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
