import type { BusEvent } from '../../intents/event.ts'
import type { Instant } from '../../intents/id.ts'
import type { Actor } from '../../intents/intent.ts'

// The journal as it is read, and by whom.

/** One entry of the journal. */
export interface EntryView {
  readonly position: string
  readonly hub: string
  /** This hub's own number for it, gapless from 1. */
  readonly hseq: number
  readonly at: Instant
  readonly event: BusEvent
}

/** Somebody reads the journal. */
export interface LogRead {
  readonly actor: Actor
  readonly source: string
  readonly route: 'intents' | 'events' | 'stream' | 'replay' | 'verify' | 'tiles'
  /** Positions, or, of tiles, numbers of sealed lines as `$512`. null: from the start, and to what comes. */
  readonly from: string | null
  readonly to: string | null
}
