import { createServer, type Socket } from 'node:net'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { lineDeframer } from '../../wire/lines.ts'

/** Longer lines are no command. */
const maxLineBytes = 64 * 1024

/** A relay card that answers each line with `OK` and the line, or `ERR` and the line. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const received = new Received()
  const held = new Held()
  const sockets = new Set<Socket>()
  let fault: Fault = 'none'
  const server = createServer((socket) => {
    sockets.add(socket)
    const lines = lineDeframer(maxLineBytes)
    socket.on('data', (chunk) => {
      for (const line of lines.push(chunk)) {
        if (!line.ok) continue
        // answers before it tells the tests, so that they see both or neither
        if (!socket.destroyed) answer(socket, line.text, fault, held)
        received.add(line.text)
      }
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
    fault: (next) => {
      fault = next
    },
    release: (count) => held.release(count),
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

function answer(socket: Socket, line: string, fault: Fault, held: Held): void {
  switch (fault) {
    case 'none':
      if (!socket.destroyed) socket.write(`OK ${line}\r\n`)
      return
    case 'hang':
      held.add(() => answer(socket, line, 'none', held))
      return
    case 'refuse':
      socket.write(`ERR ${line}\r\n`)
      return
    case 'garbage':
      socket.write(Buffer.from('ff00fe8081c30a', 'hex'))
      return
    case 'half-reply':
      socket.end('O')
      return
    case 'close':
      socket.destroy()
      return
    default:
      fault satisfies never
  }
}
