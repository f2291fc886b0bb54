import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { plainArgs } from '../../wire/osc-plain.ts'
import { decode } from '../../wire/osc.ts'
import { openDatagramPort, openLineServer, openServer, seen } from '../simulated.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { answerHttp } from './simulated-http.ts'
import { answerLine, takeOsc } from './simulated-messages.ts'
import { createSimulated, type Simulated } from './simulated.ts'

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
  const host = options.host ?? '127.0.0.1'
  const at = (port = 0) => ({ host, port })
  let fault: Fault = 'none'

  const server = createServer((request, response) => {
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

  const spoiledLine = (how: Fault, text: string, socket: Socket) => {
    const answer = () => {
      if (!socket.destroyed) socket.write(`${answerLine(knows, text)}\n`)
    }
    if (how === 'none') answer()
    else if (how === 'hang') held.add(answer)
    else if (how === 'refuse') socket.write('-ERR No control at location\n')
    else if (how === 'garbage') socket.write(Buffer.from('ff00fe8081c30a', 'hex'))
    else if (how === 'half-reply') socket.end('+O')
    else socket.destroy()
  }
  const ports = {
    http: await openServer(server, at(options.httpPort), () => server.closeAllConnections()),
    tcp: await openLineServer(at(options.tcpPort), maxBytes, (text, socket) => {
      const isCommand = !text.endsWith('GET-VALUE')
      spoiledLine(isCommand ? fault : 'none', text, socket)
      if (isCommand) received.add(text)
    }),
    osc: await openDatagramPort(at(options.oscPort), (bytes) => {
      const decoded = decode(bytes)
      if (!decoded.ok || decoded.packet.kind === 'bundle') return
      const { address, args } = decoded.packet
      takeOsc(knows, decoded.packet)
      const plain = plainArgs(args)
      const shown = plain.ok ? plain.values.map((value) => JSON.stringify(value)) : ['?']
      received.add([address, ...shown].join(' '))
    }),
    udp: await openDatagramPort(at(options.udpPort), (bytes) => {
      if (bytes.length === 0) return
      answerLine(knows, bytes.toString())
      received.add(bytes.toString().trim())
    }),
  }
  return {
    ...seen(received, held, (next) => {
      fault = next
    }),
    host,
    port: ports.http.port,
    httpPort: ports.http.port,
    oscPort: ports.osc.port,
    tcpPort: ports.tcp.port,
    udpPort: ports.udp.port,
    knows,
    redraw(page, row, column, red) {
      const told = { type: 'bank_bg_change', page, row, column, red, green: 0, blue: 0 }
      for (const socket of ports.tcp.sockets) socket.write(`${JSON.stringify(told)}\n`)
    },
    shut: (way) => ports[way].close(),
    async close() {
      received.close()
      await Promise.all(Object.values(ports).map((port) => port.close()))
    },
  }
}
