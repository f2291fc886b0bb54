import type { Instant, MacroId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import type { Calendar } from './calendar.ts'
import type { SunEvent } from './sun.ts'

/** When a macro is to run, as data. Times are milliseconds since the epoch, durations milliseconds. */
export interface Schedule {
  readonly name: string
  readonly timing: Timing
  readonly run: MacroId
  /** For the macro; an object with the one key `expr` is computed when it fires. */
  readonly args: Json
  /** Fires only where this holds; null: always. */
  readonly when: string | null
  readonly missed: MissedPolicy
  /** So late it still counts as in time. */
  readonly lateMs: number
}

/** What becomes of times at which no hub was there: nothing, one run for all of them, or a run for each. */
export type MissedPolicy = 'skip' | 'once' | 'all'

export type Timing =
  /** Five or six fields (seconds first), in an IANA zone. */
  | { readonly kind: 'cron'; readonly cron: string; readonly zone: string }
  /** Again and again, counted from `from`: not from when the hub started, so that hubs and restarts agree. */
  | { readonly kind: 'every'; readonly everyMs: number; readonly from: Instant }
  | { readonly kind: 'once'; readonly at: Instant }
  /** `offsetMs`: after it; negative: before it. Degrees, north and east are positive. */
  | {
      readonly kind: 'sun'
      readonly event: SunEvent
      readonly latitude: number
      readonly longitude: number
      readonly offsetMs: number
    }
  /** The starts of a calendar's events; `matching`: only where the summary contains this. */
  | {
      readonly kind: 'calendar'
      readonly calendar: Calendar
      readonly offsetMs: number
      readonly matching: string
    }

/** One minute: a restart by a supervisor is inside it. */
export const defaultLateMs = 60_000
