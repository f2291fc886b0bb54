import t from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { LogError, type EventLog } from '../../bus/log.ts'
import type { IntentId, MacroId } from '../../intents/id.ts'
import { endOf } from '../../intents/end.ts'
import { newData, openDesk, openTestCore } from '../core.contract.ts'

// A hub that is killed before each of its appends, and another that goes on with what was stored.

const macro = `
  show:
    onFailure: compensate
    steps:
      - { set: desk, path: /lights, value: 1, undo: [ { set: desk, path: /lights, value: 0 } ] }
      - together:
          - [ { set: desk, path: /a, value: 1, undo: [ { set: desk, path: /a, value: 0 } ] } ]
          - [ { set: desk, path: /b, value: 1, undo: [ { set: desk, path: /b, value: 0 } ] } ]
      - try: [ { fire: desk, action: no-address } ]
        recover: [ { set: desk, path: /saved, value: 1 } ]
      - { fire: desk, action: no-address }
`
const forward = ['/lights 1', '/a 1', '/b 1', '/saved 1']
const back = ['/a 0', '/b 0', '/lights 0']

/** The same log behind a hub that dies before its n-th append. */
function dyingAt(log: EventLog, n: number): EventLog & { readonly died: () => boolean } {
  let left = n
  return {
    ...log,
    append: (bodies, durability) =>
      left-- > 0
        ? log.append(bodies, durability)
        : Promise.reject(new LogError('closed', 'the hub is dead')),
    close: () => Promise.resolve(), // the next hub goes on with it
    died: () => left < 0,
  }
}

/** More than the run takes. */
const mostAppends = 60

void t.test('killed before any append, what was done is undone by the next hub', async (t) => {
  let kills = 0
  for (let n = 2; n < mostAppends; n++) {
    const desk = await openDesk(t)
    const config = `site: s\nhub: hub-a\ndevices:\n  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\nmacros:${macro}`
    const data = newData(t)
    const memory = openMemoryLog()
    const log = dyingAt(memory, n)
    const first = await openTestCore(t, { config, data, log })
    const accepted = await first
      .submit({ verb: 'run', macro: 'show' as MacroId, args: {} })
      .catch(() => null) // it died before: nothing was done
    if (accepted === null) continue
    const run: IntentId = accepted.id
    const ended = first.ended(run).then(
      () => true,
      () => false,
    )
    // it ends, or it has died; then nothing more of it is stored
    await Promise.race([ended, untilDead(log)])
    if (!log.died()) {
      await desk.until(7, AbortSignal.timeout(30_000)) // control: at last it was not killed
      break
    }
    kills++
    first.die()
    const clock = fakeClock(first.clock.now() + 1000)
    const next = await openTestCore(t, { config, data, log: memory, clock })
    t.match(await next.ended(run), { outcome: 'failed' }, `killed before append ${n}`)
    const ends = (await next.entries()).filter(({ event }) => endOf(event)?.intent === run)
    t.equal(ends.length, 1)
    await next.ended(
      (await next.submit({ verb: 'fire', device: 'desk' as never, action: '/marker', args: [] }))
        .id,
    )
    const late = AbortSignal.timeout(30_000)
    while (!desk.received().includes('/marker')) await desk.until(desk.received().length + 1, late)
    // a set under way is sent again, so each is looked at once
    const got = [...new Set(desk.received())].filter((one) => one !== '/marker')
    const all = new Set(got)
    t.ok(
      [...forward, ...back].every((one) => all.has(one)),
      got.join(' '),
    )
    t.ok(got.indexOf('/lights 0') > got.indexOf('/a 0'), 'newest first')
    await next.stop()
  }
  t.ok(kills > 10, `control: it was killed ${kills} times`)
})

async function untilDead(log: { readonly died: () => boolean }): Promise<void> {
  for (let i = 0; i < 30_000 && !log.died(); i++)
    await new Promise((resolve) => setImmediate(resolve))
}
