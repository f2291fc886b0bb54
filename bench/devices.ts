import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadAnswers } from './load.ts'
import { median } from './numbers.ts'
import { hub, relay, sample, type Extent, type Way } from './press.ts'
import type { Rate, Sample } from './press-sample.ts'
import { start, type Program } from './program.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const counts = [1, 10, 100, 500]
/** Presses a second in all; null: as many as it takes, so that what is compared is not the same load. */
const rates: readonly Rate[] = [2000, 10_000, null]

interface Row {
  readonly devices: number
  readonly way: Way
  readonly samples: Map<Rate, Sample[]>
}

/**
 * What a press costs where there are many devices: presses go round over all of them. The control is a relay with as
 * many sockets.
 */
export async function deviceBench({ rounds, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'devices-'))
  const load = start<LoadAnswers>('load')
  const running: Program<never>[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    const relays: Row[] = []
    const hubs: Row[] = []
    for (const devices of counts) {
      relays.push({ devices, way: await relay(sinkPort, running, devices), samples: new Map() })
      const way = await hub('durable', join(data, String(devices)), sinkPort, running, devices)
      hubs.push({ devices, way, samples: new Map() })
    }
    for (const { way, devices } of hubs) await sample(load, way, null, 2, devices)
    for (let round = 0; round < rounds; round++)
      for (const rate of rates)
        for (const { way, devices, samples } of [...hubs, ...relays]) {
          const found = await sample(load, way, rate, seconds, devices)
          samples.set(rate, [...(samples.get(rate) ?? []), found])
        }

    console.log('Presses over many devices, durable; CPU us an intent, and its ratio to one device')
    for (const rate of rates) printRows(rate, hubs, relays)
    const most = hubs[counts.length - 1]
    for (const rate of rates) {
      if (rate === null) continue
      const ratio = cost(most, rate) / cost(hubs[0], rate)
      const what = `an intent with ${most?.devices} devices at most 1.3 times that with 1, at ${whole(rate)}/s`
      printReach(what, ratio <= 1.3, fixed(ratio, 2))
    }
    console.log()
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

function printRows(rate: Rate, hubs: readonly Row[], relays: readonly Row[]): void {
  printTable(
    [
      rate === null ? 'as many as it takes' : `${whole(rate)}/s`,
      'delivered/s',
      'hub',
      'ratio',
      'bare relay',
      'ratio',
      'lost',
    ],
    hubs.map((row, i) => {
      const samples = row.samples.get(rate) ?? []
      return [
        `${row.devices} devices`,
        whole(median(samples.map(({ perSecond }) => perSecond))),
        fixed(cost(row, rate), 1),
        fixed(cost(row, rate) / cost(hubs[0], rate), 2),
        fixed(cost(relays[i], rate), 1),
        fixed(cost(relays[i], rate) / cost(relays[0], rate), 2),
        whole(samples.reduce((sum, { lost, twice }) => sum + lost + twice, 0)),
      ]
    }),
  )
}

function cost(row: Row | undefined, rate: Rate): number {
  return median((row?.samples.get(rate) ?? []).map(({ cpuUs }) => cpuUs))
}
