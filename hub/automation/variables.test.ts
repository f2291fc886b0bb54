import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { macroLease, siteDevice, type MacroId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { configFrom, mortal, newData, openTestCore, type TestCore } from '../core.contract.ts'
import { replayLog } from '../audit/replay.ts'

const configOf = (hub = 'hub-a', count = '{ type: number, default: 2 }') => `
site: s
hub: ${hub}
variables:
  on_air: { type: boolean, default: false }
  count: ${count}
  guest: { default: null }
macros:
  add: { onFailure: stop, steps: [{ set: site, path: count, value: { expr: site.count + 1 } }] }
  watch:
    onFailure: stop
    steps: [{ untilTrue: 'site.on_air', within: 1m }, { set: site, path: guest, value: seen }]
  rang: { onFailure: stop, steps: [{ wait: 1ms }] }
triggers:
  air: { on: { variable: on_air, equals: true }, run: rang, coolDown: 10s }
  any: { on: { variable: guest }, when: site.count > 2, run: rang, args: { who: { expr: trigger.value } } }
`

const valueOf = ({ core }: TestCore, name: string): Json | undefined =>
  core.room.devices.state.devices.get(siteDevice)?.reported.get(name)?.value

const set = async (room: TestCore, path: string, value: Json) =>
  room.submit({ verb: 'set', device: siteDevice, path, value })

async function setAndWait(room: TestCore, path: string, value: Json) {
  const { id } = await set(room, path, value)
  t.match(await room.ended(id), { outcome: 'confirmed' })
}

/** What the triggers have started, in order. */
const rang = ({ core }: TestCore) =>
  [...core.room.runs.state.runs.values()].flatMap(({ startedBy }) =>
    startedBy.type === 'trigger' ? [startedBy.id] : [],
  )

void t.test(
  'a variable has its default until it is set, and a wrong type is refused',
  async (t) => {
    const room = await openTestCore(t, { config: configOf() })
    await room.until('the defaults are there', () => valueOf(room, 'count') === 2)
    t.match(await set(room, 'count', 'many'), {
      refusal: { code: 'bad-argument', failure: { detail: 'count must be a number' } },
    })
    t.match(await set(room, 'cuont', 1), {
      refusal: { code: 'unknown-path', failure: { detail: /there are: on_air, count, guest/ } },
    })
    t.match(await room.submit({ verb: 'fire', device: siteDevice, action: 'go', args: {} }), {
      refusal: { failure: { detail: /its variables are set/ } },
    })
    t.equal(valueOf(room, 'count'), 2)
    await setAndWait(room, 'count', 7)
    t.equal(valueOf(room, 'count'), 7, 'control: the right type is taken')
  },
)

void t.test('a macro reads variables, waits for them and sets them', async (t) => {
  const room = await openTestCore(t, { config: configOf() })
  const run = (macro: string) => room.submit({ verb: 'run', macro: macro as MacroId, args: {} })
  t.match(await room.ended((await run('add')).id), { outcome: 'confirmed' })
  t.match(await room.ended((await run('add')).id), { outcome: 'confirmed' })
  t.equal(valueOf(room, 'count'), 4)
  const { id } = await run('watch')
  t.equal(valueOf(room, 'guest'), null, 'control: it waits')
  await setAndWait(room, 'on_air', true)
  t.match(await room.ended(id), { outcome: 'confirmed' })
  t.equal(valueOf(room, 'guest'), 'seen')
})

void t.test('a trigger fires when a variable changes, and its default is no news', async (t) => {
  const room = await openTestCore(t, { config: configOf() })
  await room.until('the defaults are there', () => valueOf(room, 'guest') === null)
  await setAndWait(room, 'on_air', true)
  t.same(rang(room), ['air'])
  await setAndWait(room, 'on_air', false)
  await setAndWait(room, 'on_air', true)
  t.same(rang(room), ['air'], 'it cools down')
  room.clock.advance(10_000)
  await setAndWait(room, 'on_air', false)
  await setAndWait(room, 'on_air', true)
  t.same(rang(room), ['air', 'air'], 'control')
  await setAndWait(room, 'guest', 'anna')
  t.same(rang(room), ['air', 'air'], 'its condition does not hold')
  await setAndWait(room, 'count', 3)
  await setAndWait(room, 'guest', 'anna')
  t.same(rang(room), ['air', 'air'], 'the same value is no change')
  await setAndWait(room, 'guest', 'ben')
  t.same(rang(room), ['air', 'air', 'any'])
})

void t.test(
  'a variable outlives a hub that is killed, at any moment, and a replay knows it',
  async (t) => {
    for (const before of [null, 'IntentEnded']) {
      const [clock, log, data] = [fakeClock(), openMemoryLog(), newData(t)]
      const fragile = mortal(log)
      const first = await openTestCore(t, { config: configOf(), clock, data, log: fragile })
      await setAndWait(first, 'count', 5)
      const died = before === null ? null : fragile.dieBefore(before)
      if (died !== null) {
        await set(first, 'count', 6)
        await died
        t.equal(valueOf(first, 'count'), 5, 'control: it was not answered')
      }
      first.die()
      const again = await openTestCore(t, { config: configOf(), clock, log, data })
      const wanted = before === null ? 5 : 6
      await again.until('it is as it was', () => valueOf(again, 'count') === wanted)
      const { read } = log
      const { devices } = await replayLog({ read, base: async () => null }, null, clock.now())
      t.match(devices, [{ id: 'site', reported: { count: { value: wanted } } }])
      await again.stop()
    }
  },
)

void t.test('the hub that takes over answers for the variables', async (t) => {
  const [clock, log] = [fakeClock(), openMemoryLog(undefined, true)]
  const ttlMs = 30_000
  const site = memorySite(clock, ttlMs)
  const open = (t: Test, name: string) =>
    openTestCore(t, { config: configOf(name), log, clock, presence: site.join() })
  const a = await open(t, 'hub-a')
  const b = await open(t, 'hub-b')
  const owner = () => b.core.room.leases.state.leases.get(macroLease)?.hub
  await b.until('somebody has the macros', () => owner() != null)
  const [has, other] = owner() === 'hub-a' ? ([a, b] as const) : ([b, a] as const)
  await setAndWait(other, 'count', 5)
  t.equal(valueOf(other, 'count'), 5, 'control: set at the one, answered by the other')
  has.die()
  site.cut(has === a ? 'hub-a' : 'hub-b', true)
  const { id } = await set(other, 'count', 6)
  t.equal(valueOf(other, 'count'), 5, 'nobody answers yet')
  for (let beats = 0; beats < 9; beats++) {
    clock.advance(ttlMs / 6)
    await other.core.members?.beat()
  }
  t.match(await other.ended(id), { outcome: 'confirmed' })
  t.equal(valueOf(other, 'count'), 6)
})

void t.test(
  'another default counts as long as nobody has set it, another type at once',
  async (t) => {
    const room = await openTestCore(t, { config: configOf() })
    const now = (count: string) => room.core.reconfigure(configFrom(configOf('hub-a', count)))
    await now('{ type: number, default: 3 }')
    await room.until('the new default', () => valueOf(room, 'count') === 3)
    await setAndWait(room, 'count', 9)
    await now('{ type: number, default: 4 }')
    await setAndWait(room, 'on_air', true)
    t.equal(valueOf(room, 'count'), 9, 'what was set stays')
    await now('{ type: string, default: none }')
    await room.until('what was set does not fit', () => valueOf(room, 'count') === 'none')
  },
)
