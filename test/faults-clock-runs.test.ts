import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { list, newRoom, type HubProcess } from './hub-process.ts'
import { audit, entriesOf } from './record.ts'

// The wall clock jumps an hour while a hub carries out macros and schedules.

t.setTimeout(120_000)

const hourMs = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()
const macros = `
variables: { ready: { type: boolean, default: false }, held: { type: boolean, default: false }, never: { type: boolean, default: false } }
macros:
  tick: { onFailure: stop, steps: [{ note: tick }] }
  calls: { onFailure: stop, steps: [{ note: called }] }
  long: { onFailure: stop, steps: [{ wait: 20m }] }
  short: { onFailure: stop, steps: [{ wait: 4s }] }
  until: { onFailure: stop, steps: [{ until: site, path: ready, equals: true, within: 20m }] }
  late: { onFailure: stop, steps: [{ until: site, path: never, equals: true, within: 4s }] }
  asks: { onFailure: stop, limits: { within: 30m }, steps: [{ ask: Go?, choices: [yes, no], within: 20m }] }
`
const names = ['long', 'short', 'until', 'late', 'asks'] as const
type Name = (typeof names)[number]

async function begin(hub: HubProcess): Promise<Readonly<Record<Name, string>>> {
  const ids = await Promise.all(
    names.map(async (macro) => {
      const { body } = await hub.submit({ verb: 'run', macro, args: {} })
      const id = String(body['id'])
      await hub.entry((event) => event.type === 'RunAdvanced' && event.run === id)
      return [macro, id] as const
    }),
  )
  return Object.fromEntries(ids) as Record<Name, string> // each of them
}

async function cancel(
  hub: HubProcess,
  runs: Readonly<Record<Name, string>>,
  those: readonly Name[],
): Promise<void> {
  for (const name of those) {
    await hub.submit({ verb: 'cancel', run: runs[name] }, { wait: 'outcome' })
    await hub.outcome(runs[name])
  }
}

/** Those of a schedule or trigger in the record: `tick 2026-…` or with what became of it. */
const starts = (data: string, by: string): readonly string[] =>
  entriesOf(data).flatMap(({ event }) => {
    if (event.type !== 'IntentAccepted' && event.type !== 'IntentRefused') return []
    const { actor, source } = event.submission
    if (actor.type !== 'trigger' || actor.id !== by) return []
    return [`${event.type === 'IntentAccepted' ? 'started' : 'refused'} ${source}`]
  })

const stepped = (event: BusEvent) => event.type === 'ClockStepped'

