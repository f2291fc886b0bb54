import { createSocket, type Socket, type SocketType } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { giveReceiveRoom } from './receive-room.ts'

/** Which of the two ports: control, and data on the next one. */
export type Port = 'control' | 'data'

export interface Address {
  readonly address: string
  readonly port: number
}

export interface PairEvents {
  got(port: Port, bytes: Buffer, from: Address): void
  /** Something sent before was refused, or a socket broke. */
  failed(error: Error): void
}

/** Two sockets on neighbouring ports, the first even. */
export interface Pair {
  readonly port: number
  /** `to` is left out where the pair is connected. `done` hears whether the system took it. */
  send(port: Port, bytes: Buffer, to: Address | null, done: (error: Error | null) => void): void
  close(): void
}

/** Free ports are looked for so often: each try misses with the share of ports that are taken. */
const tries = 32
/** The dynamic ports (RFC 6335 section 6). */
const [firstDynamic, dynamicPairs] = [49_152, 8191]

/**
 * Opens two sockets on `address`. `port` 0: on any free pair. `peer`: connected to its two ports, so that a refusal is
 * heard and nobody else is.
 *
 * @throws Error of the system, where no ports are to be had
 */
export async function openPair(
  { address, port }: Address,
  peer: Address | null,
  events: PairEvents,
): Promise<Pair> {
  for (let n = 1; ; n++) {
    const first = port === 0 ? firstDynamic + 2 * Math.floor(Math.random() * dynamicPairs) : port
    const type: SocketType = isIPv6(peer?.address ?? address) ? 'udp6' : 'udp4'
    const sockets = [createSocket(type), createSocket(type)] as const
    try {
      await Promise.all(sockets.map((socket, at) => bound(socket, address, first + at)))
      if (peer !== null)
        await Promise.all(
          sockets.map((socket, at) => connected(socket, peer.address, peer.port + at)),
        )
      return pairOf(first, sockets, peer !== null, events)
    } catch (error) {
      for (const socket of sockets) socket.close()
      if (port !== 0 || n === tries) throw error
    }
  }
}

async function bound(socket: Socket, address: string, port: number): Promise<void> {
  const listening = once(socket, 'listening')
  socket.bind(port, address)
  await listening
  giveReceiveRoom(socket)
}

async function connected(socket: Socket, address: string, port: number): Promise<void> {
  const connect = once(socket, 'connect')
  socket.connect(port, address)
  await connect
}

function pairOf(
  port: number,
  [control, data]: readonly [Socket, Socket],
  isConnected: boolean,
  events: PairEvents,
): Pair {
  let open = true
  const listen = (which: Port, socket: Socket) => {
    socket.on('message', (bytes, from) => {
      if (open) events.got(which, bytes, from)
    })
    socket.on('error', (error) => {
      if (open) events.failed(error)
    })
  }
  listen('control', control)
  listen('data', data)
  return {
    port,
    send(which, bytes, to, done) {
      if (!open) return done(new Error('the ports are closed'))
      const socket = which === 'control' ? control : data
      if (isConnected) socket.send(bytes, done)
      else if (to !== null) socket.send(bytes, to.port, to.address, done)
    },
    close() {
      if (!open) return
      open = false
      control.close()
      data.close()
    },
  }
}
