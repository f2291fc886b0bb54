import type { Ack, BusEvent } from '../intents/event.ts'
import { failed, type Failure, type FailureCode } from '../intents/failure.ts'
import type { Decider } from '../intents/decider.ts'
import type { Instant, IntentId } from '../intents/id.ts'
import type { DeviceIntent, Submission } from '../intents/intent.ts'
import { endOf } from '../intents/end.ts'
import { outcomeOfFailure, type Outcome } from '../intents/outcome.ts'
import { backoffAfter, type Backoff } from './backoff.ts'

// The life of one intent on its way to its device, as a pure state machine:
//
//   waiting ──start──▶ attempting ──succeeded──▶ ended (sent, confirmed)
//      ▲                   │
//      │ retryAt           ├──failed, may be tried again──▶ waiting
//      └───────────────────┘
//                          └──failed for good──▶ ended (failed, refused, unknown)
//   waiting ──too late, pass──▶ ended (expired, failed)    waiting ──refuse, overtake──▶ ended (refused, cancelled)
//   attempting ──crash──▶ a `set` waits again; a `fire` ends as unknown

export interface DeliveryPolicy extends Backoff {
  /** Tries in all, from 1. */
  readonly attempts: number
  /** From acceptance to the end of the last wait, in ms: a `fire`. */
  readonly fireDeadlineMs: number
  /** The same for a `set`, which is worth waiting for a device that is away. */
  readonly setDeadlineMs: number
  /**
   * Whether a device that comes back wakes the values that wait for it (default). Where nothing tells that it is back,
   * they are tried again at the longest backoff instead.
   */
  readonly wakes?: boolean
}

export interface DeviceSubmission extends Submission {
  readonly intent: DeviceIntent
}

export type Delivery =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'waiting'
      readonly submission: DeviceSubmission
      /** Tries so far. */
      readonly tried: number
      /** Not before this; null: at once. */
      readonly retryAt: Instant | null
      /** Why the last try failed; null before the first. */
      readonly failure: Failure | null
    }
  | {
      readonly phase: 'attempting'
      readonly submission: DeviceSubmission
      readonly attempt: number
    }
  | { readonly phase: 'ended'; readonly outcome: Outcome }

export type DeliveryCommand =
  | { readonly type: 'start'; readonly now: Instant; readonly token?: number | undefined }
  | { readonly type: 'succeeded'; readonly ack: Ack }
  | {
      readonly type: 'failed'
      readonly failure: Failure
      readonly now: Instant
      readonly random: number
    }
  /** A rule of the hub says no: the panic stop. */
  | { readonly type: 'refuse'; readonly failure: Failure }
  /** A newer `set` of the same path takes its place. */
  | { readonly type: 'overtake'; readonly by: IntentId }
  /** A `fire` that came later has arrived, and this one has failed: its turn is over. */
  | { readonly type: 'pass' }
  /** Found open at start-up: the hub died. */
  | { readonly type: 'crash'; readonly now: Instant }

/** When an intent that waits is too late, in ms since the epoch: its expiry or its deadline, whichever is first. */
export function dueBy(submission: DeviceSubmission, policy: DeliveryPolicy): Instant {
  const deadlineMs =
    submission.intent.verb === 'fire' ? policy.fireDeadlineMs : policy.setDeadlineMs
  const deadline = submission.at + deadlineMs
  return Math.min(deadline, submission.expiresAt ?? deadline) as Instant // both are ms since the epoch
}

export function delivery(policy: DeliveryPolicy): Decider<DeliveryCommand, Delivery> {
  return {
    initial: { phase: 'none' },
    decide: (command, state) => {
      switch (state.phase) {
        case 'waiting':
          return whileWaiting(command, state, policy)
        case 'attempting':
          return whileAttempting(command, state, policy)
        case 'none':
        case 'ended':
          return [] // exactly one outcome: what comes after the end changes nothing
        default:
          return state satisfies never
      }
    },
    evolve,
  }
}

type Waiting = Extract<Delivery, { readonly phase: 'waiting' }>
type Attempting = Extract<Delivery, { readonly phase: 'attempting' }>

function whileWaiting(
  command: DeliveryCommand,
  state: Waiting,
  policy: DeliveryPolicy,
): readonly BusEvent[] {
  const { submission, tried } = state
  const end = (
    outcome: Outcome,
    failure: Failure | null,
    by: IntentId | null,
  ): readonly BusEvent[] => [{ type: 'IntentEnded', intent: submission.id, outcome, failure, by }]
  switch (command.type) {
    case 'start':
    case 'crash': {
      const late = tooLate(submission, command.now, policy, state.failure)
      if (late !== null) return end(outcomeOfFailure(late), late, null)
      return command.type === 'crash' ? [] : [started(submission.id, tried + 1, command.token)]
    }
    case 'refuse':
      return end('refused', command.failure, null)
    case 'overtake':
      return end('cancelled', null, command.by)
    case 'pass':
      return end('failed', outOfTurn(state.failure), null)
    case 'succeeded':
    case 'failed':
      return [] // no attempt is under way
    default:
      return command satisfies never
  }
}

