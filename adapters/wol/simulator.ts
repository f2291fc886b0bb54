import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { macBytes, passwordBytes, readMagicPacket, shownMac } from './packet.ts'

export interface WolSimulatorOptions extends SimulatorOptions {
  /** Whose packet wakes it; absent: any. */
  readonly mac?: string
  /** Without it, as a packet without it, it sleeps on. */
  readonly secureOn?: string
  /** The TCP port that is open while it is awake. */
  readonly check?: { readonly host: string; readonly port: number }
}

export interface WolSimulator extends Simulator {
  readonly awake: boolean
  sleep(): Promise<void>
}

/** A machine that sleeps until it gets its magic packet. It answers nothing, so it shows no faults. */
export async function simulate(options: WolSimulatorOptions = {}): Promise<WolSimulator> {
  const received = new Received()
  const password = options.secureOn === undefined ? null : passwordBytes(options.secureOn)
  const own = options.mac === undefined ? null : macBytes(options.mac)
  let door: Server | null = null
  const wake = () => {
    if (door !== null) return
    door = createServer((socket) => socket.destroy())
    if (options.check !== undefined) door.listen(options.check.port, options.check.host)
  }
  const socket = createSocket('udp4')
  socket.on('message', (bytes) => {
    const packet = readMagicPacket(bytes)
    if (packet === null) return
    const { mac } = packet
    const knows = password === null || password.equals(packet.password)
    if (knows && (own === null || own.equals(mac))) wake()
    const kept = packet.password.length === 0 ? '' : ' with a password'
    received.add(`WAKE ${shownMac(mac)}${kept}`)
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(options.port ?? 0, host, resolve)
  })
  let open = true
  async function sleep(): Promise<void> {
    const closing = door
    door = null
    if (closing?.listening === true)
      await new Promise((resolve) => {
        closing.close(resolve)
      })
  }
  return {
    host,
    port: socket.address().port,
    get awake() {
      return door !== null
    },
    sleep,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: () => {},
    release: () => {},
    async close() {
      received.close()
      await sleep()
      if (open) await new Promise<void>((resolve) => socket.close(resolve))
      open = false
    },
  }
}
