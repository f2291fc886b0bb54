import t from 'tap'
import fc from 'fast-check'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { newId, type DeviceId, type Instant } from '../intents/id.ts'
import { endOf } from '../intents/end.ts'
import { delivery, type Delivery, type DeliveryCommand, type DeviceSubmission } from './delivery.ts'

const t0 = 1_800_000_000_000 as Instant
const policy = {
  attempts: 3,
  backoffMs: 1000,
  backoffCapMs: 10_000,
  fireDeadlineMs: 10_000,
  setDeadlineMs: 30_000,
}
const { initial, decide, evolve } = delivery(policy)
const after = (ms: number) => (t0 + ms) as Instant

function submission(verb: 'fire' | 'set', expiresAt: Instant | null = null): DeviceSubmission {
  const device = 'desk' as DeviceId
  const id = newId(t0)
  const intent =
    verb === 'fire'
      ? ({ verb, device, action: 'go', args: [] } as const)
      : ({ verb, device, path: '/level', value: 1 } as const)
  return {
    id,
    intent,
    actor: { type: 'api', id: 'a' },
    source: 's',
    trace: id,
    at: t0,
    expiresAt,
    cause: null,
  }
}
const accepted = (s: DeviceSubmission) => evolve(initial, { type: 'IntentAccepted', submission: s })

/** Carries commands out one after another; the answer is every event and the state they lead to. */
function play(from: Delivery, commands: readonly DeliveryCommand[]) {
  return commands.reduce<{ state: Delivery; events: readonly BusEvent[] }>(
    ({ state, events }, command) => {
      const next = decide(command, state)
      return { state: next.reduce(evolve, state), events: [...events, ...next] }
    },
    { state: from, events: [] },
  )
}
const gone: Failure = { code: 'unreachable', reached: 'no', detail: 'connection refused' }
const hung: Failure = { code: 'timeout', reached: 'maybe', detail: 'no answer' }
const said: Failure = { code: 'refused', reached: 'yes', detail: 'no such input' }

t.test(
  'a fire that got nowhere is tried three times, 1 s and 2 s apart, and then has failed',
  async (t) => {
    const { events, state } = play(accepted(submission('fire')), [
      { type: 'start', now: t0 },
      { type: 'failed', failure: gone, now: t0, random: 0.5 },
      { type: 'start', now: after(1000) },
      { type: 'failed', failure: gone, now: after(1000), random: 0.5 },
      { type: 'start', now: after(3000) },
      { type: 'failed', failure: gone, now: after(3000), random: 0.5 },
    ])
    const retries = events.flatMap((e) => (e.type === 'AttemptFailed' ? [e.retryAt] : []))
    t.strictSame(retries, [after(1000), after(3000), null])
    t.strictSame(state, { phase: 'ended', outcome: 'failed' })
  },
)

t.test('a fire that may have left is never tried again: its outcome is unknown', async (t) => {
  const { events, state } = play(accepted(submission('fire')), [
    { type: 'start', now: t0 },
    { type: 'failed', failure: hung, now: t0, random: 0 },
    { type: 'start', now: after(1000) },
  ])
  t.equal(events.filter((e) => e.type === 'AttemptStarted').length, 1)
  t.strictSame(state, { phase: 'ended', outcome: 'unknown' })
  const control = play(accepted(submission('set')), [
    { type: 'start', now: t0 },
    { type: 'failed', failure: hung, now: t0, random: 0 },
    { type: 'start', now: after(1000) },
  ])
  t.equal(control.events.filter((e) => e.type === 'AttemptStarted').length, 2, 'control: a set is')
})

t.test('what the device refuses is not asked again', async (t) => {
  const { state } = play(accepted(submission('set')), [
    { type: 'start', now: t0 },
    { type: 'failed', failure: said, now: t0, random: 0 },
  ])
  t.strictSame(state, { phase: 'ended', outcome: 'refused' })
})

