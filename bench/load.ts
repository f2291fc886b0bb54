import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from '../wire/osc-encode.ts'
import { quantile } from './numbers.ts'
import { serve } from './program.ts'

// Presses over OSC, and the devices that get them: one process, so that one clock times the whole way. Each press
// carries its number as its only argument; the device gets it as the last four bytes.

export interface Load {
  /** The hubs' OSC ports: presses go round over them. */
  readonly ports: readonly number[]
  /** Presses go round over so many devices. */
  readonly devices: number
  /** A second; null: as fast as they arrive, with {@link inFlight} under way. */
  readonly rate: number | null
  readonly seconds: number
}

export interface Measured {
  readonly sent: number
  readonly lost: number
  /** Arrived more than once. */
  readonly twice: number
  /** Delivered in a second. */
  readonly perSecond: number
  /** From the sender's `send` to the device's receipt, milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** At saturation: enough for full group commits, few enough for the kernel's buffers. */
const inFlight = 512
/** What has not come so long after the last that came is lost. Milliseconds. */
const patienceMs = 1000

const most = 4_000_000
const sentAt = new Float64Array(most)
const cameAt = new Float64Array(most)
/** Number of the next press. */
let next = 0
let twice = 0
let came = 0
let lastCame = 0
let received = () => {}

const sink = createSocket('udp4')
sink.on('message', (bytes) => {
  const number = bytes.readInt32BE(bytes.length - 4)
  lastCame = performance.now()
  if ((cameAt[number] ?? 0) > 0) {
    twice++
    return
  }
  cameAt[number] = lastCame
  came++
  received()
})

function presses(devices: number): readonly Buffer[] {
  return Array.from({ length: devices }, (_, i) =>
    encode(`/if/fire/d${i}/cue/go`, [{ type: 'i', value: 0 }]),
  )
}

const answers = {
  /** Opens the device; answers with its port. */
  async open(): Promise<number> {
    sink.bind(0, '127.0.0.1')
    await once(sink, 'listening')
    sink.setRecvBufferSize(4 * 1024 * 1024)
    return sink.address().port
  },
  async run({ ports, devices, rate, seconds }: Load): Promise<Measured> {
    const sockets = await Promise.all(ports.map(connected))
    const templates = presses(devices)
    if (next + seconds * (rate ?? 200_000) > most) forget()
    const first = next
    came = 0
    twice = 0
    const press = () => {
      const bytes = Buffer.from(templates[next % devices] as Buffer) // one for each device
      bytes.writeInt32BE(next, bytes.length - 4)
      sentAt[next] = performance.now()
      sockets[next++ % sockets.length]?.send(bytes)
    }
    const perSecond =
      rate === null ? await flood(press, first, seconds) : await pace(press, first, rate, seconds)
    await quiet(() => next - first - came)
    await Promise.all(sockets.map(closed))
    const times: number[] = []
    for (let i = first; i < next; i++) {
      const at = cameAt[i] ?? 0
      if (at > 0) times.push(at - (sentAt[i] ?? 0))
    }
    const sorted = Float64Array.from(times).sort()
    return {
      sent: next - first,
      lost: next - first - came,
      twice,
      perSecond,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
    }
  },
}
export type LoadAnswers = typeof answers

/** What is due is sent once a millisecond; what a late timer left is caught up at once. Answers deliveries a second. */
async function pace(press: () => void, first: number, rate: number, seconds: number) {
  const began = performance.now()
  for (let passed = 0; passed < seconds * 1000; passed = performance.now() - began) {
    const due = first + Math.floor((passed * rate) / 1000)
    while (next < due) press()
    await sleep(1)
  }
  return (came / (performance.now() - began)) * 1000
}

/** Each arrival sends the next one. Answers deliveries a second. */
async function flood(press: () => void, first: number, seconds: number) {
  const until = performance.now() + seconds * 1000
  let lost = 0
  let inTime = 0
  received = () => {
    if (lastCame >= until) return
    inTime++
    press()
  }
  for (let i = 0; i < inFlight; i++) press()
  while (performance.now() < until) {
    await sleep(100)
    if (performance.now() - lastCame < patienceMs) continue
    // nothing comes any more: what is under way is lost, and the window is filled again
    const missing = next - first - came - lost
    lost += missing
    for (let i = 0; i < missing; i++) press()
  }
  received = () => {}
  return inTime / seconds
}

async function quiet(missing: () => number): Promise<void> {
  lastCame = performance.now()
  while (missing() > 0 && performance.now() - lastCame < patienceMs) await sleep(5)
}

function forget(): void {
  next = 0
  cameAt.fill(0)
}

async function connected(port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function closed(socket: Socket): Promise<void> {
  socket.close()
  await once(socket, 'close')
}

serve(answers)
