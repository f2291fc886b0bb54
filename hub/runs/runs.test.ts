import t, { type Test } from 'tap'
import type { Simulator } from '../../adapters/simulator.ts'
import { setImmediate } from 'node:timers/promises'
import { fakeClock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import type { EventLog } from '../../bus/log.ts'
import { openRecorder, tipOf } from '../../bus/recorder.ts'
import { endOf } from '../../intents/end.ts'
import { newId, type DeviceId, type IntentId, type MacroId, type RunId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import type { BusEvent } from '../../intents/event.ts'
import { anna, mortal, newData, openDesk, openTestCore, type TestCore } from '../core.contract.ts'

const macros = `
  opener:
    onFailure: stop
    steps: [{ fire: desk, action: /one }, { wait: 500ms }, { fire: desk, action: /two }]
  await_tape:
    onFailure: stop
    steps: [{ until: desk, path: /tape, equals: 1, within: 5s }, { fire: desk, action: /roll }]
  standby: { onFailure: stop, steps: [{ link: desk, is: down, within: 5s }, { link: desk, is: up, within: 5s }] }
  stops: { onFailure: stop, steps: [{ fire: desk, action: no-address }, { fire: desk, action: /never }] }
  goes_on: { onFailure: continue, steps: [{ fire: desk, action: no-address }, { fire: desk, action: /still }] }
  last_fails: { onFailure: continue, steps: [{ fire: desk, action: /first }, { until: desk, path: /tape, equals: 1, within: 1s }] }
  rescued: { onFailure: { run: rescue }, steps: [{ fire: desk, action: no-address }] }
  rescue: { onFailure: stop, steps: [{ fire: desk, action: /rescue }] }
  calm: { onFailure: stop, steps: [{ do: dark }, { hold: false }, { run: rescue }] }
  nested: { onFailure: stop, steps: [{ run: opener }, { fire: desk, action: /after }] }
  named: { onFailure: stop, steps: [{ do: dark }, { fire: desk, action: /after }] }
  named_abandon: { onFailure: stop, onCrash: abandon, steps: [{ do: dark }, { fire: desk, action: /after }] }
  careful:
    onFailure: stop
    onCrash: abandon
    steps: [{ wait: 1s }, { fire: desk, action: /late }]
  steady:
    onFailure: stop
    onCrash: resume
    resumeWithin: 60s
    steps: [{ fire: desk, action: /start }, { wait: 1s }, { fire: desk, action: /end }]
`
const configOf = ({ port }: Simulator) => `
site: s
hub: hub-a
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: ${port} }
intents:
  dark: [{ set: desk, path: /level, value: 0 }, { fire: desk, action: /off }]
macros:${macros}`

/** Ends before then or never. */
const soon = () => AbortSignal.timeout(10_000)

async function open(t: Test) {
  const desk = await openDesk(t)
  const room = await openTestCore(t, { config: configOf(desk) })
  return { desk, ...room }
}

async function start({ submit }: TestCore, macro: string): Promise<RunId> {
  const { id, refusal } = await submit({ verb: 'run', macro: macro as MacroId, args: {} })
  if (refusal !== null) throw new Error(refusal.failure.detail)
  return id as string as RunId // a run is named by its intent
}

const fire = (action: string): Intent => ({
  verb: 'fire',
  device: 'desk' as DeviceId,
  action,
  args: [],
})
const intentOf = (run: RunId) => run as string as IntentId
const runOf = ({ core }: TestCore, run: RunId) => core.room.runs.state.runs.get(run)

/** The run's own entries, `state step`. */
function steps(entries: readonly Recorded[], run: RunId): readonly string[] {
  return entries.flatMap(({ event }) =>
    event.type === 'RunAdvanced' && event.run === run ? [`${event.state} ${event.step}`] : [],
  )
}

/** A run's entry, as if the hub had come to that step. */
const advanced = (run: RunId, macro: string, step: number): BusEvent => ({
  type: 'RunAdvanced',
  run,
  macro: macro as MacroId,
  step,
  state: 'running',
  wakeAt: null,
  detail: '',
})

function endsOf(entries: readonly Recorded[], id: IntentId): readonly string[] {
  return entries.flatMap(({ event }) => {
    const end = endOf(event)
    return end?.intent === id ? [end.outcome] : []
  })
}

void t.test('a wait holds the next step back for as long as it says', async (t) => {
  const room = await open(t)
  const run = await start(room, 'opener')
  await room.until('it waits', () => runOf(room, run)?.wakeAt === room.clock.now() + 500)
  room.clock.advance(499)
  t.equal(runOf(room, run)?.step, 1)
  room.clock.advance(1)
  t.match(await room.ended(intentOf(run)), { outcome: 'sent', failure: null })
  await room.desk.until(2, soon())
  t.strictSame(room.desk.received(), ['/one', '/two'])
  t.strictSame(steps(await room.entries(), run), ['running 0', 'running 1', 'running 2', 'done 3'])
})

void t.test('until goes on when the device says so, and fails when it does not', async (t) => {
  const room = await open(t)
  const waits = (run: RunId) => runOf(room, run)?.wakeAt === room.clock.now() + 5000
  const late = await start(room, 'await_tape')
  await room.until('it waits', () => waits(late))
  room.clock.advance(5000)
  t.match(await room.ended(intentOf(late)), {
    outcome: 'failed',
    failure: { detail: 'step 1: desk /tape did not become 1 within 5000 ms' },
  })

  const good = await start(room, 'await_tape')
  await room.until('it waits', () => waits(good))
  // the desk knows whom to tell: it was probed when its link opened, or is by this
  await room.ended((await room.submit(fire('/hello'))).id)
  await room.desk.until(1, soon())
  room.desk.say('/tape', [0])
  room.desk.say('/tape', [1])
  t.match(await room.ended(intentOf(good)), { outcome: 'sent' })
  const at = await start(room, 'await_tape')
  t.match(
    await room.ended(intentOf(at)),
    { outcome: 'sent' },
    'what is so already is not waited for',
  )
})

void t.test('a run waits until a device is gone, and until it is there again', async (t) => {
  const room = await open(t)
  const link = (up: boolean): BusEvent => ({
    type: 'LinkChanged',
    device: 'desk' as DeviceId,
    up,
    detail: '',
  })
  const said = (up: boolean) => room.core.journal.recorder.record([link(up)], 'durable')
  await said(true)
  const good = await start(room, 'standby')
  await room.until('it waits', () => runOf(room, good)?.wakeAt === room.clock.now() + 5000)
  await said(false)
  await room.until('it waits again', () => runOf(room, good)?.step === 1)
  await said(true)
  t.match(await room.ended(intentOf(good)), { outcome: 'confirmed' })
  const late = await start(room, 'standby')
  await room.until('it waits', () => runOf(room, late)?.wakeAt === room.clock.now() + 5000)
  room.clock.advance(5000)
  t.match(await room.ended(intentOf(late)), {
    outcome: 'failed',
    failure: { detail: 'step 1: the link to desk did not go down within 5000 ms' },
  })
})

void t.test('a step that is refused is a failed step, and onFailure decides', async (t) => {
  const room = await open(t)
  const stops = await start(room, 'stops')
  t.match(await room.ended(intentOf(stops)), {
    outcome: 'failed',
    failure: { detail: /^step 1: desk: no action "no-address"/ },
  })
  t.strictSame(steps(await room.entries(), stops), ['running 0', 'stopped 0'])

  const goesOn = await start(room, 'goes_on')
  t.match(
    await room.ended(intentOf(goesOn)),
    { outcome: 'refused', failure: { detail: /^step 1: desk: no action "no-address"/ } },
    'as its worst step, and says why',
  )
  t.strictSame(steps(await room.entries(), goesOn), ['running 0', 'running 1', 'done 2'])

  const rescued = await start(room, 'rescued')
  t.match(await room.ended(intentOf(rescued)), { outcome: 'failed' })
  await room.desk.until(2, soon())
  t.strictSame(room.desk.received(), ['/still', '/rescue'])
  const rescue = [...room.core.room.runs.state.runs.values()].at(-1)
  t.match(rescue, { macro: 'rescue', startedBy: { type: 'macro', run: rescued } })
})

void t.test('a run whose last step failed, and went on all the same, has failed', async (t) => {
  const room = await open(t)
  const run = await start(room, 'last_fails')
  await room.until('it waits', () => room.core.room.runs.state.runs.get(run)?.step === 1)
  room.clock.advance(1000)
  t.match(await room.ended(intentOf(run)), {
    outcome: 'failed',
    failure: { detail: /^step 2: desk \/tape did not become 1 within 1000 ms/ },
  })
})

void t.test('a macro may ask for named intents, other macros and the end of a hold', async (t) => {
  const room = await open(t)
  const run = await start(room, 'calm')
  t.match(await room.ended(intentOf(run)), { outcome: 'sent' })
  await room.desk.until(3, soon())
  t.strictSame(room.desk.received(), ['/level 0', '/off', '/rescue'])
  t.strictSame(endsOf(await room.entries(), intentOf(run)), ['sent'])
})

void t.test('macros that start each other without end are stopped', async (t) => {
  const room = await open(t)
  // the config's own check refuses such a circle: this is what catches one that came another way
  const again = 'again' as MacroId
  const config = room.core.config()
  const stops = config.macros.get('stops' as MacroId)
  t.ok(stops)
  if (stops === undefined) return
  const circle = { ...stops, id: again, onFailure: { run: again } }
  await room.core.reconfigure({ ...config, macros: new Map([[again, circle]]) })
  const run = await start(room, 'again')
  const runs = () => [...room.core.room.runs.state.runs.values()]
  await room.until('the last one is stopped', () =>
    runs().some(({ detail }) => detail.includes('deeper than 16')),
  )
  t.equal(runs().length, 18)
  t.ok(runs().every(({ state }) => state === 'stopped'))
  t.strictSame(endsOf(await room.entries(), intentOf(run)), ['failed'])
})

void t.test('a cancelled run takes no further step, and both intents end', async (t) => {
  const room = await open(t)
  const run = await start(room, 'opener')
  await room.until('it waits', () => runOf(room, run)?.step === 1)
  const { id } = await room.submit({ verb: 'cancel', run })
  t.match(await room.ended(id), { outcome: 'confirmed' })
  t.match(await room.ended(intentOf(run)), { outcome: 'cancelled' })
  room.clock.advance(60_000)
  await room.core.journal.recorder.idle()
  t.strictSame(steps(await room.entries(), run), ['running 0', 'running 1', 'cancelled 1'])
  t.match(await room.submit({ verb: 'cancel', run }), { refusal: { code: 'unknown-run' } })
})

void t.test('two cancels in one commit end a run once', async (t) => {
  const room = await open(t)
  const run = await start(room, 'opener')
  await room.until('it waits', () => runOf(room, run)?.step === 1)
  // the first is under way when the two come: they are one commit
  const [, ...cancels] = await Promise.all([
    room.submit({ verb: 'hold', on: false }),
    room.submit({ verb: 'cancel', run }),
    room.submit({ verb: 'cancel', run }),
  ])
  for (const { id } of cancels) t.match(await room.ended(id), { outcome: 'confirmed' })
  t.strictSame(steps(await room.entries(), run), ['running 0', 'running 1', 'cancelled 1'])
  t.strictSame(endsOf(await room.entries(), intentOf(run)), ['cancelled'])
})

void t.test('a cancel in the commit that ends a step is obeyed', async (t) => {
  const room = await open(t)
  const run = await start(room, 'nested')
  await room.until('the inner one waits', () =>
    [...room.core.room.runs.state.runs.values()].some(({ wakeAt }) => wakeAt !== null),
  )
  const inner = runOf(room, run)?.stepIntent
  t.ok(inner)
  const end = { type: 'IntentEnded', intent: inner, outcome: 'sent', failure: null, by: null }
  const [, { id }] = await Promise.all([
    room.submit({ verb: 'hold', on: false }),
    room.submit({ verb: 'cancel', run }),
    room.core.journal.recorder.record([end as BusEvent], 'durable'),
  ])
  t.match(await room.ended(id), { outcome: 'confirmed' })
  await room.core.journal.recorder.idle()
  t.strictSame(steps(await room.entries(), run), ['running 0', 'cancelled 0'])
  t.match(await room.ended((await room.submit(fire('/marker'))).id), { outcome: 'sent' })
  await room.desk.until(2, soon())
  t.strictSame(room.desk.received(), ['/one', '/marker'], 'the step behind it was not taken')
})

/** A hub that dies while `macro` runs, when `when` is so or before it stores such a body; and the next, `awayMs` later. */
async function crash(
  t: Test,
  macro: string,
  when: ((room: TestCore, run: RunId) => boolean) | string,
  awayMs: number,
  after: (room: TestCore, run: RunId) => readonly BusEvent[] = () => [],
) {
  const desk = await openDesk(t)
  const shared = { config: configOf(desk), data: newData(t) }
  const memory = openMemoryLog()
  const log = mortal(memory)
  const first = await openTestCore(t, { ...shared, log })
  const died = typeof when === 'string' ? log.dieBefore(when) : null
  const run = await start(first, macro)
  if (typeof when === 'string') await died
  else await first.until('the moment of the crash', () => when(first, run))
  log.die()
  const stored = (await memory.tail(10_000)).map(({ body }) => body).toReversed()
  const last = openRecorder(memory, first.clock, 'hub-a', tipOf('hub-a', stored))
  const more = after(first, run)
  if (more.length > 0) await last.record(more, 'durable')
  const clock = fakeClock(first.clock.now() + awayMs)
  const room = await openTestCore(t, { ...shared, log: slow(memory), clock })
  return { ...room, desk, run }
}

/** A log that takes a moment, as a disk does. */
function slow(log: EventLog): EventLog {
  return {
    ...log,
    async append(bodies, durability) {
      await setImmediate()
      return log.append(bodies, durability)
    },
  }
}

const waits = (room: TestCore, run: RunId) => runOf(room, run)?.wakeAt != null

void t.test('after a crash a run that may resume goes on where it was', async (t) => {
  const room = await crash(t, 'steady', waits, 2000)
  t.match(runOf(room, room.run), { state: 'running', step: 1 })
  room.clock.advance(0)
  t.match(await room.ended(intentOf(room.run)), { outcome: 'sent' })
  await room.desk.until(2, soon())
  t.strictSame(room.desk.received(), ['/start', '/end'], 'nothing twice')
})

void t.test('after a crash a run is abandoned where its macro says so, or too late', async (t) => {
  const careful = await crash(t, 'careful', waits, 2000)
  t.match(await careful.ended(intentOf(careful.run)), {
    outcome: 'failed',
    failure: { detail: /onCrash: abandon/ },
  })
  careful.clock.advance(10_000)
  const late = await crash(t, 'steady', waits, 61_000)
  t.match(await late.ended(intentOf(late.run)), {
    outcome: 'failed',
    failure: { detail: /away for 61000 ms/ },
  })
  late.clock.advance(10_000)
  for (const room of [careful, late]) {
    t.match(await room.ended((await room.submit(fire('/marker'))).id), { outcome: 'sent' })
    t.strictSame(endsOf(await room.entries(), intentOf(room.run)), ['failed'])
  }
  await Promise.all([careful.desk.until(1, soon()), late.desk.until(2, soon())])
  t.strictSame(careful.desk.received(), ['/marker'])
  t.strictSame(late.desk.received(), ['/start', '/marker'])
})

void t.test(
  'a step whose entry survived without its intent is taken, not the whole run',
  async (t) => {
    const room = await crash(t, 'steady', waits, 2000, (_, run) => [
      advanced(run, 'steady', 2), // the power went in the middle of the commit
    ])
    t.match(await room.ended(intentOf(room.run)), { outcome: 'sent' })
    await room.desk.until(2, soon())
    t.strictSame(room.desk.received(), ['/start', '/end'])
  },
)

void t.test('a step that ended while the hub was dying is followed once, or never', async (t) => {
  // all that the named intent led to has ended, and its own end is not recorded
  const through = '"type":"IntentEnded"'
  const goesOn = await crash(t, 'named', through, 2000)
  t.match(await goesOn.ended(intentOf(goesOn.run)), { outcome: 'sent' })
  t.strictSame(steps(await goesOn.entries(), goesOn.run), ['running 0', 'running 1', 'done 2'])
  const ends = await crash(t, 'named_abandon', through, 2000)
  t.match(await ends.ended(intentOf(ends.run)), { outcome: 'failed' })
  t.strictSame(steps(await ends.entries(), ends.run), ['running 0', 'stopped 0'])
  for (const room of [goesOn, ends]) await room.ended((await room.submit(fire('/marker'))).id)
  await Promise.all([goesOn.desk.until(4, soon()), ends.desk.until(3, soon())])
  t.strictSame(goesOn.desk.received(), ['/level 0', '/off', '/after', '/marker'])
  t.strictSame(ends.desk.received(), ['/level 0', '/off', '/marker'])
})

void t.test('a cancel that was accepted before a crash is still obeyed', async (t) => {
  const id = newId(1_800_000_000_500)
  const room = await crash(t, 'steady', waits, 2000, ({ clock }, run) => [
    {
      type: 'IntentAccepted',
      submission: {
        id,
        intent: { verb: 'cancel', run },
        actor: anna,
        source: 'test:1',
        trace: id,
        at: clock.now(),
        expiresAt: null,
        cause: null,
      },
    },
  ])
  t.match(await room.ended(id), { outcome: 'confirmed' })
  t.match(await room.ended(intentOf(room.run)), { outcome: 'cancelled' })
  room.clock.advance(10_000)
  await room.core.journal.recorder.idle()
  t.strictSame(room.desk.received(), ['/start'])
})
