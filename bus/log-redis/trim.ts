import { type Place, placeOf } from './position.ts'
import type { Position } from '../log.ts'

/** What decides how much of the stream may go. */
export interface TrimRule {
  /** The newest position that the witness has sealed and that is kept elsewhere; null: nothing is sealed. */
  readonly sealed: Position | null
  /** How long the stream keeps everything. Milliseconds. */
  readonly retentionMs: number
  /** The server's clock, as the ids have it. Milliseconds since the epoch. */
  readonly now: number
  /** The oldest position that somebody still reads from; null: nobody does. */
  readonly needed: Position | null
}

/**
 * The first place that must stay: entries before it may be trimmed. Null: none may. Never beyond what is sealed, never
 * within the retention, never beyond a reader.
 */
export function trimBelow({ sealed, retentionMs, now, needed }: TrimRule): Place['id'] | null {
  if (sealed === null) return null
  const oldest = { ms: Math.max(0, Math.floor(now - retentionMs)), seq: 0 }
  const places = [sealed, ...(needed === null ? [] : [needed])].map((one) => placeOf(one).id)
  return [oldest, ...places].reduce((a, b) => ((a.ms - b.ms || a.seq - b.seq) <= 0 ? a : b))
}
