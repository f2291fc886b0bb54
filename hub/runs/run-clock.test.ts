import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import type { MacroId } from '../../intents/id.ts'
import { openTestCore } from '../core.contract.ts'

const day = Date.UTC(2026, 4, 1)
const minuteMs = 60_000

/** A run of such steps at midnight; `isOver` gives a turn to what is under way first. */
async function begun(t: Test, steps: string, more = '') {
  const clock = fakeClock(day)
  const room = await openTestCore(t, {
    clock,
    config: `site: s\nhub: h\nmacros:\n  one: { onFailure: stop, ${more}steps: ${steps} }\n`,
  })
  const { id } = await room.submit({ verb: 'run', macro: 'one' as MacroId, args: {} })
  const run = () => [...room.core.room.runs.state.runs.values()][0]
  await room.until('it waits', () => run()?.wakeAt != null)
  return {
    clock,
    /** Sets the clock, and waits until the run knows. */
    async set(ms: number) {
      const was = run()?.wakeAt
      clock.set(ms)
      clock.advance(0)
      await room.until('it is told', () => run()?.wakeAt !== was)
    },
    state: () => run()?.state,
    ended: () => room.ended(id),
  }
}

void t.test('a wait and the limit of a run go by the time that passes', async (t) => {
  const run = await begun(t, '[{ wait: 20m }]', 'limits: { within: 30m }, ')
  await run.set(60 * minuteMs)
  run.clock.advance(19 * minuteMs)
  t.equal(run.state(), 'running')
  run.clock.set(-30 * minuteMs)
  run.clock.advance(minuteMs)
  t.match(await run.ended(), { outcome: 'confirmed' })
})

void t.test('a time of day comes when clocks show it', async (t) => {
  const run = await begun(t, '[{ waitUntil: "01:00" }]')
  await run.set(-30 * minuteMs)
  run.clock.advance(89 * minuteMs)
  t.equal(run.clock.wall(), day + 59 * minuteMs, 'control: the hub is at half past one')
  t.equal(run.state(), 'running')
  run.clock.set(minuteMs)
  run.clock.advance(minuteMs)
  t.match(await run.ended(), { outcome: 'confirmed' })
})

void t.test('a time of day that is jumped over has come', async (t) => {
  const run = await begun(t, '[{ waitUntil: "01:00" }]')
  run.clock.set(61 * minuteMs)
  run.clock.advance(0)
  t.match(await run.ended(), { outcome: 'confirmed' })
})
