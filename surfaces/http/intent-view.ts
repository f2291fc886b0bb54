import type { Ack } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { Instant, IntentId } from '../../intents/id.ts'
import type { Actor, Intent } from '../../intents/intent.ts'
import type { Outcome } from '../../intents/outcome.ts'
import type { CorrectionView } from './custody.ts'

// How one intent is shown, and what intents may be asked for.

export interface AttemptView {
  readonly attempt: number
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly ack: Ack | null
  readonly failure: Failure | null
  /** When the next attempt is due; null where there is none. */
  readonly retryAt: Instant | null
}

/** One intent's whole life. */
export interface IntentView {
  readonly id: IntentId
  readonly intent: Intent
  readonly actor: Actor
  readonly source: string
  readonly trace: string
  readonly cause: { readonly intent: IntentId; readonly step: number } | null
  readonly at: Instant
  readonly expiresAt: Instant | null
  /** Where its acceptance or refusal is recorded. */
  readonly position: string
  /** `pending`: waits for its device; `attempting`: under way; `ended`: see `outcome`. */
  readonly status: 'pending' | 'attempting' | 'ended'
  readonly attempts: readonly AttemptView[]
  readonly outcome: {
    readonly type: Outcome
    readonly at: Instant
    readonly failure?: Failure
    /** The newer intent that overtook it, or the cancel that ended it. */
    readonly by?: IntentId
  } | null
  /** The intents it led to: a `do`'s device intents, a run's steps. */
  readonly children: readonly IntentId[]
  /** What was said beside it to be right, oldest first. */
  readonly corrections: readonly CorrectionView[]
}

export interface IntentQuery {
  /** As `actorName` writes it, or its part after the colon. */
  readonly actor?: string
  readonly device?: string
  readonly outcome?: Outcome | 'open'
  /** `page/row/col`: only what this control led to. */
  readonly control?: string
  /** Only intents recorded after this position. */
  readonly after?: string
  /** 1 to 1,000; default 100. Newest first. */
  readonly limit: number
}
