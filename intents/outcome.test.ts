import t from 'tap'
import fc from 'fast-check'
import { endOf } from './end.ts'
import type { BusEvent } from './event.ts'
import { failed, type FailureCode } from './failure.ts'
import type { Instant, IntentId } from './id.ts'
import type { Submission } from './intent.ts'
import { outcomeOfFailure, outcomes, succeeded, worse, type Outcome } from './outcome.ts'

const intent = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f' as IntentId
const now = 1_645_557_742_000 as Instant
/** Every code, checked by the compiler to be all. */
const byCode: Readonly<Record<FailureCode, Outcome>> = {
  refused: 'refused',
  held: 'refused',
  malformed: 'refused',
  'not-found': 'refused',
  expired: 'expired',
  'unknown-outcome': 'unknown',
  unreachable: 'failed',
  timeout: 'failed',
}

void t.test('each failure that is not tried again has its outcome', async (t) => {
  for (const [code, outcome] of Object.entries(byCode))
    t.equal(outcomeOfFailure({ code: code as FailureCode, reached: 'no' }), outcome, code) // the record's own keys
  const nonsense = outcomeOfFailure({ code: 'malformed', reached: 'maybe' })
  t.equal(nonsense, 'failed', 'a device that answers nonsense has not said no')
})

void t.test('only what was sent or confirmed has succeeded', async (t) => {
  t.strictSame(outcomes.filter(succeeded), ['confirmed', 'sent'])
})

void t.test('the worst of several outcomes is the same in any order', async (t) => {
  t.equal(worse('sent', 'confirmed'), 'sent')
  t.equal(worse('failed', 'unknown'), 'unknown', 'what nobody knows is the worst')
  const any = fc.constantFrom(...outcomes)
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      t.equal(worse(a, b), worse(b, a))
      t.equal(worse(worse(a, b), c), worse(a, worse(b, c)))
      t.equal(worse(a, a), a)
    }),
  )
})

void t.test('an intent ends by four events, and by no other', async (t) => {
  const submission: Submission = {
    id: intent,
    intent: { verb: 'hold', on: true },
    actor: { type: 'api', id: 'a' },
    source: 's',
    trace: intent,
    at: now,
    expiresAt: null,
    cause: null,
  }
  const attempt = 1
  const gone = failed('unreachable', 'nobody there')
  const late = failed('expired', 'too late')
  const ends: readonly (readonly [BusEvent, Outcome])[] = [
    [{ type: 'IntentRefused', submission, failure: failed('held', 'h') }, 'refused'],
    [{ type: 'IntentRefused', submission, failure: late }, 'expired'],
    [{ type: 'Delivered', intent, attempt, ack: 'sent' }, 'sent'],
    [{ type: 'Delivered', intent, attempt, ack: 'confirmed' }, 'confirmed'],
    [{ type: 'AttemptFailed', intent, attempt, failure: gone, retryAt: null }, 'failed'],
    [
      {
        type: 'AttemptFailed',
        intent,
        attempt,
        failure: { code: 'unknown-outcome', reached: 'maybe', detail: 'd' },
        retryAt: null,
      },
      'unknown',
    ],
    [{ type: 'IntentEnded', intent, outcome: 'cancelled', failure: null, by: null }, 'cancelled'],
  ]
  for (const [event, outcome] of ends) t.strictSame(endOf(event), { intent, outcome })
  const none: readonly BusEvent[] = [
    { type: 'IntentAccepted', submission },
    { type: 'AttemptStarted', intent, attempt },
    { type: 'AttemptFailed', intent, attempt, failure: gone, retryAt: now },
    { type: 'HubStopped', reason: 'r' },
  ]
  for (const event of none) t.equal(endOf(event), null, event.type)
})
