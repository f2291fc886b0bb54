import type { Instant, IntentId } from '../../intents/id.ts'
import type { Actor } from '../../intents/intent.ts'
import type { Refusal } from '../surface.ts'

// What the HTTP API needs of the hub for the keeping of the record: what is said beside it, what must stay, what may go.

/** What somebody said to be right; what was recorded stays beside it. */
export interface CorrectionView {
  readonly at: Instant
  readonly actor: Actor
  readonly text: string
  /** Of the entry that says so. */
  readonly position: string
}

/** Entries of a time that are neither trimmed nor redacted. */
export interface LegalHoldView {
  readonly name: string
  /** null: on that side without end. */
  readonly from: Instant | null
  readonly to: Instant | null
  readonly reason: string
  readonly placedBy: Actor
  readonly placedAt: Instant
  /** null: it is in force. */
  readonly released: {
    readonly by: Actor
    readonly at: Instant
    readonly writtenRelease: string
  } | null
}

/** Which entry is meant: that of an intent, or one by its position. Exactly one of the two. */
export interface SubjectQuery {
  readonly intent?: IntentId
  readonly position?: string
}

/** Where it is recorded; or why it was not. */
export type Kept =
  | { readonly refusal: null; readonly position: string }
  | { readonly refusal: Refusal; readonly position: null }

export interface Custodian {
  correct(subject: SubjectQuery, text: string, actor: Actor): Promise<Kept>
  legalHolds(): readonly LegalHoldView[]
  placeHold(
    hold: Pick<LegalHoldView, 'name' | 'from' | 'to' | 'reason'>,
    actor: Actor,
  ): Promise<Kept>
  releaseHold(name: string, writtenRelease: string, actor: Actor): Promise<Kept>
  /** Erases what was only committed to. Resolves when nothing of it is on this hub's disk, or beside the log, any more. */
  redact(subject: SubjectQuery, reason: string, actor: Actor): Promise<Kept>
}
