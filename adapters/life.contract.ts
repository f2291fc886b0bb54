import type { Test } from 'tap'
import type { TObject } from 'typebox'
import { sameJson } from '../intents/json.ts'
import { type Rig, soon } from './rig.fixture.ts'
import type { Simulator } from './simulator.ts'

/** What an adapter promises of a device that comes and goes: mostly waits for a device to be tried again, so all at once. */
export function lifeContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  rig: Rig<Options, Command, S>,
): void {
  void t.test('a device that comes and goes', { jobs: 8 }, async (t) => comesAndGoes(t, rig))
}

function comesAndGoes<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  rig: Rig<Options, Command, S>,
): void {
  void t.test('two links of one adapter are independent', async (t) => {
    const [one, other] = [await rig.connected(t), await rig.connected(t)]
    await one.link.close()
    t.equal(await rig.deliver(other, rig.fire(0)), rig.sample.ack)
    t.equal(one.simulator.count(), 0)
  })

  void t.test('a device that is absent at first is used when it appears', async (t) => {
    const to = await rig.absent(t)
    const { context, place } = to
    t.match(context.details.at(-1), /\S/, 'says why')
    // sent while it is away: what may wait for it must not change places
    const early = Array.from(
      { length: Math.min(rig.sample.adapter.pipeline(to.options), 20) },
      (_, n) => n + 1,
    )
    const ends = early.map((n) => rig.deliver(to, rig.fire(n)))
    const appeared = await rig.back(place)
    t.teardown(() => appeared.close())
    await context.until(() => context.up === true)
    await Promise.all(ends)
    t.equal(await rig.deliver(to, rig.fire(0)), rig.sample.ack)
    const wanted = [...early, 0].map((n) => rig.sample.fire(n).received)
    while (appeared.received().at(-1) !== wanted.at(-1))
      await appeared.until(appeared.count() + 1, soon())
    const got = appeared.received()
    t.strictSame(
      got,
      wanted.filter((each) => got.includes(each)),
    )
  })

  void t.test('what waited for its device does not leave once it must not', async (t) => {
    const to = await rig.absent(t)
    const { context, place } = to
    const waiting = [1, 2, 3].map((n) => rig.deliver(to, rig.fire(n)))
    context.barrier = { code: 'held', reached: 'no', detail: 'another hub has it' }
    const appeared = await rig.back(place)
    t.teardown(() => appeared.close())
    await context.until(() => context.up === true)
    await Promise.all(waiting)
    context.barrier = null
    t.equal(await rig.deliver(to, rig.fire(0)), rig.sample.ack)
    await appeared.until(1, soon())
    t.strictSame(appeared.received(), [rig.sample.fire(0).received], 'control: this one left')
  })

  void t.test('a sign of life can be asked for while nothing may leave', async (t) => {
    const to = await rig.connected(t)
    to.context.barrier = { code: 'held', reached: 'no', detail: 'HOLD is on' }
    t.match(await to.link.test(soon()), /\S/)
  })

  void t.test('a command for an absent device ends and never claims to have arrived', async (t) => {
    const to = await rig.absent(t)
    const end = await rig.deliver(to, rig.fire(0), AbortSignal.timeout(200))
    if (rig.sample.answers) t.match(end, { reached: 'no' })
    else if (end !== 'sent') t.match(end, { code: 'unreachable', reached: 'no' })
  })

  void t.test('a device that dies and comes back is used again', async (t) => {
    const to = await rig.connected(t)
    const { simulator, context } = to
    t.equal(await rig.deliver(to, rig.fire(0)), rig.sample.ack)
    await simulator.close()
    await rig.untilAway(to)
    t.equal(context.up, false, 'control: the loss was seen')
    const returned = await rig.back(simulator)
    t.teardown(() => returned.close())
    await context.until(() => context.up === true)
    const count = returned.count()
    t.equal(await rig.deliver(to, rig.fire(1)), rig.sample.ack)
    await returned.until(count + 1, soon())
    t.ok(returned.received().includes(rig.sample.fire(1).received))
    const { flood } = rig.sample
    if (flood === null) return
    const last = flood(returned, 10)
    await context.until(() => sameJson(context.newest.get(last.path), last.value))
    t.pass('and what it says of itself is heard again')
  })

  void t.test('what lasts is sent again to a device that came back', async (t) => {
    const to = await rig.connected(t)
    const { simulator, context } = to
    t.type(await rig.deliver(to, rig.set()), 'string')
    const { path, value } = rig.sample.set
    await simulator.close()
    await rig.untilAway(to)
    const returned = await rig.back(simulator)
    t.teardown(() => returned.close())
    await context.until(() => context.up === true)
    const again = rig.sample.adapter.resync(new Map([[path, value]]), context.newest)
    const count = returned.count()
    for (const each of again) {
      t.equal(each, path)
      t.type(await rig.deliver(to, rig.set()), 'string')
      await returned.until(count + 1, soon())
    }
  })

  void t.test('a closed link sends nothing and says so', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    await to.link.close()
    await to.link.close()
    t.match(await rig.deliver(to, rig.fire(0)), { code: 'unreachable', reached: 'no' })
    t.equal(simulator.count(), 0)
  })
}
