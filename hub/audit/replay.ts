import type { Instant } from '../../intents/id.ts'
import type { Moment } from './moment.ts'
import { openPlayer, type Tape } from './player.ts'
import type { RoomState } from './room-state.ts'

/**
 * The room's state after the entry at `to`, or after the last one stamped at or before that time; null: the newest.
 * A fold from the first entry: nothing but the record goes in. @throws RangeError for a moment that it does not know
 */
export async function replayLog(tape: Tape, to: Moment | null, now: Instant): Promise<RoomState> {
  const player = openPlayer(tape, now)
  try {
    await player.to(to)
    return player.state()
  } finally {
    await player.close()
  }
}
