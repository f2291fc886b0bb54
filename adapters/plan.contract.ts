import type { Test } from 'tap'
import type { TObject } from 'typebox'
import { type Rig, device } from './rig.fixture.ts'
import type { Simulator } from './simulator.ts'

/** What an adapter promises of its pure part. */
export function planContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  rig: Rig<Options, Command, S>,
): void {
  const { adapter, unknown, wrong } = rig.sample

  void t.test('the same intent makes the same command and changes nothing', async (t) => {
    const options = await rig.optionsOnly()
    const before = JSON.stringify(options)
    for (const intent of [rig.fire(0), rig.set()]) {
      freeze(options)
      freeze(intent)
      const first = adapter.plan(intent, options, new Map())
      t.ok(first.ok, `${intent.verb} can be planned`)
      t.strictSame(adapter.plan(intent, options, new Map()), first)
      const copy = structuredClone(options)
      t.strictSame(adapter.plan(intent, copy, new Map()), first, 'for equal options too')
    }
    t.equal(JSON.stringify(options), before)
  })

  if (unknown !== null)
    void t.test('an unknown action is refused with the ones like it', async (t) => {
      const options = await rig.optionsOnly()
      const intent = { verb: 'fire', device, action: unknown.action, args: {} } as const
      const plan = adapter.plan(intent, options, new Map())
      t.match(plan, { ok: false, failure: { code: 'not-found', reached: 'no' } })
      if (!plan.ok) t.ok(plan.failure.detail.includes(unknown.near), plan.failure.detail)
    })

  void t.test('a wrong argument is refused by its name', async (t) => {
    const options = await rig.optionsOnly()
    const { names, action, args } = wrong
    const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
    t.match(plan, { ok: false, failure: { code: 'malformed', reached: 'no' } })
    if (!plan.ok) t.ok(plan.failure.detail.includes(names), plan.failure.detail)
  })

  void t.test('resync repeats no more than what is lasting', async (t) => {
    const lasting = new Map([[rig.sample.set.path, rig.sample.set.value]])
    t.strictSame(adapter.resync(new Map(), new Map()), [])
    for (const path of adapter.resync(lasting, new Map())) t.ok(lasting.has(path), path)
  })
}

/** Freezes all of a value: a plan that wrote to its input would throw. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const each of Object.values(value)) freeze(each)
}