void t.test(
  'a clock that is set forward an hour ends no wait early, and what was due meanwhile is missed',
  async (t) => {
    const due = Date.now() + hourMs / 2
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\n${macros}` +
        `triggers:\n  holds: { on: { variable: held, equals: true }, for: 4s, run: calls }\n` +
        `schedules:\n  good: { once: ${iso(due)}, run: tick, missed: once }\n` +
        `  skip: { once: ${iso(due)}, run: tick }\n`,
    )
    const hub = await room.start({
      preload: 'shift-clock.ts',
      env: { CLOCK_SHIFT_MS: String(hourMs) },
    })
    const runs = await begin(hub)
    await hub.submit(
      { verb: 'set', device: 'site', path: 'held', value: true },
      { wait: 'outcome' },
    )
    hub.signal('SIGUSR2')
    const step = await hub.entry(stepped)
    t.ok(
      step.type === 'ClockStepped' && Math.abs(step.wall - step.kept - hourMs) < 60_000,
      'control: the clock was set forward by an hour, and that is recorded',
    )
    const now = Number((await hub.get('/api/v1/status')).body['now'])
    t.ok(now - Date.now() > hourMs / 2, 'control: the record follows it')
    t.equal(await hub.outcome(runs.short), 'confirmed', 'a wait is no longer than it was')
    t.equal(await hub.outcome(runs.late), 'failed', 'nor a deadline')
    await hub.entry(
      ({ type, ...event }) =>
        type === 'RunAdvanced' && 'macro' in event && String(event.macro) === 'calls',
    )
    const { body } = await hub.get('/api/v1/runs')
    for (const name of ['long', 'until', 'asks'] as const) {
      const run = list(body['runs']).find(({ run }) => run === runs[name])
      t.match(run, { state: 'running' }, `${name} has not ended`)
      t.ok(Number(run?.['wakeAt']) - now > hourMs / 6, `${name} goes on as long as it was to`)
    }
    await hub.submit({ verb: 'set', device: 'site', path: 'ready', value: true })
    await hub.submit({ verb: 'do', name: 'run.answer', args: { run: runs.asks, choice: 'yes' } })
    t.equal(await hub.outcome(runs.until), 'confirmed')
    t.equal(await hub.outcome(runs.asks), 'confirmed')
    await hub.entry(
      (event) =>
        event.type === 'IntentRefused' &&
        event.submission.source.startsWith('schedule:skip') &&
        /clock was set past it/.test(event.failure.detail),
    )
    await cancel(hub, runs, ['long'])
    await hub.end()
    t.same(starts(room.data, 'schedule:good'), [`started schedule:good at ${iso(due)}`])
    t.same(starts(room.data, 'schedule:skip'), [`refused schedule:skip at ${iso(due)}`])
    t.match(starts(room.data, 'holds'), [/^started trigger:holds/])
    await audit(t, room)
  },
)

void t.test(
  'a clock that is set back an hour makes no wait longer, and fires nothing twice',
  async (t) => {
    const before = Date.now() - hourMs / 2
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\n${macros}` +
        `schedules:\n  past: { once: ${iso(before)}, run: tick, missed: once }\n` +
        `  often: { every: 2s, run: tick }\n`,
    )
    const hub = await room.start({
      preload: 'shift-clock.ts',
      env: { CLOCK_SHIFT_MS: `${-hourMs},${hourMs}` },
    })
    const dueOf = async (name: string) => {
      const { body } = await hub.get('/api/v1/schedules')
      return list(body['schedules']).find((one) => one['name'] === name)?.['next']
    }
    const fired = (event: BusEvent) =>
      event.type === 'IntentAccepted' && event.submission.source.startsWith('schedule:often')
    const runs = await begin(hub)
    await hub.entry(fired)
    t.equal(await dueOf('past'), null, 'control: it was before this config')
    hub.signal('SIGUSR2')
    const step = await hub.entry(stepped)
    t.ok(
      step.type === 'ClockStepped' && Math.abs(step.kept - step.wall - hourMs) < 60_000,
      'control: the clock was set back by an hour',
    )
    t.equal(await hub.outcome(runs.short), 'confirmed', 'a wait is no longer than it was')
    t.equal(await hub.outcome(runs.late), 'failed', 'nor a deadline')
    t.equal(await dueOf('past'), before, 'schedules go by the clock on the wall')
    hub.signal('SIGUSR2')
    const again = iso(Date.now())
    // what was due in that hour was carried out before, and then it goes on
    await hub.entry(
      (event) =>
        fired(event) &&
        event.type === 'IntentAccepted' &&
        event.submission.source.slice(-24) > again,
    )
    await hub.entry(
      (event) =>
        event.type === 'IntentAccepted' && event.submission.source.startsWith('schedule:past'),
    )
    for (const name of ['until', 'asks', 'long'] as const)
      t.match((await hub.get(`/api/v1/intents/${runs[name]}`)).body, { outcome: null })
    await cancel(hub, runs, ['until', 'asks', 'long'])
    await hub.end()
    t.same(starts(room.data, 'schedule:past'), [`started schedule:past at ${iso(before)}`])
    const often = starts(room.data, 'schedule:often')
    t.same(often, [...new Set(often)].toSorted(), 'each time once, and in their order')
    await audit(t, room)
  },
)
