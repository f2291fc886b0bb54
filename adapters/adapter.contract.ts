import type { Test } from 'tap'
import type { TObject } from 'typebox'
import { faultsContract } from './faults.contract.ts'
import { lifeContract } from './life.contract.ts'
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
}
