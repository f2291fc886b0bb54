import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json } from '../../intents/json.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

/** Longer messages are no command. */
const maxMessageBytes = 1024 * 1024

export interface WebSocketSimulator extends Simulator {
  /** Says something by itself to whoever is connected. */
  say(message: Json): void
}

/** A connection, and the stream below it: faults are told in bytes. */
interface Client {
  readonly socket: WebSocket
  readonly stream: Duplex
}

/**
 * A service that answers each JSON request `{ "id": n, … }` with `{ "id": n, "ok": true }`, and any other text with `OK`
 * and the text. What it got of a request is shown without its number.
 */
export async function simulate(options: SimulatorOptions = {}): Promise<WebSocketSimulator> {
  const received = new Received()
  const held = new Held()
  const clients = new Set<Client>()
  let fault: Fault = 'none'
  const server = createServer((_, response) => {
    response.statusCode = 426
    response.end()
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  server.on('upgrade', (request, stream, head) => {
    // a client that resets is no event for a service; `close` follows
    stream.on('error', () => stream.destroy())
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const client = { socket, stream }
      clients.add(client)
      socket.on('error', () => socket.terminate())
      socket.once('close', () => clients.delete(client))
      socket.on('message', (message) => {
        const text = Buffer.isBuffer(message) ? message.toString() : '' // `ws` gives nothing else
        answer(client, text, fault, held)
        received.add(shown(text))
      })
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
    say(message) {
      for (const { socket } of clients) socket.send(JSON.stringify(message))
    },
    async close() {
      received.close()
      for (const { socket } of clients) socket.terminate()
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function request(text: string): Json {
  try {
    return JSON.parse(text) as Json // JSON.parse makes nothing else
  } catch {
    return null // a text
  }
}

function shown(text: string): string {
  const asked = request(text)
  if (!isObject(asked)) return text
  return JSON.stringify(Object.fromEntries(Object.entries(asked).filter(([key]) => key !== 'id')))
}

function answer(client: Client, text: string, fault: Fault, held: Held): void {
  const { socket, stream } = client
  const asked = request(text)
  const id = isObject(asked) ? asked['id'] : undefined
  const say = (ok: boolean) =>
    socket.send(
      id === undefined
        ? `${ok ? 'OK' : 'ERR'} ${text}`
        : // what it got comes back, as careless services do: nothing of it may show up in a failure
          JSON.stringify(ok ? { id, ok } : { id, ok, error: `no: ${text}` }),
    )
  switch (fault) {
    case 'none':
      say(true)
      return
    case 'hang':
      held.add(() => answer(client, text, 'none', held))
      return
    case 'refuse':
      say(false)
      return
    case 'garbage':
      // a frame with reserved bits and opcode 15 (RFC 6455 section 5.2)
      stream.write(Buffer.from('ff7fdeadbeef', 'hex'))
      return
    case 'half-reply':
      // a text frame that announces 100 bytes
      stream.end(Buffer.from('81647b22', 'hex'))
      return
    case 'close':
      stream.destroy()
      return
    default:
      fault satisfies never
  }
}
