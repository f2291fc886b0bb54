import { decodeEntry } from '../../bus/entry.ts'
import type { EventLog } from '../../bus/log.ts'
import type { IntentId } from '../../intents/id.ts'
import type { IntentRecord } from '../../projections/deliveries.ts'
import { foldInto } from '../../projections/runner.ts'
import { openRoom, type Room } from '../room.ts'

/** One intent: at hand, or no longer, and folded from the log. null: there is none. @throws LogError */
export async function recordOf(
  room: Pick<Room, 'deliveries'>,
  log: Pick<EventLog, 'find'>,
  id: IntentId,
): Promise<IntentRecord | null> {
  const known = room.deliveries.state.intents.get(id)
  if (known !== undefined) return known
  const never = new AbortController().signal
  const fresh = openRoom()
  const { intents } = fresh.deliveries.state
  let stored = await log.find(id, null, never)
  while (stored !== null) {
    foldInto(fresh, decodeEntry(stored))
    if (intents.get(id)?.outcome != null) break
    stored = await log.find(id, stored.position, never)
  }
  return intents.get(id) ?? null
}
