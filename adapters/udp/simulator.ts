import { createSocket } from 'node:dgram'
import { lineDevice } from '../line-device.ts'
import { Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'

export interface UdpSimulatorOptions extends SimulatorOptions {
  /** Whether it answers. Default false: most devices that take datagrams of text say nothing. */
  readonly answers?: boolean
}

export interface UdpSimulator extends Simulator {
  /** Says a text by itself to whoever wrote last. */
  say(text: string): void
}

/** A device that takes datagrams of text; where it answers, as the relay card of tcp does. */
export async function simulate(options: UdpSimulatorOptions = {}): Promise<UdpSimulator> {
  const received = new Received()
  const held = new Held()
  const device = lineDevice(received, held)
  const socket = createSocket('udp4')
  let open = true
  let say = (_text: Buffer | string) => {}
  socket.on('message', (bytes, from) => {
    // who is gone does not hear: that is UDP
    const write = (text: Buffer | string) => {
      if (open) socket.send(text, from.port, from.address, () => {})
    }
    say = write
    // an empty datagram is somebody looking whether anybody listens
    if (bytes.length === 0) return
    const text = bytes.toString()
    if (options.answers !== true) return received.add(text)
    // half a datagram is a whole one to whoever gets it
    const end = (half: string) => (half === '' ? undefined : write(half))
    device.got({ write, end, isGone: !open }, text)
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(options.port ?? 0, host, resolve)
  })
  const { port } = socket.address()
  return {
    host,
    port,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: device.fault,
    release: (count) => held.release(count),
    say: (text) => say(text),
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
