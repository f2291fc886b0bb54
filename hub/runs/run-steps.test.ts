import t, { type Test } from 'tap'
import type { Recorded } from '../../bus/entry.ts'
import type { IntentId, MacroId, RunId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { endOf } from '../../intents/end.ts'
import { stateOfRun } from '../../projections/runs.ts'
import { openDesk, openTestCore, type TestCore } from '../core.contract.ts'

// The whole step language in a hub. How steps follow each other is in macros/model.test.ts.

const macros = `
  show:
    onFailure: compensate
    onCancel: compensate
    steps:
      - { fire: desk, action: /lights/on, undo: [ { fire: desk, action: /lights/off } ] }
      - { fire: desk, action: /sign/on, undo: [ { fire: desk, action: /sign/off } ] }
      - { until: desk, path: /ready, equals: 1, within: 5s }
      - { fire: desk, action: /end }
  both:
    onFailure: stop
    args: { level: { type: number, default: 3 }, who: { type: string } }
    steps:
      - together:
          - [ { fire: desk, action: /a, args: [ { expr: "args.level + 1" } ] } ]
          - [ { fire: desk, action: /b, args: [ { expr: "args.who" } ] } ]
      - if: args.level > 5
        then: [ { fire: desk, action: /loud } ]
        else: [ { fire: desk, action: /quiet } ]
      - { forEach: [1, 2], as: n, steps: [ { fire: desk, action: /n, args: [ { expr: vars.n } ] } ] }
  kept:
    onFailure: stop
    steps:
      - try: [ { fire: desk, action: no-address } ]
        recover: [ { fire: desk, action: /recovered } ]
        always: [ { fire: desk, action: /always } ]
      - { fire: desk, action: no-address, onFailure: { run: quick } }
      - { fire: desk, action: /after }
  asks:
    onFailure: stop
    steps: [ { ask: "On air?", within: 10s }, { fire: desk, action: /air } ]
  outer: { onFailure: stop, steps: [ { run: long } ] }
  long: { onFailure: stop, steps: [ { fire: desk, action: /long }, { wait: 60s }, { fire: desk, action: /never } ] }
  quick: { onFailure: stop, steps: [ { fire: desk, action: /quick } ] }
  queued: { onFailure: stop, concurrency: { queue: 1 }, steps: [ { wait: 1s }, { fire: desk, action: /queued } ] }
  dropped: { onFailure: stop, concurrency: { drop: 1 }, steps: [ { wait: 1s }, { fire: desk, action: /kept } ] }
  again: { onFailure: stop, concurrency: restart, steps: [ { wait: 1s }, { fire: desk, action: /again } ] }
  endless: { onFailure: stop, limits: { steps: 50 }, steps: [ { while: "true", steps: [ { note: round } ] } ] }
  loops: { onFailure: stop, steps: [ { fire: desk, action: /x, args: [ { expr: "args.nothing.at.all" } ] } ] }
`

async function open(t: Test) {
  const desk = await openDesk(t)
  const config = `site: s\nhub: hub-a\ndevices:\n  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\nmacros:${macros}`
  return { desk, ...(await openTestCore(t, { config })) }
}
type Room = Awaited<ReturnType<typeof open>>

const soon = () => AbortSignal.timeout(30_000)

async function start({ submit }: TestCore, macro: string, args: Json = {}): Promise<RunId> {
  const { id, refusal } = await submit({ verb: 'run', macro: macro as MacroId, args })
  if (refusal !== null) throw new Error(refusal.failure.detail)
  return id as string as RunId // a run is named by its intent
}

const idOf = (run: RunId) => run as string as IntentId
const runOf = ({ core }: TestCore, run: RunId) => core.room.runs.state.runs.get(run)
const placesOf = (room: TestCore, run: RunId) => {
  const found = runOf(room, run)
  return found === undefined ? [] : stateOfRun(found).frames.map(({ at }) => at)
}

/** Says something to a run, and how that ended. */
async function say(room: TestCore, name: string, args: Json): Promise<string> {
  const { id, refusal } = await room.submit({ verb: 'do', name, args })
  if (refusal !== null) return refusal.failure.detail
  const { outcome, failure } = await room.ended(id)
  return failure?.detail ?? outcome
}

/** All that the desk has received, once it has as much. */
async function received({ desk }: Room, count: number): Promise<readonly string[]> {
  await desk.until(count, soon())
  return desk.received()
}

void t.test('what was done is undone, newest first, when a later step fails', async (t) => {
  const room = await open(t)
  const run = await start(room, 'show')
  await room.until(
    'it waits for the desk',
    () => runOf(room, run)?.wakeAt != null && runOf(room, run)?.step === 2,
  )
  t.strictSame(await received(room, 2), ['/lights/on', '/sign/on'])
  room.clock.advance(5000)
  t.match(await room.ended(idOf(run)), { outcome: 'failed', failure: { detail: /^step 3: desk/ } })
  t.strictSame((await received(room, 4)).slice(2), ['/sign/off', '/lights/off'])
})

void t.test('a cancel undoes where the macro says so, and is refused while it does', async (t) => {
  const room = await open(t)
  const run = await start(room, 'show')
  await room.until('it waits', () => runOf(room, run)?.step === 2)
  const cancels = await Promise.all([
    room.submit({ verb: 'cancel', run }),
    room.submit({ verb: 'cancel', run }),
  ])
  const ends = await Promise.all(cancels.map(async ({ id }) => (await room.ended(id)).outcome))
  t.strictSame(ends, ['confirmed', 'refused'])
  t.match(await room.ended(idOf(run)), { outcome: 'cancelled' })
  t.strictSame((await received(room, 4)).slice(2), ['/sign/off', '/lights/off'])
})

void t.test('branches, conditions and repeats are over arguments', async (t) => {
  const room = await open(t)
  const run = await start(room, 'both', { who: 'anna' })
  t.match(await room.ended(idOf(run)), { outcome: 'sent' })
  const got = await received(room, 5)
  t.strictSame(got.slice(0, 2).toSorted(), ['/a 4', '/b "anna"'])
  t.strictSame(got.slice(2), ['/quiet', '/n 1', '/n 2'])
  const refused = async (args: Json) =>
    (await room.submit({ verb: 'run', macro: 'both' as MacroId, args })).refusal?.failure.detail
  t.match(await refused({}), /both needs who, a string/)
  t.match(await refused({ who: 1 }), /who of both must be a string/)
  t.match(await refused({ who: 'a', extra: 1 }), /no argument 'extra'/)
})

void t.test('a failure that is kept is none of the run', async (t) => {
  const room = await open(t)
  const run = await start(room, 'kept')
  t.match(await room.ended(idOf(run)), { outcome: 'sent', failure: null })
  t.strictSame(await received(room, 4), ['/recovered', '/always', '/quick', '/after'])
})

void t.test('a person answers, or nobody does', async (t) => {
  const room = await open(t)
  const [yes, no, late] = [
    await start(room, 'asks'),
    await start(room, 'asks'),
    await start(room, 'asks'),
  ]
  await room.until('all ask', () =>
    [yes, no, late].every((run) => runOf(room, run)?.wakeAt != null),
  )
  t.equal(await say(room, 'run.answer', { run: yes, choice: 'maybe' }), 'it asks for yes, no')
  t.equal(await say(room, 'run.answer', { run: yes, choice: 'yes' }), 'confirmed')
  t.equal(await say(room, 'run.answer', { run: no, choice: 'no' }), 'confirmed')
  t.match(await room.ended(idOf(yes)), { outcome: 'sent' })
  t.match(await room.ended(idOf(no)), { failure: { detail: 'step 1: the answer was no' } })
  room.clock.advance(10_000)
  t.match(await room.ended(idOf(late)), {
    failure: { detail: 'step 1: nobody answered within 10000 ms' },
  })
  t.match(await say(room, 'run.answer', { run: late, choice: 'yes' }), /no run .* is under way/)
  t.strictSame(await received(room, 1), ['/air'])
})

void t.test('a run is paused, taken step by step, skipped and goes on', async (t) => {
  const room = await open(t)
  const run = await start(room, 'long')
  await room.until('it waits', () => runOf(room, run)?.step === 1)
  t.equal(await say(room, 'run.pause', { run }), 'confirmed')
  t.equal(await say(room, 'run.pause', { run }), 'it is paused already')
  t.match(await say(room, 'run.step', { run }), /no step is ready/)
  t.equal(await say(room, 'run.skip', { run }), 'confirmed')
  t.strictSame(placesOf(room, run), ['2'], 'the next is ready')
  t.strictSame(await received(room, 1), ['/long'], 'and not begun')
  t.equal(await say(room, 'run.step', { run }), 'confirmed')
  t.match(await room.ended(idOf(run)), { outcome: 'sent' })
  const other = await start(room, 'long')
  await room.until('it waits', () => runOf(room, other)?.step === 1)
  await say(room, 'run.pause', { run: other })
  room.clock.advance(60_000)
  await room.until('its wait is over', () => placesOf(room, other)[0] === '2')
  t.equal(await say(room, 'run.resume', { run: other }), 'confirmed')
  t.match(await room.ended(idOf(other)), { outcome: 'sent' })
  t.strictSame(await received(room, 4), ['/long', '/never', '/long', '/never'])
})

void t.test('a cancel reaches the runs that a run has started', async (t) => {
  const room = await open(t)
  const run = await start(room, 'outer')
  const child = () =>
    [...room.core.room.runs.state.runs.values()].find(({ macro }) => macro === 'long')
  await room.until('the inner one waits', () => child()?.step === 1)
  const { id } = await room.submit({ verb: 'cancel', run })
  t.match(await room.ended(id), { outcome: 'confirmed' })
  t.match(await room.ended(idOf(run)), { outcome: 'cancelled' })
  await room.until('so is the inner one', () => child()?.state === 'cancelled')
})

const startsOf = (entries: readonly Recorded[], run: RunId) =>
  entries.findIndex(
    ({ event }) =>
      event.type === 'RunAdvanced' && event.run === run && event.change?.queued !== true,
  )
const endsOf = (entries: readonly Recorded[], run: RunId) =>
  entries.findIndex(({ event }) => endOf(event)?.intent === idOf(run))

void t.test('runs of one macro wait for each other, or do not begin, or take over', async (t) => {
  const room = await open(t)
  const begin = (macro: string) =>
    Promise.all([start(room, macro), start(room, macro), start(room, macro)])
  const queued = await begin('queued')
  for (const run of queued) {
    await room.until('it is its turn', () => stateOfRunNow(room, run) === 'waits')
    room.clock.advance(1000)
    t.match(await room.ended(idOf(run)), { outcome: 'sent' })
  }
  const entries = await room.entries()
  for (const [i, run] of queued.entries())
    if (i > 0)
      t.ok(startsOf(entries, run) > endsOf(entries, queued[i - 1] ?? run), 'one after the other')

  const [kept, ...dropped] = await begin('dropped')
  for (const run of dropped)
    t.match(await room.ended(idOf(run)), {
      outcome: 'refused',
      failure: { detail: /not begun: 1/ },
    })
  room.clock.advance(1000)
  t.match(await room.ended(idOf(kept)), { outcome: 'sent' })

  const again = await begin('again')
  const last = again.at(-1) ?? kept
  for (const run of again)
    if (run !== last) t.match(await room.ended(idOf(run)), { outcome: 'cancelled' })
  await room.until('the last one waits', () => stateOfRunNow(room, last) === 'waits')
  room.clock.advance(1000)
  t.match(await room.ended(idOf(last)), { outcome: 'sent' })
  t.strictSame((await received(room, 5)).toSorted(), [
    '/again',
    '/kept',
    '/queued',
    '/queued',
    '/queued',
  ])
})

/** Whether a run is in its wait. */
function stateOfRunNow(room: TestCore, id: RunId): string {
  const run = runOf(room, id)
  return run?.state === 'running' && run.wakeAt !== null ? 'waits' : (run?.state ?? '')
}

void t.test(
  'a macro that never ends, and an expression that has no value, end visibly',
  async (t) => {
    const room = await open(t)
    t.match(await room.ended(idOf(await start(room, 'endless'))), {
      outcome: 'failed',
      failure: { detail: /it took more than 50 steps/ },
    })
    t.match(await room.ended(idOf(await start(room, 'loops'))), {
      outcome: 'failed',
      failure: { detail: /^step 1: / },
    })
  },
)
