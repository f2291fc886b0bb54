import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadAnswers } from './load.ts'
import { median } from './numbers.ts'
import { hub, relay, sample, type Extent, type Way } from './press.ts'
import type { Sample } from './press-sample.ts'
import { start, type Program } from './program.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const counts = [1, 10, 100, 500]

interface Row {
  readonly devices: number
  readonly way: Way
  readonly samples: Sample[]
}

/**
 * What a press costs where there are many devices: presses go round over all of them, as many as the hub takes. The
 * control is a relay with as many sockets.
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
      relays.push({ devices, way: await relay(sinkPort, running, devices), samples: [] })
      const way = await hub('durable', join(data, String(devices)), sinkPort, running, devices)
      hubs.push({ devices, way, samples: [] })
    }
    for (const { way, devices } of hubs) await sample(load, way, null, 2, devices)
    for (let round = 0; round < rounds; round++)
      for (const { way, devices, samples } of [...hubs, ...relays])
        samples.push(await sample(load, way, null, seconds, devices))

    console.log('Presses over many devices, durable, as many as it takes; CPU us an intent')
    printTable(
      ['devices', 'delivered/s', 'hub', 'ratio', 'bare relay', 'ratio', 'lost'],
      hubs.map(({ devices, samples }, i) => [
        whole(devices),
        whole(median(samples.map(({ perSecond }) => perSecond))),
        fixed(cost(hubs[i]), 1),
        fixed(cost(hubs[i]) / cost(hubs[0]), 2),
        fixed(cost(relays[i]), 1),
        fixed(cost(relays[i]) / cost(relays[0]), 2),
        whole(samples.reduce((sum, { lost, twice }) => sum + lost + twice, 0)),
      ]),
    )
    const most = counts.length - 1
    const ratio = cost(hubs[most]) / cost(hubs[0])
    const what = `an intent with ${counts[most]} devices at most 1.3 times that with 1`
    printReach(what, ratio <= 1.3, fixed(ratio, 2))
    console.log()
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}

function cost(row: Row | undefined): number {
  return median((row?.samples ?? []).map(({ cpuUs }) => cpuUs))
}
