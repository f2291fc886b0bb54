import { setMaxListeners } from 'node:events'
import type { Static, TObject } from 'typebox'
import type { LinkContext } from '../adapters/adapter.ts'
import type { Sample } from '../adapters/sample.contract.ts'
import type { DeviceId } from '../intents/id.ts'
import { isObject, type JsonObject } from '../intents/json.ts'
import { http, ha, obs, webSocket } from './bare-web.ts'
import { type Bare, datagrams, lines, osc, script } from './bare.ts'
import type { DeviceAnswers } from './device.ts'
import { median, quantile } from './numbers.ts'
import type { Extent } from './press.ts'
import { start, type Program } from './program.ts'
import { sampleNamed } from './samples.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

interface Control {
  /** What carries the commands. */
  readonly by: string
  /** How many it may have under way, where that is fewer than our adapter has. */
  readonly width?: number
  open(options: JsonObject): Bare | Promise<Bare>
}

const cr = { port: 'port', ending: '\r\n', isAnswer: () => true }

/** By the name of the sample. */
const controls: Readonly<Record<string, Control>> = {
  obs: { by: 'obs-websocket-js', open: obs },
  vmix: {
    by: 'node:net',
    width: 1, // its maker forbids more unanswered requests
    // behind `FUNCTION OK` comes what shows the effect
    open: async (to) => {
      const bare = await lines(to, { ...cr, isAnswer: (line) => /^(ACTS|SUBSCRIBE) /.test(line) })
      await bare.press('SUBSCRIBE ACTS')
      return bare
    },
  },
  'Home Assistant 2024.5.1': { by: 'ws', open: ha },
  // as the adapter does, so that a press is never in doubt: docs/devices.md
  'companion over http': { by: 'node:http, no kept connection', open: (to) => http(to, false) },
  'companion over tcp': {
    by: 'node:net',
    open: (to) => lines(to, { ...cr, port: 'tcpPort', ending: '\n' }),
  },
  'osc over udp': { by: 'node-osc', open: osc },
  'tcp with answers': { by: 'node:net', open: (to) => lines(to, cr) },
  udp: { by: 'node:dgram', open: (to) => datagrams(to, false) },
  'udp with answers': { by: 'node:dgram', open: (to) => datagrams(to, true) },
  'websocket with answers told by their looks': { by: 'ws', open: webSocket },
  'http with a token': { by: 'node:http', open: (to) => http(to, true) },
  script: { by: 'node:child_process', open: script },
}

/** One way to one device. */
interface Side {
  /** How many commands may be under way. */
  readonly width: number
  press(n: number): Promise<boolean>
  readonly p50: number[]
  readonly perSecond: number[]
  sent: number
  /** Without the end that it should have had. */
  lost: number
}

interface Pair {
  readonly sample: Sample
  readonly by: string
  readonly bare: Side
  readonly adapter: Side
  readonly ratios: number[]
  /** How many of both sides' commands the device never got. */
  missing(): Promise<number>
  close(): Promise<void>
}

/** So many commands under way while commands a second are counted, where the protocol can have so many. */
const underWay = 32
/** Before anything is counted: a hub runs for months, and V8 takes some thousand calls until it has compiled them well. */
const toWarm = 4000
/** The contract's rows of commands are that long. */
const row = 200

/** What an adapter adds to the library or socket it stands on: the same commands to the same simulated device, in turn. */
export async function adapterBench({ rounds, quick }: Extent): Promise<void> {
  const pairs: Pair[] = []
  const running: Program<never>[] = []
  try {
    for (const [name, control] of Object.entries(controls))
      pairs.push(await open(await sampleNamed(name), control, running))
    const presses = quick ? 200 : 500
    // a program takes a thousand times what a datagram takes
    const share = ({ by }: Pair) => (by === 'node:child_process' ? 0.05 : 1)
    for (const pair of pairs)
      for (const side of [pair.bare, pair.adapter]) await oneByOne(side, toWarm * share(pair))
    for (let round = 0; round < rounds; round++)
      for (const pair of pairs) {
        const many = presses * share(pair)
        const sides = round % 2 === 0 ? [pair.bare, pair.adapter] : [pair.adapter, pair.bare]
        for (const side of sides) side.p50.push(await oneByOne(side, many))
        pair.ratios.push((pair.adapter.p50.at(-1) ?? 0) / (pair.bare.p50.at(-1) ?? 0))
        for (const side of sides) side.perSecond.push(await atOnce(side, many))
      }
    print(pairs, await Promise.all(pairs.map((pair) => pair.missing())))
  } finally {
    await Promise.all(pairs.map((pair) => pair.close()))
    await Promise.all(running.map((program) => program.stop()))
  }
}

