import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HubAnswers } from './hub.ts'
import type { BareAnswers } from './macro-bare.ts'
import { macroLines, openLines, openStage, type Lines, type Stage } from './macro-stage.ts'
import { waitBench, type Waiter } from './macro-waits.ts'
import { median, quantile } from './numbers.ts'
import type { Extent } from './press.ts'
import { start, type Program } from './program.ts'
import { isInstalled, startRedis, type RedisServer } from './redis-server.ts'
import { fixed, printTable, whole } from './table.ts'
import { portOf } from './ways/way.ts'

/** As many as the issue asks for. */
const devices = 100
const crowd = 1000
const stepsOfEach = 5

interface Rate {
  readonly perSecond: number
  readonly cpuUs: number
  readonly lost: number
}

interface Place {
  readonly stage: Stage
  readonly lines: Lines
  readonly hub: Program<HubAnswers>
  readonly bare: Program<BareAnswers>
}

/** Macros, durable: steps a second, a thousand runs at once, how late waits are, and how far apart what is together is. */
export async function macroBench({ rounds, quick, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'macros-'))
  const waitsMs = quick ? [10, 100, 1000] : [10, 100, 1000, 60_000]
  const stage = await openStage()
  const { sinkPort } = stage
  const hub = start<HubAnswers>('hub')
  const bare = start<BareAnswers>('macro-bare')
  let redis: RedisServer | null = null
  let lines: Lines | null = null
  try {
    if (isInstalled()) redis = await startRedis(folder, 'everysec')
    await bare.ask('open', { sinkPort, devices, redis: redis?.url ?? null })
    const macros = macroLines(waitsMs, devices)
    const surfaces = { tcp: 'type: tcp, port: 0' }
    const { addresses } = await hub.ask('open', {
      ...{ journal: 'durable', data, devices, sinkPort, macros, surfaces },
    })
    lines = await openLines(portOf(addresses['tcp'] ?? ''))
    const place = { stage, hub, bare, lines }
    await reportSteps(place, rounds, quick ? 300 : 1000)
    await reportTogether(place, rounds, quick ? 10 : 30)
    const waits = { waitsMs, rounds, count: quick ? 100 : 200 }
    await waitBench(stage, waitersOf(place, redis !== null), waits)
    if (redis === null)
      console.log(
        'BullMQ: NOT MEASURED, redis-server is not installed: apt-get install redis-server',
      )
    if (stage.twice() > 0) throw new Error(`${stage.twice()} packets came twice`)
    const { open } = await hub.ask('cost', undefined)
    if (open > 0) throw new Error(`${open} accepted intents have no outcome`)
  } finally {
    lines?.close()
    stage.close()
    await Promise.all([hub.stop(), bare.stop()])
    await redis?.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

/** Beside each: the same packets as presses, first each when the one before has ended, then as many as the hub takes. */
async function reportSteps(place: Place, rounds: number, times: number): Promise<void> {
  const press = (id: number, mark: number) => [`FIRE d0 /mark args=[${id},${mark}]`]
  const presses = (count: number) => (id: number) =>
    Array.from({ length: count }, (_, i) => press(id, i)).flat()
  const ways: Readonly<Record<string, () => Promise<Rate>>> = {
    'one run, each step sent to a device': () =>
      rate(place, 1, times, (id) => [`RUN row times=${times} id=${id}`]),
    'beside it: presses, each when the last has ended': () =>
      rate(place, 1, times, presses(times), true),
    'one run, steps that send nothing': async () => {
      const { perSecond, cpuUs, lost } = await rate(place, 1, 2, (id) => [
        `RUN notes times=${times} id=${id}`,
      ])
      return { perSecond: (perSecond * times) / 2, cpuUs: (cpuUs * 2) / times, lost }
    },
    [`${whole(crowd)} runs at once, ${stepsOfEach} steps sent each`]: () =>
      rate(place, crowd, stepsOfEach, (id) => [`RUN five id=${id}`]),
    'beside it: as many presses at once': () =>
      rate(place, 1, crowd * stepsOfEach, presses(crowd * stepsOfEach)),
  }
  const found = new Map<string, Rate[]>()
  for (const measure of Object.values(ways)) await measure() // the first of each is slow, everywhere
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of Object.entries(ways))
      found.set(name, [...(found.get(name) ?? []), await measure()])
  console.log('Steps of macros, durable: a second, and CPU us of the hub a step')
  printTable(
    ['', 'steps/s', 'CPU us', 'lost'],
    [...found].map(([name, all]) => [
      name,
      whole(median(all.map(({ perSecond }) => perSecond))),
      whole(median(all.map(({ cpuUs }) => cpuUs))),
      whole(all.reduce((sum, { lost }) => sum + lost, 0)),
    ]),
  )
}

