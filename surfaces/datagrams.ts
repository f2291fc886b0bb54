import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { giveReceiveRoom } from '../wire/receive-room.ts'
import { fairTurns } from './fair-turns.ts'
import { checkHost, type ListenOptions, listenFault, opened, place } from './listen.ts'
import type { OpenSurface } from './surface.ts'

export interface DatagramUse {
  /** `from`: `127.0.0.1:53211`; `peer`: the same, to answer to. MUST NOT throw. */
  received(bytes: Buffer, from: string, peer: RemoteInfo): void
  /** A datagram for which there was no room; it was dropped. */
  turnedAway(from: string, detail: string): void
  /** The socket had a fault of its own; it goes on if it can. */
  fault(error: Error): void
}

export interface OpenDatagrams extends OpenSurface {
  /** Sends, or not: nobody hears of a datagram that is lost, nor of one that could not leave. */
  send(bytes: Buffer, port: number, address: string): void
}

/** Listens for datagrams. @throws SurfaceError */
export async function openDatagrams(
  name: string,
  options: ListenOptions,
  use: DatagramUse,
): Promise<OpenDatagrams> {
  checkHost(name, options)
  const { host, port } = options
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    socket.bind({ address: host, port, exclusive: true })
    await once(socket, 'listening')
  } catch (cause) {
    socket.close()
    throw listenFault(name, 'udp', options, cause)
  }
  giveReceiveRoom(socket)
  let open = true
  socket.on('error', (error) => use.fault(error))
  const put = fairTurns<readonly [Buffer, string, RemoteInfo]>(([bytes, from, peer]) => {
    if (open) use.received(bytes, from, peer)
  })
  socket.on('message', (bytes, peer) => {
    const from = place(peer.address, peer.port)
    if (!put(from, [bytes, from, peer])) use.turnedAway(from, 'it sends more than can be taken')
  })
  const bound = socket.address()
  const surface = opened(`udp ${place(bound.address, bound.port)}`, async () => {
    open = false
    socket.close()
    await once(socket, 'close')
  })
  return {
    ...surface,
    send(bytes, port, address) {
      // the callback takes the error of this datagram, which would else be one of the socket
      if (open) socket.send(bytes, port, address, () => {})
    },
  }
}
