import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { macroLease } from '../../intents/id.ts'
import { newData, openTestCore, type TestCore } from '../core.contract.ts'

const day = Date.UTC(2026, 4, 1)
const hourMs = 3_600_000

const configOf = (schedules: string, hub = 'hub-a') => `
site: s
hub: ${hub}
macros:
  tidy: { onFailure: stop, steps: [{ wait: 1ms }] }
schedules:
${schedules}`

/** The times at which a schedule was recorded, hours and minutes, and how. */
const starts = (entries: readonly Recorded[], name: string): readonly string[] =>
  entries.flatMap(({ event }) => {
    if (event.type !== 'IntentAccepted' && event.type !== 'IntentRefused') return []
    const { actor, source } = event.submission
    if (actor.type !== 'trigger' || actor.id !== `schedule:${name}`) return []
    const time = source.slice(-13, -8)
    return [event.type === 'IntentAccepted' ? time : `${time} refused`]
  })

const count = (room: TestCore, n: number) =>
  room.until(`${n} runs`, () => room.core.room.runs.state.runs.size >= n)

void t.test(
  'a schedule starts its macro at its time, and says by whom, for when and with which arguments',
  async (t) => {
    const clock = fakeClock(day)
    const room = await openTestCore(t, {
      clock,
      config: configOf(
        '  hourly: { cron: "0 * * * *", run: tidy, args: { at: { expr: trigger.due } } }\n',
      ),
    })
    clock.advance(hourMs - 1)
    t.same(starts(await room.entries(), 'hourly'), [], 'control: not before')
    clock.advance(1)
    await count(room, 1)
    const [run] = room.core.room.runs.state.runs.values()
    t.match(run, {
      macro: 'tidy',
      startedBy: { type: 'trigger', id: 'schedule:hourly' },
      args: { at: '2026-05-01T01:00:00.000Z' },
    })
    clock.advance(hourMs)
    await count(room, 2)
    t.same(starts(await room.entries(), 'hourly'), ['01:00', '02:00'])
  },
)

void t.test('a condition that does not hold lets a time pass', async (t) => {
  const clock = fakeClock(day)
  const room = await openTestCore(t, {
    clock,
    config: configOf(
      '  even: { cron: "0 * * * *", run: tidy, when: now.getHours() % 2 == 0 }\n  wrong: { cron: "30 * * * *", run: tidy, when: trigger.nothing > 1 }\n',
    ),
  })
  clock.advance(hourMs)
  clock.advance(hourMs)
  await count(room, 1)
  await room.until('the fault is recorded', () =>
    room.core.room.firings.state.schedules.has('wrong'),
  )
  t.same(starts(await room.entries(), 'even'), ['02:00'])
  const refused = (await room.entries()).find(({ event }) => event.type === 'IntentRefused')
  t.match(refused, { event: { failure: { detail: /its condition: No such key: nothing/ } } })
})

for (const [missed, expected] of [
  ['skip', ['03:00 refused', '04:00']],
  ['once', ['03:00', '04:00']],
  ['all', ['01:00', '02:00', '03:00', '04:00']],
] as const)
  void t.test(`times that were missed while no hub was there: ${missed}`, async (t) => {
    const [clock, log, data] = [fakeClock(day), openMemoryLog(), newData(t)]
    const config = configOf(`  hourly: { cron: "0 * * * *", run: tidy, missed: ${missed} }\n`)
    const first = await openTestCore(t, { config, clock, log, data })
    first.die()
    clock.advance(3 * hourMs + 1_800_000)
    const again = await openTestCore(t, { config, clock, log, data })
    clock.advance(1_800_000)
    await again.until(
      'the next time',
      () => again.core.room.firings.state.schedules.get('hourly') === day + 4 * hourMs,
    )
    t.same(starts(await again.entries(), 'hourly'), expected)
  })

void t.test('a schedule goes by the clock on the wall, and fires each time once', async (t) => {
  const clock = fakeClock(day)
  const room = await openTestCore(t, {
    clock,
    config: configOf('  hourly: { cron: "0 * * * *", run: tidy }\n'),
  })
  clock.advance(hourMs)
  await count(room, 1)
  clock.set(-hourMs / 2)
  clock.advance(hourMs / 2)
  t.equal(clock.wall(), day + hourMs, 'control: it shows one again')
  clock.advance(hourMs)
  await count(room, 2)
  clock.set(2.5 * hourMs)
  clock.advance(0)
  await room.until(
    'the newest that was missed is recorded',
    () => room.core.room.firings.state.schedules.get('hourly') === day + 4 * hourMs,
  )
  clock.advance(hourMs / 2)
  await count(room, 3)
  t.same(starts(await room.entries(), 'hourly'), ['01:00', '02:00', '04:00 refused', '05:00'])
})

