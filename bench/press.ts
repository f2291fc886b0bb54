import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cost, HubAnswers, Journal } from './hub.ts'
import type { LoadAnswers } from './load.ts'
import { reportPresses } from './press-report.ts'
import { rates, type Rate, type Sample } from './press-sample.ts'
import { start, type Program } from './program.ts'
import type { RelayAnswers } from './relay.ts'

export interface Extent {
  readonly rounds: number
  /** Of one measurement. */
  readonly seconds: number
  readonly quick: boolean
  readonly folder: string
}

/** A way from an OSC message to an OSC message. */
export interface Way {
  readonly name: string
  readonly port: number
  cost(): Promise<Cost>
}

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
    reportPresses((way, rate) => samples.get(`${way} ${rate}`) ?? [])
    for (const way of ways) {
      const { open } = await way.cost()
      if (open > 0) throw new Error(`${way.name}: ${open} accepted presses have no outcome`)
    }
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

export async function relay(
  sinkPort: number,
  running: Program<never>[],
  devices = 1,
): Promise<Way> {
  const program = start<RelayAnswers>('relay')
  running.push(program)
  const port = await program.ask('open', { sinkPort, devices })
  return { name: 'bare relay', port, cost: () => program.ask('cost', undefined) }
}

export async function hub(
  journal: Journal,
  data: string,
  sinkPort: number,
  running: Program<never>[],
  devices = 1,
  isSealed = false,
): Promise<Way> {
  const program = start<HubAnswers>('hub')
  running.push(program)
  const { osc } = await program.ask('open', { journal, data, devices, sinkPort, isSealed })
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
  const measured = await load.ask('run', { ports: [port], rate, seconds, devices })
  const after = await cost()
  return {
    ...measured,
    cpuUs: (after.cpuUs - before.cpuUs) / (measured.sent - measured.lost),
    overflowed: measured.sent - (after.accepted - before.accepted),
  }
}
