import { createServer, type Socket } from 'node:net'
import { lineDeframer } from '../wire/lines.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from './simulator.ts'

/** Where the answers of a simulated device go. */
export interface Talker {
  write(bytes: Buffer | string): void
  /** Writes, and is gone: half an answer, or none. */
  end(bytes: string): void
  readonly isGone: boolean
}

/** A relay card on whatever carries its lines: it answers each with `OK` and the line, or `ERR` and the line. */
export function lineDevice(received: Received, held: Held) {
  let fault: Fault = 'none'

  function answer(talker: Talker, line: string, fault: Fault): void {
    switch (fault) {
      case 'none':
        if (!talker.isGone) talker.write(`OK ${line}\r\n`)
        return
      case 'hang':
        held.add(() => answer(talker, line, 'none'))
        return
      case 'refuse':
        talker.write(`ERR ${line}\r\n`)
        return
      case 'garbage':
        talker.write(Buffer.from('ff00fe8081c30a', 'hex'))
        return
      case 'half-reply':
        talker.end('O')
        return
      case 'close':
        talker.end('')
        return
      default:
        fault satisfies never
    }
  }

  return {
    fault(next: Fault) {
      fault = next
    },
    /** Answers before it tells the tests, so that they see both or neither. */
    got(talker: Talker, line: string) {
      if (!talker.isGone) answer(talker, line, fault)
      received.add(line)
    },
  }
}

/** Longer lines are no command. */
const maxLineBytes = 64 * 1024

export interface LineSimulator extends Simulator {
  /** Says a line by itself to whoever is connected. */
  say(line: string): void
}

/** That relay card on a TCP port: it answers each line with `OK` and the line, or `ERR` and the line. */
export async function simulateLines(options: SimulatorOptions): Promise<LineSimulator> {
  const received = new Received()
  const held = new Held()
  const sockets = new Set<Socket>()
  const device = lineDevice(received, held)
  const server = createServer((socket) => {
    sockets.add(socket)
    const lines = lineDeframer(maxLineBytes)
    const talker: Talker = {
      write: (bytes) => void socket.write(bytes),
      end: (bytes) => void (bytes === '' ? socket.destroy() : socket.end(bytes)),
      get isGone() {
        return socket.destroyed
      },
    }
    socket.on('data', (chunk) => {
      for (const line of lines.push(chunk)) if (line.ok) device.got(talker, line.text)
    })
    // a client that resets is no event for a device; `close` follows
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
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
    fault: device.fault,
    release: (count) => held.release(count),
    say(line) {
      for (const socket of sockets) socket.write(`${line}\r\n`)
    },
    async close() {
      received.close()
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
