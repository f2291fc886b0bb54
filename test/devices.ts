import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'
import { plainArgs } from '../wire/osc-plain.ts'
import { decode } from '../wire/osc.ts'

// Devices that forget nothing: what a hub sent twice, in the wrong order or too late is seen here.

/** Twenty seconds: only a fault waits so long. */
const withinMs = 20_000

export interface Device {
  readonly port: number
  /** Everything it ever got, in order. */
  readonly got: readonly string[]
  /** Waits until what it got satisfies. */
  until(enough: (got: readonly string[]) => boolean): Promise<void>
}

export interface LineDevice extends Device {
  /** How it answers from now on; `null` as an answer: not at all. */
  answer(how: (line: string) => string | null): void
  /** Cuts every connection, and takes no new one until `plug`. */
  unplug(): Promise<void>
  plug(): Promise<void>
}

function memory() {
  const got: string[] = []
  const waiting = new Set<() => void>()
  return {
    got,
    add(text: string) {
      got.push(text)
      for (const look of waiting) look()
    },
    until: (enough: (got: readonly string[]) => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        const late = () => {
          waiting.delete(look)
          reject(new Error(`a device got ${got.length}, the newest ${got.at(-1)}`))
        }
        const timer = setTimeout(late, withinMs)
        const look = () => {
          if (!enough(got)) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** A device that takes lines over TCP and answers `OK` after `latencyMs`, until it is told otherwise. */
export async function lineDevice(t: Test, latencyMs = 0): Promise<LineDevice> {
  const { got, add, until } = memory()
  const sockets = new Set<Socket>()
  let how: (line: string) => string | null = () => 'OK'
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const reply = how(line)
        const answer = () => reply !== null && !socket.destroyed && socket.write(`${reply}\n`)
        if (latencyMs === 0) answer()
        else setTimeout(answer, latencyMs)
        add(line)
      }
    })
    // a hub that is killed resets its connections: that is what these tests do
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo // it listens on TCP
  const unplug = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  t.teardown(() => (server.listening ? unplug() : undefined))
  return {
    port,
    got,
    until,
    answer: (next) => {
      how = next
    },
    unplug,
    plug: () => listen(port),
  }
}

/** A device that takes OSC over UDP: `/address [args]`. */
export async function oscDevice(t: Test): Promise<Device> {
  const { got, add, until } = memory()
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  socket.on('message', (bytes) => {
    const decoded = decode(bytes)
    if (!decoded.ok || decoded.packet.kind !== 'message') return
    const { address, args } = decoded.packet
    const plain = plainArgs(args)
    add(`${address} ${plain.ok ? plain.values.join(' ') : '?'}`.trim())
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { port: socket.address().port, got, until }
}

/** What was got more than once. */
export function doubles(got: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return got.filter((one) => seen.size === seen.add(one).size)
}

/** The YAML of a line device: `hit` fires, `level` sets; each answer counts. */
export function lineConfig(port: number, more = ''): string {
  return `{ protocol: tcp, host: 127.0.0.1, port: ${port}, reply: '^OK', refusal: '^ERR', actions: { hit: "HIT {n}\\n" }, sets: { level: "LEVEL {value}\\n", other: "OTHER {value}\\n" }${more} }`
}
