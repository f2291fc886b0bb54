import type { Instant } from '../../intents/id.ts'

/** One time at which a schedule is due. */
export interface Due {
  readonly at: Instant
  /** What a calendar says of it; empty for the others. */
  readonly events: readonly CalendarEntry[]
}

export interface CalendarEntry {
  readonly summary: string
  readonly location: string
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
}
