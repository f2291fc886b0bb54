import { decodeEntry } from '../bus/entry.ts'
import type { EventLog, LogBase, Position } from '../bus/log.ts'
import type { Instant } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import { foldInto, fromBase } from '../projections/runner.ts'
import { openRoom } from './room.ts'
import { roomJson } from './views.ts'

/** A moment of the journal: an entry, or a time. */
export type Moment = { readonly position: string } | { readonly time: Instant }

/** From this many digits on a number is a time in ms, not a position: 2001-09-09 is the first with 13. */
const timeDigits = 13

/** @throws RangeError for text that is neither a position nor a time */
export function momentOf(text: string): Moment {
  if (/^\d+$/.test(text))
    return text.length < timeDigits ? { position: text } : { time: Number(text) as Instant } // ms since the epoch
  // of a shared log: <ms>-<seq>.<index>
  if (/^\d+-\d+\.\d+$/.test(text)) return { position: text }
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new RangeError(
      `'${text.slice(0, 60)}' is neither a position of the journal nor a time such as 2026-11-21T20:14:07Z`,
    )
  return { time: time as Instant }
}

/**
 * The room's state after the entry at `to`, or after the last one stamped at or before that time; null: the newest.
 * A fold from the first entry, or from what stands in the place of those that were trimmed: nothing but the journal goes in. @throws RangeError where the journal has no such entry
 */
export async function replayLog(
  log: Pick<EventLog, 'read'> & { base(): Promise<LogBase | null> },
  to: Moment | null,
): Promise<JsonObject> {
  const room = openRoom()
  const end = new AbortController()
  let entries = 0
  let last: { readonly position: Position; readonly at: Instant } | null = null
  const trimmed = await fromBase(room, await log.base())
  for await (const stored of log.read(trimmed, end.signal)) {
    const recorded = decodeEntry(stored)
    if (to !== null && 'time' in to && recorded.at > to.time) break
    foldInto(room, recorded)
    last = { position: recorded.position, at: recorded.at }
    entries++
    if (to !== null && 'position' in to && recorded.position === to.position) break
  }
  if (to !== null && 'position' in to && last?.position !== to.position)
    throw new RangeError(
      `the journal has no position ${to.position}; its newest is ${last?.position ?? 'none'}${trimmed === null ? '' : `, and up to ${trimmed} it was trimmed`}`,
    )
  return { position: last?.position ?? null, at: last?.at ?? null, entries, ...roomJson(room) }
}
