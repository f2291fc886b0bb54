import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { Held, Received, type Fault, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { perform } from './studio-functions.ts'
import { createStudio, tallyOf, type Studio } from './studio.ts'
import { xmlOf } from './studio-xml.ts'

/** `ignore`: says OK and does nothing, as vMix does where a setting or a licence stands against it. */
export type VmixFault = Fault | 'ignore'

export interface VmixSimulatorOptions extends SimulatorOptions {
  /** The web controller's port; default 0: any free one. */
  readonly httpPort?: number
}

export interface VmixSimulator extends Simulator {
  readonly httpPort: number
  /** What it is doing: change it as somebody at its screen would, then `push`. */
  readonly studio: Studio
  /** What it does with the next functions; requests for its state are always answered. */
  fault(fault: VmixFault): void
  /** Pushes lines as they stand to every connection that has subscribed. */
  push(...lines: readonly string[]): void
  /** Turns its web controller on or off; it starts on. */
  web(on: boolean): void
  /** Cuts every connection; new ones are accepted. */
  drop(): void
  /** Every request but functions, oldest first. */
  asked(): readonly string[]
  /** How many connections it has. */
  connections(): number
}

interface Client {
  readonly socket: Socket
  readonly subscribed: Set<string>
  rest: string
}

/** As many as the longest test asks for; a demo that runs for days keeps the newest. */
const keptAsked = 1000

/** Starts a vMix that is none: its TCP API and its web controller. */
export async function simulate(options: VmixSimulatorOptions = {}): Promise<VmixSimulator> {
  const host = options.host ?? '127.0.0.1'
  const studio = createStudio()
  const received = new Received()
  const clients = new Set<Client>()
  const asked: string[] = []
  const held = new Held()
  let fault: VmixFault = 'none'
  let web = true

  const push = (topic: 'TALLY' | 'ACTS', line: string) => {
    for (const { socket, subscribed } of clients)
      if (subscribed.has(topic)) socket.write(`${line}\r\n`)
  }
  const carryOut = (client: Client, line: string) => {
    const [, name = '', query = ''] = line.split(' ')
    const params = new Map([...new URLSearchParams(query)].map(([k, v]) => [k.toLowerCase(), v]))
    const done = perform(studio, name, params)
    if (!done.ok) return client.socket.write(`FUNCTION ER ${done.error}\r\n`)
    client.socket.write(`FUNCTION OK Completed\r\n`)
    if (done.tally) push('TALLY', `TALLY OK ${tallyOf(studio)}`)
    for (const activator of done.activators) push('ACTS', `ACTS OK ${activator}`)
    return true
  }
  const onFunction = (client: Client, line: string) => {
    received.add(line)
    const { socket } = client
    switch (fault) {
      case 'none':
        return carryOut(client, line)
      case 'ignore':
        return socket.write('FUNCTION OK Completed\r\n')
      case 'hang':
        return held.add(() => carryOut(client, line))
      case 'refuse':
        return socket.write('FUNCTION ER Not now\r\n')
      case 'garbage':
        return socket.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0x0d, 0x0a]))
      case 'half-reply':
        return socket.end('FUNCTION O')
      case 'close':
        return socket.destroy()
      default:
        return fault satisfies never
    }
  }
  const onLine = (client: Client, line: string) => {
    const { socket, subscribed } = client
    const [command = '', topic = ''] = line.split(' ')
    if (command === 'FUNCTION') return onFunction(client, line)
    asked.push(line)
    if (asked.length > keptAsked) asked.shift()
    if (command === 'XML') {
      const xml = Buffer.from(`${xmlOf(studio)}\r\n`)
      return socket.write(Buffer.concat([Buffer.from(`XML ${xml.length}\r\n`), xml]))
    }
    if (command === 'TALLY') return socket.write(`TALLY OK ${tallyOf(studio)}\r\n`)
    if (command === 'VERSION') return socket.write('VERSION OK 27.0.0.81\r\n')
    if (line === 'XMLTEXT vmix/version') return socket.write('XMLTEXT OK 27.0.0.81\r\n')
    if (command === 'SUBSCRIBE' && (topic === 'TALLY' || topic === 'ACTS')) {
      subscribed.add(topic)
      socket.write(`SUBSCRIBE OK ${topic} Subscribed\r\n`)
      return topic === 'TALLY' && socket.write(`TALLY OK ${tallyOf(studio)}\r\n`)
    }
    if (command === 'UNSUBSCRIBE' && subscribed.delete(topic))
      return socket.write(`UNSUBSCRIBE OK ${topic} Unsubscribed\r\n`)
    if (command === 'QUIT') return socket.end('QUIT OK Bye\r\n')
    return socket.write(`${command} ER Unknown Command\r\n`)
  }
  const onClient = (socket: Socket) => {
    const client: Client = { socket, subscribed: new Set(), rest: '' }
    clients.add(client)
    socket.setNoDelay(true)
    socket.setEncoding('utf8')
    socket.write('VERSION OK 27.0.0.81\r\n')
    socket.on('data', (text: string) => {
      const lines = (client.rest + text).split('\r\n')
      client.rest = (lines.pop() ?? '').slice(0, 65_536)
      for (const line of lines) onLine(client, line)
    })
    // a client that is gone needs no answer
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clients.delete(client))
  }

  const tcp = createServer(onClient)
  const http = createHttpServer((request, response) => {
    if (!web) return request.socket.destroy()
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' })
    return response.end(xmlOf(studio))
  })
  const port = await listen(tcp, host, options.port ?? 0)
  const httpPort = await listen(http, host, options.httpPort ?? 0)

  const drop = () => {
    for (const { socket } of clients) socket.destroy()
    clients.clear()
  }
  let closing: Promise<void> | null = null
  return {
    host,
    port,
    httpPort,
    studio,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => (fault = next),
    release: (count) => held.release(count),
    push: (...lines) => {
      for (const line of lines)
        for (const { socket, subscribed } of clients)
          if (subscribed.size > 0) socket.write(`${line}\r\n`)
    },
    web: (on) => (web = on),
    drop,
    asked: () => asked,
    connections: () => clients.size,
    close: () =>
      (closing ??= (async () => {
        received.close()
        drop()
        http.closeAllConnections()
        await Promise.all([closed(tcp), closed(http)])
      })()),
  }
}

function listen(server: Server | HttpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function closed(server: Server | HttpServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