void t.test(
  'a hub that is killed as a time comes neither forgets it nor fires it twice',
  async (t) => {
    for (const kill of ['before', 'after'] as const) {
      const [clock, log, data] = [fakeClock(day), openMemoryLog(), newData(t)]
      const config = configOf('  hourly: { cron: "0 * * * *", run: tidy }\n')
      const first = await openTestCore(t, { config, clock, log, data })
      if (kill === 'before') first.die()
      clock.advance(hourMs)
      if (kill === 'after') {
        await count(first, 1)
        first.die()
      }
      t.equal(starts(await first.entries(), 'hourly').length, kill === 'after' ? 1 : 0, 'control')
      clock.advance(10_000)
      const again = await openTestCore(t, { config, clock, log, data })
      await count(again, 1)
      clock.advance(10_000)
      await again.core.journal.recorder.idle()
      t.same(starts(await again.entries(), 'hourly'), ['01:00'], kill)
      await again.stop()
    }
  },
)

void t.test(
  'another config begins anew: what was due under the one before is not made good',
  async (t) => {
    const [clock, log, data] = [fakeClock(day), openMemoryLog(), newData(t)]
    const first = await openTestCore(t, {
      config: configOf('  a: { cron: "0 5 * * *", run: tidy }\n'),
      clock,
      log,
      data,
    })
    await first.stop()
    clock.advance(3 * hourMs)
    const again = await openTestCore(t, {
      config: configOf('  b: { cron: "0 * * * *", run: tidy, missed: all }\n'),
      clock,
      log,
      data,
    })
    clock.advance(hourMs)
    await count(again, 1)
    t.same(starts(await again.entries(), 'b'), ['04:00'])
  },
)

/** A site in memory: real time never comes as far as a sign of life lasts. */
const ttlMs = 60_000

void t.test('of two hubs exactly one fires, and the other one when that is gone', async (t) => {
  const [clock, log] = [fakeClock(day), openMemoryLog(undefined, true)]
  const site = memorySite(clock, ttlMs)
  const hub = (t: Test, name: string) =>
    openTestCore(t, {
      config: configOf('  hourly: { cron: "0 * * * *", run: tidy }\n', name),
      log,
      clock,
      presence: site.join(),
    })
  const [a, b] = [await hub(t, 'hub-a'), await hub(t, 'hub-b')]
  const owner = ({ core }: TestCore) => core.room.leases.state.leases.get(macroLease)?.hub
  await b.until('somebody has the macros', () => owner(b) != null)
  const [has, other] = owner(b) === 'hub-a' ? [a, b] : [b, a]
  clock.advance(hourMs)
  await count(other, 1)
  t.same(starts(await other.entries(), 'hourly'), ['01:00'])
  await has.stop()
  await other.until('the other has them', () => owner(other) === (has === a ? 'hub-b' : 'hub-a'))
  clock.advance(hourMs)
  await count(other, 2)
  const entries = await other.entries()
  t.same(starts(entries, 'hourly'), ['01:00', '02:00'])
})

void t.test('a calendar is read again when its file has changed', async (t) => {
  const [clock, data] = [fakeClock(day), newData(t)]
  const file = join(data, 'shows.ics')
  const write = (hour: string) =>
    writeFileSync(
      file,
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Live show\r\nDTSTART:20260501T${hour}0000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    )
  write('09')
  const config = configOf(
    `  shows: { calendar: ${JSON.stringify(file)}, before: 10m, run: tidy, args: { what: { expr: "trigger.events[0].summary" } } }\n`,
  )
  const room = await openTestCore(t, { clock, data, config })
  write('02 '.trim())
  clock.advance(hourMs)
  clock.advance(hourMs)
  await count(room, 1)
  t.same(starts(await room.entries(), 'shows'), ['01:50'])
  t.match([...room.core.room.runs.state.runs.values()], [{ args: { what: 'Live show' } }])
})
