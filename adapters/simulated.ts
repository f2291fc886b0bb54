import { createSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { lineDeframer } from '../wire/lines.ts'
import type { Fault, Held, Received, Simulator } from './simulator.ts'

// What simulators have in common: what tests see of them, and ports of this machine.

/** What tests see of what a simulator got and hold back, and how they set its fault. */
export function seen(
  received: Received,
  held: Held,
  fault: (next: Fault) => void,
): Omit<Simulator, 'host' | 'port' | 'close'> {
  return {
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault,
    release: (count) => held.release(count),
  }
}

/** A port that is open, and closes as by a pulled plug. */
export interface Opened {
  readonly port: number
  /** Idempotent. */
  close(): Promise<void>
}

/** Opens a server. `drop` ends its connections. @throws Error where the port is taken */
export async function openServer(
  server: Server,
  at: { readonly host: string; readonly port: number },
  drop: () => void,
): Promise<Opened> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    async close() {
      drop()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface LineServer extends Opened {
  /** Those that are connected. */
  readonly sockets: ReadonlySet<Socket>
}

/** A server for lines of at most `maxBytes`; others are dropped. @throws Error where the port is taken */
export async function openLineServer(
  at: { readonly host: string; readonly port: number },
  maxBytes: number,
  got: (text: string, socket: Socket) => void,
): Promise<LineServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const lines = lineDeframer(maxBytes)
    socket.on('data', (chunk) => {
      for (const line of lines.push(chunk)) if (line.ok) got(line.text, socket)
    })
    // a client that resets is no event for a device; `close` follows
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  const opened = await openServer(server, at, () => {
    for (const socket of sockets) socket.destroy()
  })
  return { ...opened, sockets }
}

/** A UDP port. @throws Error where it is taken */
export async function openDatagramPort(
  at: { readonly host: string; readonly port: number },
  got: (bytes: Buffer) => void,
): Promise<Opened> {
  const socket = createSocket('udp4')
  socket.on('message', got)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(at.port, at.host, resolve)
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
