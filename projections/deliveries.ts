import type { Recorded } from '../bus/entry.ts'
import type { Ack, HeldLease } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { idTime, type Instant, type IntentId } from '../intents/id.ts'
import type { Submission } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import { outcomeOfFailure, type Outcome } from '../intents/outcome.ts'
import type { Projection } from './projection.ts'

/** One try to deliver an intent. */
export interface AttemptRecord {
  readonly attempt: number
  /** Who made it. */
  readonly hub: string
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly ack: Ack | null
  readonly failure: Failure | null
  readonly retryAt: Instant | null
}

/** One intent's life as far as it is recorded. Replaced, never changed in place. */
export interface IntentRecord {
  readonly submission: Submission
  /** Of its acceptance or refusal. */
  readonly position: string
  readonly attempts: readonly AttemptRecord[]
  readonly outcome: {
    readonly type: Outcome
    readonly at: Instant
    readonly failure: Failure | null
    readonly by: IntentId | null
  } | null
  /** What it led to: the device intents of a `do`, the steps of a `run`. */
  readonly children: readonly IntentId[]
  /** The hub that accepted it alone, and since when it was; absent otherwise. */
  readonly alone?: { readonly hub: string; readonly since: Instant }
}

/** A hub that goes on while it is cut off from the log. */
export interface Alone {
  readonly since: Instant
  /** What it acts for. */
  readonly leases: readonly HeldLease[]
  /** The number of its `WentAlone`. */
  readonly hseq: number
}

export interface Deliveries {
  /** Everything open, and the newest {@link keptEnded} that ended. In the order of the log. */
  readonly intents: Map<IntentId, IntentRecord>
  /** Ids that ended, oldest first: the order in which they are forgotten. */
  ended: IntentId[]
  /**
   * The highest time inside an id that was forgotten, ms: an id above it that is not in `intents` was never seen.
   */
  floor: number
  /** An id without a time of its own (not UUIDv7) was forgotten: only the log can tell about such ids. */
  forgotUntimed: boolean
  /** Whether the panic stop is on. */
  held: boolean
  /** Who put it on, and when; null before the first. */
  heldBy: { readonly hub: string; readonly at: Instant } | null
  /** Hubs whose entries, where they stand now, were written alone. */
  readonly alone: Map<string, Alone>
  open: number
}

/** How many ended intents stay at hand; older ones are read from the log. */
export const keptEnded = 1000

export const deliveries: Projection<Deliveries> = {
  name: 'deliveries',
  version: 3,
  initial: () => ({
    intents: new Map(),
    ended: [],
    floor: 0,
    forgotUntimed: false,
    held: false,
    heldBy: null,
    alone: new Map(),
    open: 0,
  }),
  evolve,
  save: ({ intents, ended, floor, forgotUntimed, held, heldBy, alone, open }) => [
    {
      ...{ floor, forgotUntimed, held, heldBy, open },
      alone: [...alone] as unknown as Json, // nothing but JSON
    },
    [...ended],
    ...([...intents.values()] as unknown as readonly Json[]), // records hold nothing but JSON
  ],
  load: ([head, ended, ...records]) => ({
    ...(head as unknown as Pick<
      Deliveries,
      'floor' | 'forgotUntimed' | 'held' | 'heldBy' | 'open'
    >), // as save wrote it
    alone: new Map((head as unknown as { readonly alone: readonly [string, Alone][] }).alone),
    ended: [...(ended as readonly IntentId[])],
    intents: new Map(
      (records as unknown as readonly IntentRecord[]).map((r) => [r.submission.id, r]),
    ),
  }),
}

