import type { Test } from 'tap'
import type { Static, TObject } from 'typebox'
import { faultsContract } from './faults.contract.ts'
import { lifeContract } from './life.contract.ts'
import { overhear } from './overhear.fixture.ts'
import { planContract } from './plan.contract.ts'
import { Rig } from './rig.fixture.ts'
import type { Sample } from './sample.contract.ts'
import type { Simulator } from './simulator.ts'
import { trafficContract } from './traffic.contract.ts'

/** The promises of adapters/adapter.ts, the same for every adapter. */
export function adapterContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  sample: Sample<Options, Command, S>,
): void {
  const rig = new Rig(sample)
  const heard = overhear()
  planContract(t, rig)
  trafficContract(t, rig)
  if (sample.answers) faultsContract(t, rig)
  lifeContract(t, rig)

  void t.test('no failure shows a secret or is longer than its bound', async (t) => {
    t.ok(rig.details.length > 0, 'control: there were failures')
    for (const detail of rig.details) {
      t.ok(detail.length <= 500, detail)
      for (const secret of rig.sample.secrets) t.notOk(detail.includes(secret), detail)
    }
  })

  void t.test('no report shows a secret, and nothing is written past the record', async (t) => {
    process.stderr.write('control')
    heard.stop()
    t.strictSame(heard.said, ['control'])
    t.strictSame(rig.leaks, [])
    const simulator = await sample.simulate(null)
    t.teardown(() => simulator.close())
    for (const [key, value] of secretOptions(sample, sample.options(simulator)))
      t.ok(sample.secrets.includes(value), `${key} is one of the secrets that are looked for`)
  })
}

/** What an adapter's schema says is secret of these options. */
function secretOptions<Options extends TObject, Command, S extends Simulator>(
  { adapter }: Sample<Options, Command, S>,
  options: Static<Options>,
): readonly (readonly [key: string, value: string])[] {
  const given: Readonly<Record<string, unknown>> = { ...options }
  return Object.entries(adapter.options.properties).flatMap(([key, schema]) => {
    const value = given[key]
    return 'x-secret' in schema && typeof value === 'string' ? [[key, value] as const] : []
  })
}