t.test('late is wrong: what has expired while waiting is not sent', async (t) => {
  const { events, state } = play(accepted(submission('fire', after(500))), [
    { type: 'start', now: after(500) },
  ])
  t.strictSame(state, { phase: 'ended', outcome: 'expired' })
  t.notOk(events.some((e) => e.type === 'AttemptStarted'))
  const control = play(accepted(submission('fire', after(500))), [
    { type: 'start', now: after(499) },
  ])
  t.equal(control.state.phase, 'attempting', 'control: a millisecond earlier it is')
})

t.test('a set waits for a device that is away until its deadline', async (t) => {
  const { state } = play(accepted(submission('set')), [
    { type: 'start', now: t0 },
    { type: 'failed', failure: gone, now: t0, random: 0.5 },
    { type: 'start', now: after(1000) },
    { type: 'failed', failure: gone, now: after(1000), random: 0.5 },
    { type: 'start', now: after(3000) },
    { type: 'failed', failure: gone, now: after(3000), random: 0.5 },
  ])
  t.match(state, { phase: 'waiting', retryAt: after(30_000) })
  t.strictSame(play(state, [{ type: 'start', now: after(30_000) }]).state, {
    phase: 'ended',
    outcome: 'failed',
  })
  t.equal(play(state, [{ type: 'start', now: after(29_000) }]).state.phase, 'attempting')
})

t.test('after a crash a set is sent again and a fire is unknown', async (t) => {
  const crashed = (verb: 'fire' | 'set') =>
    play(accepted(submission(verb)), [
      { type: 'start', now: t0 },
      { type: 'crash', now: after(100) },
    ]).state
  t.strictSame(crashed('fire'), { phase: 'ended', outcome: 'unknown' })
  t.match(crashed('set'), { phase: 'waiting', retryAt: after(100) })
})

t.test(
  'after an answer that makes no sense a set is sent again and a fire is unknown',
  async (t) => {
    const nonsense: Failure = { code: 'malformed', reached: 'maybe', detail: 'half an answer' }
    const answered = (verb: 'fire' | 'set') =>
      play(accepted(submission(verb)), [
        { type: 'start', now: t0 },
        { type: 'failed', failure: nonsense, now: after(100), random: 0 },
      ]).state
    t.strictSame(answered('fire'), { phase: 'ended', outcome: 'unknown' })
    t.match(answered('set'), { phase: 'waiting', tried: 1 })
  },
)

t.test(
  'whatever happens in whatever order, there is at most one end and no attempt after it',
  async (t) => {
    const failure = fc.constantFrom(gone, hung, said)
    const now = fc.integer({ min: 0, max: 60_000 }).map(after)
    const command: fc.Arbitrary<DeliveryCommand> = fc.oneof(
      fc.record({ type: fc.constant('start' as const), now }),
      fc.record({
        type: fc.constant('succeeded' as const),
        ack: fc.constantFrom('sent' as const, 'confirmed' as const),
      }),
      fc.record({
        type: fc.constant('failed' as const),
        failure,
        now,
        random: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      fc.record({
        type: fc.constant('refuse' as const),
        failure: fc.constant<Failure>({ code: 'held', reached: 'no', detail: '' }),
      }),
      fc.record({ type: fc.constant('overtake' as const), by: fc.constant(newId(t0)) }),
      fc.record({ type: fc.constant('crash' as const), now }),
    )
    const expiry = fc.option(now, { nil: null })
    fc.assert(
      fc.property(
        fc.constantFrom('fire' as const, 'set' as const),
        expiry,
        fc.array(command, { maxLength: 30 }),
        (verb, expiresAt, commands) => {
          const { events } = play(accepted(submission(verb, expiresAt)), commands)
          const ends = events.map((e) => endOf(e) !== null)
          const firstEnd = ends.indexOf(true)
          if (firstEnd >= 0 && firstEnd !== events.length - 1)
            throw new Error('something after the end')
          const maybes = events.findIndex(
            (e) => e.type === 'AttemptFailed' && e.failure.reached === 'maybe',
          )
          if (verb === 'fire' && maybes >= 0 && maybes !== events.length - 1)
            throw new Error('a fire went on after maybe')
        },
      ),
    )
    t.pass()
  },
)