function evolve(state: Deliveries, { position, at, hub, hseq, event }: Recorded): void {
  const { intents } = state
  switch (event.type) {
    case 'IntentAccepted':
    case 'IntentRefused': {
      const { submission } = event
      const since = state.alone.get(hub)?.since
      intents.set(submission.id, {
        submission,
        position,
        attempts: [],
        outcome: null,
        children: [],
        ...(since === undefined ? {} : { alone: { hub, since } }),
      })
      state.open++
      const parent = submission.cause === null ? undefined : intents.get(submission.cause.intent)
      if (parent !== undefined)
        intents.set(parent.submission.id, {
          ...parent,
          children: [...parent.children, submission.id],
        })
      if (submission.intent.verb === 'hold' && event.type === 'IntentAccepted')
        hold(state, submission.intent.on, hub, at)
      if (event.type === 'IntentRefused')
        finish(state, submission.id, outcomeOfFailure(event.failure), at, event.failure, null)
      break
    }
    case 'AttemptStarted': {
      const record = intents.get(event.intent)
      if (record === undefined) return
      const attempt = {
        attempt: event.attempt,
        hub,
        startedAt: at,
        endedAt: null,
        ack: null,
        failure: null,
        retryAt: null,
      }
      intents.set(event.intent, { ...record, attempts: [...record.attempts, attempt] })
      break
    }
    case 'Delivered':
      finish(state, event.intent, event.ack, at, null, null, {
        endedAt: at,
        ack: event.ack,
        failure: null,
        retryAt: null,
      })
      break
    case 'AttemptFailed': {
      const { failure, retryAt } = event
      const how = { endedAt: at, ack: null, failure, retryAt }
      const end = endOf(event)
      if (end !== null) finish(state, event.intent, end.outcome, at, failure, null, how)
      else {
        const record = intents.get(event.intent)
        if (record !== undefined)
          intents.set(event.intent, { ...record, attempts: endAttempt(record, how) })
      }
      break
    }
    case 'IntentEnded':
      finish(state, event.intent, event.outcome, at, event.failure, event.by)
      break
    case 'WentAlone':
      state.alone.set(hub, { since: event.since, leases: event.leases, hseq })
      break
    case 'Rejoined':
      state.alone.delete(hub)
      break
    default:
  }
}

/** A hub that was alone cannot have released a stop that another put on meanwhile: it did not know of it. */
function hold(state: Deliveries, on: boolean, hub: string, at: Instant): void {
  const { alone, heldBy } = state
  const since = alone.get(hub)?.since
  if (on) state.heldBy = { hub, at }
  else if (since !== undefined && heldBy !== null && heldBy.hub !== hub && heldBy.at >= since)
    return
  state.held = on
}

type AttemptEnd = Pick<AttemptRecord, 'endedAt' | 'ack' | 'failure' | 'retryAt'>

/** The attempts with the last one ended, if it was under way. */
function endAttempt({ attempts }: IntentRecord, how: AttemptEnd): readonly AttemptRecord[] {
  const last = attempts.at(-1)
  if (last === undefined || last.endedAt !== null) return attempts
  const ended = { ...last, ...how }
  return attempts.length === 1 ? [ended] : [...attempts.slice(0, -1), ended]
}

function finish(
  state: Deliveries,
  id: IntentId,
  type: Outcome,
  at: Instant,
  failure: Failure | null,
  by: IntentId | null,
  attempt: AttemptEnd | null = null,
): void {
  const record = state.intents.get(id)
  if (record === undefined || record.outcome !== null) return // the first end counts
  const attempts = attempt === null ? record.attempts : endAttempt(record, attempt)
  state.intents.set(id, { ...record, attempts, outcome: { type, at, failure, by } })
  state.open--
  state.ended.push(id)
  if (state.ended.length > 2 * keptEnded) forget(state)
}

/** Lets the older half of what ended go; in pages, so that it costs each intent the same. */
function forget(state: Deliveries): void {
  for (const id of state.ended.slice(0, keptEnded)) {
    state.intents.delete(id)
    const time = idTime(id)
    if (time === 0) state.forgotUntimed = true
    else if (time > state.floor) state.floor = time
  }
  state.ended = state.ended.slice(keptEnded)
}
