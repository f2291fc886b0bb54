import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cost, HubAnswers, Journal } from './hub.ts'
import type { LoadAnswers, Measured } from './load.ts'
import { median } from './numbers.ts'
import { start, type Program } from './program.ts'
import type { RelayAnswers } from './relay.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

export interface Extent {
  readonly rounds: number
  /** Of one measurement. */
  readonly seconds: number
  readonly quick: boolean
  readonly folder: string
}

/** A way from an OSC message to an OSC message. */
interface Way {
  readonly name: string
  readonly port: number
  cost(): Promise<Cost>
}

/** One measurement and what the process between cost meanwhile. */
export interface Sample extends Measured {
  readonly cpuUs: number
}

const rates = [200, 2000, 10_000, null] as const
type Rate = (typeof rates)[number]

/** Rounds over all ways, one after the other, so that what else the machine does hits all of them alike. */
export async function pressBench({ rounds, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'press-'))
  const load = start<LoadAnswers>('load')
  const running: Program<never>[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    const ways = [await relay(sinkPort, running)]
    for (const journal of ['none', 'live', 'durable'] as const)
      ways.push(await hub(journal, join(data, journal), sinkPort, running))
    const samples = new Map<string, Sample[]>()
    for (const way of ways) await sample(load, way, null, 2)
    for (let round = 0; round < rounds; round++)
      for (const rate of rates)
        for (const way of ways) {
          const key = `${way.name} ${rate}`
          const those = samples.get(key) ?? []
          samples.set(key, [...those, await sample(load, way, rate, seconds)])
        }
    report((way, rate) => samples.get(`${way} ${rate}`) ?? [])
    for (const way of ways) {
      const { open } = await way.cost()
      if (open > 0) throw new Error(`${way.name}: ${open} accepted presses have no outcome`)
    }
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

const names = ['bare relay', 'none', 'live', 'durable']

function report(samples: (way: string, rate: Rate) => readonly Sample[]): void {
  const of = (way: string, rate: Rate, what: keyof Sample) =>
    median(samples(way, rate).map((one) => one[what]))
  const lost = (way: string, rate: Rate) =>
    samples(way, rate).reduce((sum, one) => sum + one.lost + one.twice, 0)
  const ratio = (way: string, what: keyof Sample) =>
    fixed(of(way, null, what) / of('none', null, what), 2)

  console.log(
    'OSC in, record, OSC out: as much as it takes (medians; ratios to the hub without a log)',
  )
  printTable(
    [
      'log',
      'delivered/s',
      'ratio',
      'best/s',
      'CPU us an intent',
      'ratio',
      'p50 ms',
      'p99 ms',
      'lost',
    ],
    names.map((way) => [
      way,
      whole(of(way, null, 'perSecond')),
      ratio(way, 'perSecond'),
      whole(Math.max(...samples(way, null).map((one) => one.perSecond))),
      fixed(of(way, null, 'cpuUs'), 1),
      ratio(way, 'cpuUs'),
      fixed(of(way, null, 'p50'), 2),
      fixed(of(way, null, 'p99'), 2),
      whole(lost(way, null)),
    ]),
  )
  console.log('and at a steady rate: p50 / p99 ms, lost of all sent, CPU us an intent')
  const paced = [200, 2000, 10_000] as const
  printTable(
    ['log', ...paced.flatMap((rate) => [`${whole(rate)}/s`, 'lost', 'CPU'])],
    names.map((way) => [
      way,
      ...paced.flatMap((rate) => [
        `${fixed(of(way, rate, 'p50'), 2)} / ${fixed(of(way, rate, 'p99'), 2)}`,
        whole(lost(way, rate)),
        fixed(of(way, rate, 'cpuUs'), 1),
      ]),
    ]),
  )
  const gone = lost('live', 10_000) + lost('durable', 10_000)
  printReach('0 lost at 10,000/s', gone === 0, `${gone} lost`)
  const share = of('durable', null, 'perSecond') / of('none', null, 'perSecond')
  printReach('saturated, durable at least 0.65 of none', share >= 0.65, fixed(share, 2))
  const above = of('durable', 2000, 'p50') - of('none', 2000, 'p50')
  printReach('p50 at 2,000/s, durable at most 1 ms above none', above <= 1, `${fixed(above, 2)} ms`)
  console.log()
}

async function relay(sinkPort: number, running: Program<never>[]): Promise<Way> {
  const program = start<RelayAnswers>('relay')
  running.push(program)
  const port = await program.ask('open', sinkPort)
  return { name: 'bare relay', port, cost: () => program.ask('cost', undefined) }
}

export async function hub(
  journal: Journal,
  data: string,
  sinkPort: number,
  running: Program<never>[],
  devices = 1,
): Promise<Way> {
  const program = start<HubAnswers>('hub')
  running.push(program)
  const { osc } = await program.ask('open', { journal, data, devices, sinkPort })
  return { name: journal, port: osc, cost: () => program.ask('cost', undefined) }
}

export async function sample(
  load: Program<LoadAnswers>,
  { port, cost }: Way,
  rate: Rate,
  seconds: number,
  devices = 1,
): Promise<Sample> {
  const before = await cost()
  const measured = await load.ask('run', { port, rate, seconds, devices })
  const after = await cost()
  return { ...measured, cpuUs: (after.cpuUs - before.cpuUs) / (measured.sent - measured.lost) }
}
