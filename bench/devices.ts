import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadAnswers } from './load.ts'
import { median } from './numbers.ts'
import { hub, sample, type Extent } from './press.ts'
import type { Sample } from './press-sample.ts'
import { start, type Program } from './program.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

const counts = [1, 10, 100, 500]

/** What a press costs where there are many devices: presses go round over all of them, as many as the hub takes. */
export async function deviceBench({ rounds, seconds, folder }: Extent): Promise<void> {
  const data = mkdtempSync(join(folder, 'devices-'))
  const load = start<LoadAnswers>('load')
  const running: Program<never>[] = []
  try {
    const sinkPort = await load.ask('open', undefined)
    const hubs = []
    for (const devices of counts) {
      const way = await hub('durable', join(data, String(devices)), sinkPort, running, devices)
      hubs.push({ devices, way, samples: [] as Sample[] })
    }
    for (const { way, devices } of hubs) await sample(load, way, null, 2, devices)
    for (let round = 0; round < rounds; round++)
      for (const { way, devices, samples } of hubs)
        samples.push(await sample(load, way, null, seconds, devices))

    const cost = (of: readonly Sample[]) => median(of.map(({ cpuUs }) => cpuUs))
    const one = cost(hubs[0]?.samples ?? [])
    console.log('Presses over many devices, durable, as many as it takes')
    printTable(
      ['devices', 'delivered/s', 'CPU us an intent', 'ratio', 'lost'],
      hubs.map(({ devices, samples }) => [
        whole(devices),
        whole(median(samples.map(({ perSecond }) => perSecond))),
        fixed(cost(samples), 1),
        fixed(cost(samples) / one, 2),
        whole(samples.reduce((sum, { lost, twice }) => sum + lost + twice, 0)),
      ]),
    )
    const ratio = cost(hubs.at(-1)?.samples ?? []) / one
    printReach(
      'an intent with 500 devices at most 1.3 times that with 1',
      ratio <= 1.3,
      fixed(ratio, 2),
    )
    console.log()
  } finally {
    await Promise.all([load, ...running].map((program) => program.stop()))
    rmSync(data, { recursive: true, force: true })
  }
}
