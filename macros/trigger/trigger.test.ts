import t from 'tap'
import type { BusEvent } from '../../intents/event.ts'
import type { DeviceId, Instant, IntentId, MacroId } from '../../intents/id.ts'
import type { Intent, Submission } from '../../intents/intent.ts'
import { evolve, fired, idle, stateFrom, wake, type TriggerState } from './evolve.ts'
import { mostInTrace, mostInWindow, openLoopGuard, windowMs } from './loop.ts'
import { matchOf } from './match.ts'
import type { Source, Trigger } from './trigger.ts'

const desk = 'desk' as DeviceId
const start = 1_800_000_000_000
const at = (ms: number) => (start + ms) as Instant

const trigger = (on: Source, more: Partial<Trigger> = {}): Trigger => ({
  name: 'hot',
  on,
  when: null,
  run: 'alarm' as MacroId,
  args: {},
  forMs: 0,
  coolDownMs: 0,
  lateMs: 60_000,
  ...more,
})
const says = (value: number | string | boolean): BusEvent => ({
  type: 'DeviceReported',
  device: desk,
  path: '/temp',
  value,
})
const above = (limit: number, reset = limit): Source => ({
  kind: 'state',
  device: desk,
  path: '/temp',
  test: { is: 'above', limit, reset },
})

const submission = (intent: Intent): Submission => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057' as IntentId,
  intent,
  actor: { type: 'api', id: 'ops' },
  source: 's',
  trace: 'why',
  at: at(0),
  expiresAt: null,
  cause: null,
})

/** When it fires, of entries at their times; a number alone is a moment at which nothing comes. */
function play(
  one: Trigger,
  entries: readonly (readonly [number, BusEvent] | number)[],
  from: TriggerState = idle,
): readonly number[] {
  let state = from
  const fires: number[] = []
  for (const entry of entries) {
    const [ms, event] = typeof entry === 'number' ? [entry, null] : entry
    const woken = wake(one, state, at(ms))
    const steps = [woken]
    const match =
      event === null
        ? null
        : matchOf(one.on, { position: String(ms), at: at(ms), event }, () => undefined)
    if (match !== null) steps.push(evolve(one, woken.state, match))
    for (const step of steps) {
      state = step.state
      if (step.firing === null) continue
      fires.push(step.firing.at - start)
      state = fired(state, step.firing.at)
    }
  }
  return fires
}

void t.test(
  'a limit fires when it is passed, and not again until the value was back at the reset',
  (t) => {
    const values = [70, 81, 79, 81, 75, 82, 69, 90].map((value, i) => [i, says(value)] as const)
    t.same(play(trigger(above(80, 70)), values), [1, 7], 'a value that trembles fires once')
    t.same(
      play(trigger(above(80)), values),
      [1, 3, 5, 7],
      'control: without a reset it fires each time',
    )
    const below: Source = {
      kind: 'state',
      device: desk,
      path: '/temp',
      test: { is: 'below', limit: 10, reset: 12 },
    }
    t.same(
      play(trigger(below), [
        [0, says(9)],
        [1, says(11)],
        [2, says(9)],
        [3, says(12)],
        [4, says(9)],
      ]),
      [0, 4],
    )
    const equal: Source = {
      kind: 'state',
      device: desk,
      path: '/temp',
      test: { is: 'equal', to: 'on' },
    }
    t.same(
      play(trigger(equal), [
        [0, says('on')],
        [1, says('on')],
        [2, says('off')],
        [3, says('on')],
      ]),
      [0, 3],
    )
    const change: Source = { kind: 'state', device: desk, path: '/temp', test: { is: 'change' } }
    t.same(
      play(trigger(change), [
        [0, says(1)],
        [1, says(1)],
        [2, says(2)],
      ]),
      [0, 2],
    )
    t.end()
  },
)

void t.test('what holds already when the trigger is made is no news', (t) => {
  const one = trigger(above(80, 70))
  t.same(
    play(
      one,
      [
        [0, says(90)],
        [1, says(60)],
        [2, says(90)],
      ],
      stateFrom(one.on, 90, null),
    ),
    [2],
  )
  const link = trigger({ kind: 'link', device: desk, up: false })
  const link_ = (up: boolean): BusEvent => ({ type: 'LinkChanged', device: desk, up, detail: '' })
  t.same(play(link, [[0, link_(false)]], stateFrom(link.on, undefined, false)), [])
  t.same(play(link, [[0, link_(false)]], stateFrom(link.on, undefined, true)), [0], 'control')
  t.end()
})