/**
 * Lines are given for each of `count` numbers, and each number is to get `marks` packets. The time is from the first line
 * until the last packet. Lost is a packet that never came, and a line that was not answered with `+OK`.
 */
async function rate(
  { stage, lines, hub }: Place,
  count: number,
  marks: number,
  linesOf: (id: number) => readonly string[],
  oneByOne = false,
): Promise<Rate> {
  const ids = Array.from({ length: count }, () => stage.nextId())
  const all = ids.flatMap(linesOf)
  const before = await hub.ask('cost', undefined)
  const began = performance.now()
  let done = 0
  if (oneByOne) for (const line of all) done += await lines.ask([line])
  else done = await lines.ask(all)
  const came = (await stage.marks(ids, count * marks)).flat().filter((at) => at !== undefined)
  const after = await hub.ask('cost', undefined)
  const last = came.reduce((latest, at) => Math.max(latest, at), 0)
  return {
    perSecond: (came.length / (last - began)) * 1000,
    cpuUs: (after.cpuUs - before.cpuUs) / (count * marks),
    lost: count * marks - came.length + (all.length - done),
  }
}

/** From the first packet to the last; beside it the same packets in one loop. */
async function reportTogether(place: Place, rounds: number, times: number): Promise<void> {
  const { stage, lines, bare } = place
  const ways = {
    'together of a macro': (id: number) => lines.ask([`RUN all id=${id}`]),
    'bare loop over as many sockets': (id: number) => bare.ask('burst', { id, devices }),
  }
  const rows: string[][] = []
  for (const [name, begin] of Object.entries(ways)) {
    const p50: number[] = []
    const p99: number[] = []
    let lost = 0
    for (let round = 0; round < rounds; round++) {
      const spreads: number[] = []
      for (let i = 0; i < times; i++) {
        const id = stage.nextId()
        await begin(id)
        const came = (await stage.marks([id], devices)).flat().filter((at) => at !== undefined)
        lost += devices - came.length
        spreads.push(Math.max(...came) - Math.min(...came))
      }
      spreads.sort((a, b) => a - b)
      p50.push(quantile(spreads, 0.5))
      p99.push(quantile(spreads, 0.99))
    }
    rows.push([name, fixed(median(p50), 2), fixed(median(p99), 2), whole(lost)])
  }
  console.log(`One packet to each of ${devices} devices: from the first to the last, ms`)
  printTable(['', 'p50', 'p99', 'lost'], rows)
}

function waitersOf({ lines, bare }: Place, hasRedis: boolean): readonly Waiter[] {
  return [
    {
      name: 'wait of a macro',
      // its answer comes when the run is over: nobody waits for it here, and a wait that is lost is seen by the device
      start: async (id, ms) => lines.tell(`RUN wait_${ms} id=${id}`),
    },
    { name: 'bare setTimeout', start: (id, ms) => bare.ask('timer', { id, ms }) },
    ...(hasRedis
      ? [
          {
            name: 'delay of BullMQ',
            start: (id: number, ms: number) => bare.ask('delayed', { id, ms }),
          },
        ]
      : []),
  ]
}
