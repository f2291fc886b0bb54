import type { Instant, IntentId } from './id.ts'
import type { Actor } from './intent.ts'

/** An entry of the journal that something is said about, and the intent that it accepted or refused. */
export interface Subject {
  /** null: the entry is of no intent. */
  readonly intent: IntentId | null
  readonly position: string
}

/** The newest entry of a hub's chain at some place in the log. */
export interface ChainTip {
  readonly hub: string
  readonly hseq: number
  /** SHA-256 of its body, base64. */
  readonly head: string
}

/** What is done with the record itself: what is said to be wrong in it, what must stay, and what may be forgotten. */
export type CustodyEvent =
  /** What was recorded stays as it is; this stands beside it. `text`: what is right, at most 2,000 characters. */
  | {
      readonly type: 'Corrected'
      readonly actor: Actor
      readonly subject: Subject
      readonly text: string
    }
  /** Entries stamped from `from` up to `to` (null: on that side without end) are neither trimmed nor redacted. */
  | {
      readonly type: 'LegalHoldPlaced'
      readonly actor: Actor
      readonly name: string
      readonly from: Instant | null
      readonly to: Instant | null
      readonly reason: string
    }
  /** `writtenRelease`: where the release in writing is to be found (47 CFR 73.1840). */
  | {
      readonly type: 'LegalHoldReleased'
      readonly actor: Actor
      readonly name: string
      readonly writtenRelease: string
    }
  /** From here on nobody may learn what stands behind these commitments: each hub forgets it, and then it is erased. */
  | {
      readonly type: 'Redacted'
      readonly actor: Actor
      readonly subject: Subject
      readonly commitments: readonly string[]
      readonly reason: string
    }
  /** What the entry at `redaction` is about is on no disk of this hub, and not beside the log, any more. */
  | { readonly type: 'ValuesErased'; readonly redaction: string; readonly erased: number }
  /**
   * The log is cut before what comes after `upTo`: all of that is sealed, and was stamped before `before`. Written before it
   * is cut. `tips`: what each hub's chain goes on from.
   */
  | {
      readonly type: 'LogTrimmed'
      readonly upTo: string
      readonly before: Instant
      /** How many lines of the seal there were under a signed head. */
      readonly sealed: number
      readonly tips: readonly ChainTip[]
    }