void t.test('what must hold for a while fires when it has, and not when it was short', (t) => {
  const one = trigger(above(80, 70), { forMs: 100 })
  t.same(play(one, [[0, says(90)], [50, says(60)], 200]), [])
  t.same(play(one, [[0, says(90)], [50, says(95)], 99, 100]), [100])
  t.same(play(one, [[0, says(90)], 5000]), [100], 'at its own time, however late it is woken')
  const press = trigger(
    { kind: 'signal', way: 'webhook', name: 'bell', from: null },
    { forMs: 100 },
  )
  const ring: BusEvent = {
    type: 'SignalReceived',
    way: 'webhook',
    name: 'bell',
    value: null,
    source: 's',
  }
  t.same(
    play(press, [[0, ring], [60, ring], [120, ring], 219, 220]),
    [220],
    'what happens again begins the wait anew',
  )
  t.end()
})

void t.test('after it has fired there is nothing for the cool-down', (t) => {
  const ring: BusEvent = { type: 'SignalReceived', way: 'mqtt', name: 'a/b', value: 1, source: 's' }
  const one = trigger({ kind: 'signal', way: 'mqtt', name: 'a/b', from: null }, { coolDownMs: 100 })
  t.same(
    play(one, [
      [0, ring],
      [50, ring],
      [99, ring],
      [100, ring],
      [150, ring],
    ]),
    [0, 100],
  )
  t.end()
})

void t.test('each kind of entry is known by its own trigger, and says what it was', (t) => {
  const set = submission({ verb: 'set', device: desk, path: '/level', value: 1 })
  const run = submission({ verb: 'run', macro: 'opener' as MacroId, args: {} })
  const ended: BusEvent = {
    type: 'IntentEnded',
    intent: set.id,
    outcome: 'failed',
    failure: null,
    by: null,
  }
  const any = { verb: null, device: null, name: null } as const
  const cases: readonly (readonly [Source, BusEvent, object | null])[] = [
    [
      { kind: 'intent', filter: any },
      { type: 'IntentAccepted', submission: set },
      { what: 'set desk /level', trace: 'why' },
    ],
    [
      { kind: 'intent', filter: { ...any, verb: 'set', device: desk, name: '/level' } },
      { type: 'IntentAccepted', submission: set },
      { about: { intent: { value: 1 } } },
    ],
    [
      { kind: 'intent', filter: { ...any, name: '/other' } },
      { type: 'IntentAccepted', submission: set },
      null,
    ],
    [
      { kind: 'intent', filter: { ...any, verb: 'run', name: 'opener' } },
      { type: 'IntentAccepted', submission: run },
      { what: 'run opener' },
    ],
    [
      { kind: 'outcome', filter: any, ends: ['failed'] },
      ended,
      { what: 'set desk /level failed', trace: 'why' },
    ],
    [{ kind: 'outcome', filter: any, ends: ['sent'] }, ended, null],
    [
      { kind: 'outcome', filter: { ...any, device: 'cam' as DeviceId }, ends: ['failed'] },
      ended,
      null,
    ],
    [
      { kind: 'link', device: desk, up: true },
      { type: 'LinkChanged', device: desk, up: true, detail: 'there' },
      { about: { detail: 'there' } },
    ],
    [
      { kind: 'start' },
      { type: 'HubStarted', version: '1', config: 'c' },
      { what: 'a hub has started' },
    ],
    [
      { kind: 'run', macro: 'opener' as MacroId, ends: ['stopped'] },
      {
        type: 'RunAdvanced',
        run: run.id as never,
        macro: 'opener' as MacroId,
        step: 1,
        state: 'stopped',
        wakeAt: null,
        detail: 'why not',
      },
      { about: { state: 'stopped', detail: 'why not' }, trace: 'why' },
    ],
    [{ kind: 'start' }, ended, null],
  ]
  for (const [source, event, wanted] of cases) {
    const match = matchOf(source, { position: '1', at: at(0), event }, () => set)
    if (wanted === null) t.equal(match, null)
    else t.match(match, { cause: { position: '1', ...wanted } })
  }
  t.end()
})

void t.test(
  'triggers that lead to each other end, by what they have in common and by how often they fire',
  (t) => {
    const guard = openLoopGuard()
    for (let i = 0; i < mostInTrace; i++) t.equal(guard.judge('a', 'one trace', at(i)), null)
    t.match(guard.judge('b', 'one trace', at(99)), /have led to each other 16 times/)
    t.equal(guard.judge('b', 'another trace', at(99)), null)
    const other = openLoopGuard()
    for (let i = 0; i < mostInWindow; i++) t.equal(other.judge('a', null, at(i)), null)
    t.match(other.judge('a', null, at(100)), /has fired 60 times in 10 s/)
    t.equal(other.judge('b', null, at(100)), null, 'another trigger is not held')
    t.equal(other.judge('a', null, at(windowMs + 100)), null, 'after a while it may again')
    t.end()
  },
)
