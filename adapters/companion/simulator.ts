import { createSocket } from 'node:dgram'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { lineDeframer } from '../../wire/lines.ts'
import { plainArgs } from '../../wire/osc-plain.ts'
import { decode } from '../../wire/osc.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { createSimulated, type Simulated } from './simulated.ts'
import { answerHttp } from './simulated-http.ts'
import { answerLine, takeOsc } from './simulated-messages.ts'

export interface CompanionSimulatorOptions extends SimulatorOptions {
  /** Default 0, as all ports here: any free one. */
  readonly httpPort?: number
  readonly oscPort?: number
  readonly tcpPort?: number
  readonly udpPort?: number
}

export interface CompanionSimulator extends Simulator {
  readonly httpPort: number
  readonly oscPort: number
  readonly tcpPort: number
  readonly udpPort: number
  readonly knows: Simulated
  /** Tells those on TCP that a control has another colour. */
  redraw(page: number, row: number, column: number, red: number): void
  /** Closes one of its ways in for good. */
  shut(way: 'http' | 'osc' | 'tcp' | 'udp'): Promise<void>
}

/** Longer lines and bodies are cut: it is a simulator. */
const maxBytes = 256 * 1024

/** A Companion with a grid of 4 x 8 on each page, some variables and a connection, on all its ports. */
export async function simulate(
  options: CompanionSimulatorOptions = {},
): Promise<CompanionSimulator> {
  const received = new Received()
  const held = new Held()
  const knows = createSimulated()
  const sockets = new Set<Socket>()
  const host = options.host ?? '127.0.0.1'
  let fault: Fault = 'none'

  const http = createHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      if (body.length < maxBytes) body += text
    })
    request.on('error', () => response.destroy())
    request.once('end', () => {
      // what is only read is no command
      const isCommand = request.method === 'POST'
      spoiled(isCommand ? fault : 'none', request, body, response)
      if (isCommand) received.add([request.method, request.url, body].join(' ').trimEnd())
    })
  })
  const spoiled = (
    how: Fault,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ) => {
    const { socket } = request
    if (how === 'none') answerHttp(knows, request, body, response)
    else if (how === 'hang') held.add(() => answerHttp(knows, request, body, response))
    else if (how === 'refuse') response.writeHead(204).end()
    else if (how === 'garbage') socket.end('ff\u0000 this is not HTTP\r\n\r\n')
    else if (how === 'half-reply') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no')
    else socket.destroy()
  }

  const lines = createServer((socket) => {
    sockets.add(socket)
    const deframer = lineDeframer(maxBytes)
    const answer = (text: string) => {
      if (!socket.destroyed) socket.write(`${text}\n`)
    }
    socket.on('data', (chunk) => {
      for (const line of deframer.push(chunk)) {
        if (!line.ok) continue
        const isRead = line.text.endsWith('GET-VALUE')
        const how = isRead ? 'none' : fault
        if (how === 'none') answer(answerLine(knows, line.text))
        else if (how === 'hang') held.add(() => answer(answerLine(knows, line.text)))
        else if (how === 'refuse') answer('-ERR No control at location')
        else if (how === 'garbage') socket.write(Buffer.from('ff00fe8081c30a', 'hex'))
        else if (how === 'half-reply') socket.end('+O')
        else socket.destroy()
        if (!isRead) received.add(line.text)
      }
    })
    // a client that resets is no event; `close` follows
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })

  const osc = await datagrams(host, options.oscPort ?? 0, (bytes) => {
    const decoded = decode(bytes)
    if (!decoded.ok || decoded.packet.kind === 'bundle') return
    const { address, args } = decoded.packet
    takeOsc(knows, decoded.packet)
    const plain = plainArgs(args)
    received.add(
      [address, ...(plain.ok ? plain.values.map((v) => JSON.stringify(v)) : [])].join(' '),
    )
  })
  const udp = await datagrams(host, options.udpPort ?? 0, (bytes) => {
    if (bytes.length === 0) return
    answerLine(knows, bytes.toString())
    received.add(bytes.toString().trim())
  })
  const httpPort = await listening(http, host, options.httpPort ?? 0)
  const ways = {
    http: () => closed(http, () => http.closeAllConnections()),
    tcp: () => closed(lines, () => sockets.forEach((socket) => socket.destroy())),
    osc: osc.close,
    udp: udp.close,
  }
  return {
    host,
    port: httpPort,
    httpPort,
    oscPort: osc.port,
    udpPort: udp.port,
    tcpPort: await listening(lines, host, options.tcpPort ?? 0),
    knows,
    redraw(page, row, column, red) {
      const told = { type: 'bank_bg_change', page, row, column, red, green: 0, blue: 0 }
      for (const socket of sockets) socket.write(`${JSON.stringify(told)}\n`)
    },
    shut: (way) => ways[way](),
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => {
      fault = next
    },
    release: (count) => held.release(count),
    async close() {
      received.close()
      await Promise.all(Object.values(ways).map((close) => close()))
    },
  }
}

async function listening(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function closed(server: Server, drop: () => void): Promise<void> {
  drop()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}

async function datagrams(host: string, port: number, got: (bytes: Buffer) => void) {
  const socket = createSocket('udp4')
  socket.on('message', got)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, resolve)
  })
  let open = true
  return {
    port: socket.address().port,
    async close() {
      if (open) await new Promise<void>((resolve) => socket.close(resolve))
      open = false
    },
  }
}
