import { createServer, type Server } from 'node:net'
import { openDatagramPort, seen } from '../simulated.ts'
import { Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
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
  const host = options.host ?? '127.0.0.1'
  const port = await openDatagramPort({ host, port: options.port ?? 0 }, (bytes) => {
    const packet = readMagicPacket(bytes)
    if (packet === null) return
    const { mac } = packet
    const knows = password === null || password.equals(packet.password)
    if (knows && (own === null || own.equals(mac))) wake()
    const kept = packet.password.length === 0 ? '' : ' with a password'
    received.add(`WAKE ${shownMac(mac)}${kept}`)
  })
  async function sleep(): Promise<void> {
    const closing = door
    door = null
    if (closing?.listening === true)
      await new Promise((resolve) => {
        closing.close(resolve)
      })
  }
  return {
    ...seen(received, new Held(), () => {}),
    host,
    port: port.port,
    get awake() {
      return door !== null
    },
    sleep,
    async close() {
      received.close()
      await sleep()
      await port.close()
    },
  }
}
