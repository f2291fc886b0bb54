import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { checkHost, type ListenOptions, listenFault, opened, place } from './listen.ts'
import type { OpenSurface } from './surface.ts'

/** 4 MiB: what comes in while the process is busy waits in the kernel instead of being lost. */
const receiveBytes = 4 * 1024 * 1024

export interface DatagramUse {
  /** `from`: `127.0.0.1:53211`. MUST NOT throw. */
  received(bytes: Buffer, from: string): void
  /** The socket had a fault of its own; it goes on if it can. */
  fault(error: Error): void
}

/** Listens for datagrams. @throws SurfaceError */
export async function openDatagrams(
  name: string,
  options: ListenOptions,
  use: DatagramUse,
): Promise<OpenSurface> {
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
  try {
    socket.setRecvBufferSize(receiveBytes)
  } catch {
    // Linux grants what it may; a system that refuses leaves its default, which works, with less room for a burst
  }
  socket.on('error', (error) => use.fault(error))
  socket.on('message', (bytes, from) => use.received(bytes, place(from.address, from.port)))
  const bound = socket.address()
  return opened(`udp ${place(bound.address, bound.port)}`, async () => {
    socket.close()
    await once(socket, 'close')
  })
}
