import fc from 'fast-check'
import type { Recorded } from '../bus/entry.ts'
import type { Position } from '../bus/log.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import type { DeviceId, Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Actor, Intent, Submission } from '../intents/intent.ts'
import { outcomes } from '../intents/outcome.ts'

// What the tests of this folder fold: entries written by hand, and any entries at all, in orders that happen and in
// orders that never do.

export const start = 1_800_000_000_000

/** The n-th id of a test, a UUIDv7 of `start + n`. */
export function idOf(n: number): IntentId {
  const time = (start + n).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000` as IntentId
}

export const desk = 'desk' as DeviceId
export const anna: Actor = { type: 'operator', id: 'anna', surface: 'console', control: '1/0/0' }
export const level = (value: number): Intent => ({
  verb: 'set',
  device: desk,
  path: '/level',
  value,
})
export const go: Intent = { verb: 'fire', device: desk, action: '/go', args: [] }

export function submission(
  id: IntentId,
  intent: Intent,
  more: Partial<Submission> = {},
): Submission {
  return {
    id,
    intent,
    actor: anna,
    source: 's',
    trace: id,
    at: start as Instant,
    expiresAt: null,
    cause: null,
    ...more,
  }
}

export function accepted(id: IntentId, intent: Intent, more: Partial<Submission> = {}): BusEvent {
  return { type: 'IntentAccepted', submission: submission(id, intent, more) }
}

/** The events as a log would give them, from position `first` on. */
export function recorded(events: readonly BusEvent[], first = 1): readonly Recorded[] {
  return events.map((event, i) => ({
    position: String(first + i) as Position,
    hub: 'hub-a',
    hseq: first + i,
    at: (start + first + i) as Instant, // ms since the epoch
    event,
  }))
}

// few of everything, so that they meet
const id = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map(idOf),
  fc.constant('919108f7-52d1-4320-9bac-f847db4148a8' as IntentId),
)
const run = id.map((id) => id as string as RunId)
const device = fc.constantFrom('desk', 'mixer').map((name) => name as DeviceId)
const path = fc.constantFrom('/level', '/a')
const instant = fc.integer({ min: start, max: start + 1000 }).map((at) => at as Instant)
const value = fc.constantFrom(null, 1, 'x', [1, null], { b: 1, a: [] })
const actor = fc.oneof(
  fc.constantFrom<Actor>(anna, { ...anna, control: '/if/fire' }, { type: 'api', id: 'ops' }),
  run.map((run): Actor => ({ type: 'macro', run })),
)
const intent: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ verb: fc.constant('set' as const), device, path, value }),
  fc.record({ verb: fc.constant('fire' as const), device, action: path, args: value }),
  fc.record({ verb: fc.constant('do' as const), name: fc.constant('dark'), args: value }),
  fc.record({
    verb: fc.constant('run' as const),
    macro: fc.constant('m' as MacroId),
    args: value,
  }),
  fc.record({ verb: fc.constant('cancel' as const), run }),
  fc.record({ verb: fc.constant('hold' as const), on: fc.boolean() }),
)
const anySubmission = fc.record<Submission>({
  id,
  intent,
  actor,
  source: fc.constant('s'),
  trace: fc.constant('t'),
  at: instant,
  expiresAt: fc.option(instant),
  cause: fc.option(
    fc.oneof(
      fc.record({ intent: id, step: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ intent: id, step: fc.constant(1), at: fc.constant('1/then.0') }),
    ),
  ),
})
const failure = fc.constantFrom<Failure>(failed('unreachable', 'gone'), failed('expired', 'late'), {
  code: 'unknown-outcome',
  reached: 'maybe',
  detail: 'who knows',
})
const attempt = fc.integer({ min: 1, max: 3 })
const text = fc.constantFrom('a', 'b')
const count = fc.integer({ min: 1, max: 9 })
const place = fc.constantFrom('0', '1', '1/then.0', 'undo0/u.0')

function type<T extends string>(name: T) {
  return fc.constant(name)
}

/** Any event; the frequent ones frequently. */
const event: fc.Arbitrary<BusEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: type('IntentAccepted'), submission: anySubmission }),
  },
  fc.record({ type: type('IntentRefused'), submission: anySubmission, failure }),
  { weight: 3, arbitrary: fc.record({ type: type('AttemptStarted'), intent: id, attempt }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: type('Delivered'),
      intent: id,
      attempt,
      ack: fc.constantFrom('sent' as const, 'confirmed' as const),
    }),
  },
  fc.record({
    type: type('AttemptFailed'),
    intent: id,
    attempt,
    failure,
    retryAt: fc.option(instant),
  }),
  fc.record({
    type: type('IntentEnded'),
    intent: id,
    outcome: fc.constantFrom(...outcomes),
    failure: fc.option(failure),
    by: fc.option(id),
  }),
  fc.record({ type: type('DeviceReported'), device, path, value }),
  fc.record({ type: type('LinkChanged'), device, up: fc.boolean(), detail: text }),
  fc.record({
    type: type('RunAdvanced'),
    run,
    macro: fc.constant('m' as MacroId),
    step: fc.integer({ min: 0, max: 3 }),
    state: fc.constantFrom('running', 'done'),
    wakeAt: fc.option(instant),
    detail: text,
    of: fc.constantFrom('steps', 'other steps'),
    change: fc.record({
      put: fc.array(fc.record({ at: place, phase: fc.constantFrom('at', 'inside', 'ready') })),
      left: fc.array(place, { maxLength: 2 }),
      did: fc.array(fc.record({ at: place, local: fc.constant({ n: 1 }) }), { maxLength: 2 }),
      undone: fc.constantFrom(0, 1, 'all' as const),
      paused: fc.boolean(),
      taken: count,
    }),
  }),
  fc.record({
    type: type('RunAdvanced'),
    run,
    macro: fc.constant('m' as MacroId),
    step: fc.integer({ min: 0, max: 3 }),
    state: fc.constantFrom('running', 'done', 'stopped', 'cancelled'),
    wakeAt: fc.option(instant),
    detail: text,
  }),
  fc.record({ type: type('HubStarted'), version: text, config: text }),
  fc.record({ type: type('HubStopped'), reason: text }),
  fc.record({ type: type('ConfigChanged'), actor, summary: text, config: text }),
  fc.record({ type: type('InputRejected'), surface: text, source: text, failure, count }),
  fc.record({ type: type('PageTurned'), surface: text, panel: text, page: count }),
  fc.record({ type: type('AccessRefused'), surface: text, source: text, detail: text, count }),
)

/** Any entries, and a place to cut them in two. */
export const anyHistory = fc
  .array(event, { maxLength: 80 })
  .chain((events) =>
    fc.record({ events: fc.constant(events), cut: fc.integer({ min: 0, max: events.length }) }),
  )
