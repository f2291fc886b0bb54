import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import { lengthDeframer, lengthPrefixed } from '../../wire/length.ts'
import { type OscArg, toOscArgs, type PlainArg } from '../../wire/osc-arg.ts'
import { encode } from '../../wire/osc-encode.ts'
import { plainArgs } from '../../wire/osc-plain.ts'
import { decode, type OscPacket } from '../../wire/osc.ts'
import { slip, slipDeframer } from '../../wire/slip.ts'
import { Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { maxPacketBytes } from './command.ts'
import type { OscOptions } from './options.ts'

export interface OscSimulatorOptions extends SimulatorOptions {
  /** Default udp. */
  readonly transport?: OscOptions['transport']
}

export interface OscSimulator extends Simulator {
  /** Sends a message to whoever wrote last (UDP) or is connected (TCP). @throws RangeError for what OSC cannot say */
  say(address: string, values: readonly PlainArg[]): void
}

/** How answers go back. */
type Answer = (bytes: Buffer) => void

/** Beyond any desk's number of addresses, and a bound. */
const keptValues = 10_000

/**
 * A desk that keeps the arguments of each address and, asked with an address alone, answers with them. OSC knows no
 * refusal, so it shows no faults.
 */
export async function simulate(options: OscSimulatorOptions = {}): Promise<OscSimulator> {
  const received = new Received()
  const values = new Map<string, readonly OscArg[]>()
  const got = (bytes: Buffer, answer: Answer) => {
    const decoded = decode(bytes)
    if (decoded.ok) take(decoded.packet, answer)
  }
  const take = (packet: OscPacket, answer: Answer): void => {
    if (packet.kind === 'bundle') return packet.elements.forEach((element) => take(element, answer))
    const { address, args } = packet
    const kept = values.get(address)
    if (args.length === 0 && kept !== undefined) answer(encode(address, kept))
    if (args.length > 0 && values.size < keptValues) values.set(address, args)
    const plain = plainArgs(args)
    const shown = plain.ok ? plain.values.map((value) => JSON.stringify(value)) : ['?']
    received.add([address, ...shown].join(' '))
  }
  const transport = options.transport ?? 'udp'
  const host = options.host ?? '127.0.0.1'
  const port = options.port ?? 0
  const desk =
    transport === 'udp' ? await udpDesk(host, port, got) : await tcpDesk(host, port, transport, got)
  let open = true
  return {
    host,
    port: desk.port,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: () => {},
    release: () => {},
    say(address, values) {
      const converted = toOscArgs(values)
      if (!converted.ok) throw new RangeError(converted.detail)
      desk.say(encode(address, converted.args))
    },
    async close() {
      received.close()
      if (open) await desk.close()
      open = false
    },
  }
}

interface Desk {
  readonly port: number
  readonly say: Answer
  close(): Promise<void>
}

async function udpDesk(
  host: string,
  port: number,
  got: (bytes: Buffer, answer: Answer) => void,
): Promise<Desk> {
  const socket: UdpSocket = createSocket('udp4')
  let say: Answer = () => {}
  socket.on('message', (bytes, from) => {
    // who is gone does not hear: that is UDP
    say = (answer) => socket.send(answer, from.port, from.address, () => {})
    got(bytes, say)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, resolve)
  })
  return {
    port: socket.address().port,
    say: (bytes) => say(bytes),
    close: () =>
      new Promise((resolve) => {
        socket.close(() => resolve())
      }),
  }
}

async function tcpDesk(
  host: string,
  port: number,
  transport: 'tcp-slip' | 'tcp-length',
  got: (bytes: Buffer, answer: Answer) => void,
): Promise<Desk> {
  const sockets = new Set<Socket>()
  const frame = transport === 'tcp-slip' ? slip : lengthPrefixed
  const server = createServer((socket) => {
    sockets.add(socket)
    const frames = (transport === 'tcp-slip' ? slipDeframer : lengthDeframer)(maxPacketBytes)
    socket.on('data', (chunk) => {
      for (const found of frames.push(chunk))
        if (found.ok) got(found.bytes, (answer) => socket.write(frame(answer)))
    })
    // a client that resets is no event for a desk; `close` follows
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    say(bytes) {
      for (const socket of sockets) socket.write(frame(bytes))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
