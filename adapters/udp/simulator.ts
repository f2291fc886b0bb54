import { createSocket } from 'node:dgram'
import { Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

/** A device that takes datagrams of text. It never answers, so there is no fault it could show but its absence. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const received = new Received()
  const socket = createSocket('udp4')
  // an empty datagram is somebody looking whether anybody listens
  socket.on('message', (bytes) => bytes.length > 0 && received.add(bytes.toString()))
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(options.port ?? 0, host, resolve)
  })
  const { port } = socket.address()
  let open = true
  return {
    host,
    port,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: () => {},
    release: () => {},
    async close() {
      received.close()
      if (!open) return
      open = false
      await new Promise<void>((resolve) => {
        socket.close(resolve)
      })
    },
  }
}
