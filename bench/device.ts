import type { Simulator } from '../adapters/simulator.ts'
import type { Json } from '../intents/json.ts'
import { serve } from './program.ts'
import { sampleNamed } from './samples.ts'

// One simulated device, in a process of its own: what it costs is neither the adapter's nor its control's.

let simulator: Simulator | null = null

const answers = {
  /** @returns the options that reach it */
  async open(name: string): Promise<Json> {
    const sample = await sampleNamed(name)
    simulator = await sample.simulate(null)
    return JSON.parse(JSON.stringify(sample.options(simulator))) as Json // what JSON.parse returns
  },
  /** Resolves once it got `count` in all; with what it got by then where that takes too long. */
  async until({ count, withinMs }: { readonly count: number; readonly withinMs: number }) {
    await simulator?.until(count, AbortSignal.timeout(withinMs)).catch(() => {})
    return simulator?.count() ?? 0
  },
}

export type DeviceAnswers = typeof answers

serve(answers)