/** Late is wrong, in the words of its last failure. */
function outOfTurn(failure: Failure | null): Failure {
  const { code, reached, detail } = failure ?? failed('unreachable', 'not sent in its turn')
  const why =
    'what was asked for after it was sent meanwhile, so it is not tried again; press again if it is still wanted'
  return { code, reached, detail: `${detail}; ${why}` }
}

function started(intent: IntentId, attempt: number, token: number | undefined): BusEvent {
  return token === undefined
    ? { type: 'AttemptStarted', intent, attempt }
    : { type: 'AttemptStarted', intent, attempt, token }
}

/** Why an intent may not be sent any more, in the words of its last failure where it had one; null while it may. */
export function tooLate(
  submission: DeviceSubmission,
  now: Instant,
  policy: DeliveryPolicy,
  failure: Failure | null = null,
): Failure | null {
  if (submission.expiresAt !== null && now >= submission.expiresAt)
    return failed(
      'expired',
      `expired ${now - submission.expiresAt} ms before its device could take it`,
    )
  const due = dueBy(submission, policy)
  if (now < due) return null
  return (
    failure ??
    failed('unreachable', `its device could not take it within ${due - submission.at} ms`)
  )
}

function whileAttempting(
  command: DeliveryCommand,
  { submission, attempt }: Attempting,
  policy: DeliveryPolicy,
): readonly BusEvent[] {
  const intent = submission.id
  switch (command.type) {
    case 'succeeded':
      return [{ type: 'Delivered', intent, attempt, ack: command.ack }]
    case 'failed':
      return [
        {
          type: 'AttemptFailed',
          intent,
          attempt,
          ...verdict(submission, attempt, command, policy),
        },
      ]
    case 'crash': {
      // the crash truth: nobody knows whether the bytes left
      const failure: Failure = {
        code: 'timeout',
        reached: 'maybe',
        detail: 'the hub stopped before the outcome was known',
      }
      const again = { failure, now: command.now, random: 0 }
      return submission.intent.verb === 'fire'
        ? [
            {
              type: 'AttemptFailed',
              intent,
              attempt,
              ...verdict(submission, attempt, again, policy),
            },
          ]
        : [{ type: 'AttemptFailed', intent, attempt, failure, retryAt: command.now }]
    }
    case 'start':
    case 'refuse':
    case 'overtake':
    case 'pass':
      return [] // it is on its way: its own outcome will tell
    default:
      return command satisfies never
  }
}

/** Trying again would not help: the intent itself, or a person, says no. */
const final: ReadonlySet<FailureCode> = new Set(['malformed', 'not-found', 'held', 'expired'])

/** Whether and when a failed attempt is followed by another: the rule of `reached`. */
function verdict(
  submission: DeviceSubmission,
  attempt: number,
  {
    failure,
    now,
    random,
  }: { readonly failure: Failure; readonly now: Instant; readonly random: number },
  policy: DeliveryPolicy,
): { readonly failure: Failure; readonly retryAt: Instant | null } {
  const lasting = submission.intent.verb === 'set'
  if (failure.reached === 'maybe' && !lasting) {
    const detail = `${failure.detail}; it may have arrived, so it is not sent again: look and decide`
    return { failure: { code: 'unknown-outcome', reached: 'maybe', detail }, retryAt: null }
  }
  // an answer that makes no sense (`maybe`) decides nothing: a value is sent again
  const decided = failure.reached === 'yes' || (failure.reached === 'no' && final.has(failure.code))
  if (decided) return { failure, retryAt: null }
  const due = dueBy(submission, policy)
  const retryAt = (now + backoffAfter(attempt, policy, random)) as Instant // ms since the epoch
  // a device that is away costs a `set` no tries; one that drops each connection in the middle does
  if (
    lasting &&
    failure.code === 'unreachable' &&
    failure.reached === 'no' &&
    attempt >= policy.attempts
  ) {
    const again = policy.wakes === false ? Math.min(due, retryAt) : due
    return { failure, retryAt: due > now ? (again as Instant) : null } // the link's return wakes it earlier
  }
  return { failure, retryAt: attempt < policy.attempts && retryAt < due ? retryAt : null }
}

function evolve(state: Delivery, event: BusEvent): Delivery {
  if (state.phase === 'ended') return state
  const end = endOf(event)
  if (end !== null) return { phase: 'ended', outcome: end.outcome }
  if (event.type === 'IntentAccepted')
    return isForDevice(event.submission)
      ? { phase: 'waiting', submission: event.submission, tried: 0, retryAt: null, failure: null }
      : state
  if (state.phase === 'none') return state
  const { submission } = state
  if (event.type === 'AttemptStarted')
    return { phase: 'attempting', submission, attempt: event.attempt }
  if (event.type === 'AttemptFailed')
    return {
      phase: 'waiting',
      submission,
      tried: event.attempt,
      retryAt: event.retryAt,
      failure: event.failure,
    }
  return state
}

export function isForDevice(submission: Submission): submission is DeviceSubmission {
  return submission.intent.verb === 'fire' || submission.intent.verb === 'set'
}