async function open(sample: Sample, control: Control, running: Program<never>[]): Promise<Pair> {
  const { adapter } = sample
  // a device each: one that tells all who listen what it did would tell the control first
  const [bareDevice, device] = [
    await simulated(sample.name, running),
    await simulated(sample.name, running),
  ]
  const bare = await control.open(bareDevice.options)
  const options: Static<TObject> = { ...device.options }
  let up = () => {}
  const isUp = new Promise<void>((resolve) => (up = resolve))
  const context: LinkContext = {
    report() {},
    changed: (now) => void (now && up()),
    picture() {},
    barred: () => null,
  }
  const link = adapter.open(options, context)
  await isUp
  const deviceId = 'd0' as DeviceId // any name will do: no adapter looks at it
  const width = Math.min(adapter.pipeline(options), underWay)
  // the router's to make, and not the adapter's
  const { signal } = new AbortController()
  setMaxListeners(0, signal)
  const pair: Pair = {
    sample,
    by: control.by,
    ratios: [],
    async missing() {
      const never = await Promise.all([
        bareDevice.missing(pair.bare.sent),
        device.missing(pair.adapter.sent),
      ])
      return never.reduce((sum, count) => sum + count)
    },
    bare: side(control.width ?? width, async (n) => {
      await bare.press(sample.fire(n).received)
      return true
    }),
    adapter: side(width, async (n) => {
      const { action, args } = sample.fire(n)
      const intent = { verb: 'fire', device: deviceId, action, args } as const
      const plan = adapter.plan(intent, options, new Map())
      if (!plan.ok) return false
      const ack = link.send(plan.command, signal)
      return (await ack.catch(() => null)) === sample.ack
    }),
    async close() {
      await bare.close()
      await link.close()
    },
  }
  return pair
}

/** A simulated device in a process of its own, and how many of `sent` commands it has not got. */
async function simulated(name: string, running: Program<never>[]) {
  const device = start<DeviceAnswers>('device')
  running.push(device)
  const options = await device.ask('open', name)
  if (!isObject(options)) throw new Error(`${name} has no options`)
  return {
    options,
    missing: async (count: number) =>
      count - (await device.ask('until', { count, withinMs: 2000 })),
  }
}

function side(width: number, press: (n: number) => Promise<boolean>): Side {
  return { width, press, p50: [], perSecond: [], sent: 0, lost: 0 }
}

/** After this a command is lost: a datagram may be. Milliseconds. */
const lateMs = 1000

async function within(press: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | null = null
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), lateMs)
  })
  try {
    return await Promise.race([press, late])
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}

/** @returns the median, ms */
async function oneByOne(side: Side, presses: number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < presses; n++) {
    const began = performance.now()
    side.sent++
    if (!(await within(side.press(n % row)))) side.lost++
    times.push(performance.now() - began)
  }
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  )
}

/** @returns commands a second */
async function atOnce(side: Side, presses: number): Promise<number> {
  let next = 0
  const began = performance.now()
  const lane = async () => {
    while (next < presses) {
      side.sent++
      if (!(await within(side.press(next++ % row)))) side.lost++
    }
  }
  await Promise.all(Array.from({ length: side.width }, lane))
  return (presses * 1000) / (performance.now() - began)
}

function print(pairs: readonly Pair[], missing: readonly number[]): void {
  console.log('A command by an adapter, from its plan until its device has answered; p50 ms')
  printTable(
    ['', 'beside', 'bare', 'adapter', 'added', 'ratio', 'at once', 'bare/s', 'adapter/s', 'lost'],
    pairs.map(({ sample, by, bare, adapter, ratios }, i) => [
      `${sample.name}: ${sample.ack}`,
      by,
      fixed(median(bare.p50), 3),
      fixed(median(adapter.p50), 3),
      fixed(median(adapter.p50) - median(bare.p50), 3),
      fixed(median(ratios), 2),
      whole(adapter.width),
      whole(median(bare.perSecond)),
      whole(median(adapter.perSecond)),
      whole(Math.max(bare.lost + adapter.lost, missing[i] ?? 0)),
    ]),
  )
  for (const { sample, by, ratios } of pairs) {
    const ratio = median(ratios)
    const what = `${sample.name} at most 1.5 times ${by} at p50`
    printReach(what, ratio <= 1.5, fixed(ratio, 2))
  }
  console.log()
}
