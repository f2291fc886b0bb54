import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import type { EventLog, LogBase, Stored } from '../../bus/log.ts'
import type { Instant } from '../../intents/id.ts'
import { foldInto, fromBase } from '../../projections/runner.ts'
import { momentName, timeName, type Moment } from './moment.ts'
import { openRoom, type Room } from '../room.ts'
import type { HubState, RoomState } from './room-state.ts'
import type { KnownPart } from './site-record.ts'
import { roomJson } from '../views.ts'

/** A record that is played from its first entry on: the room is what the entries so far make of it, and nothing else. */
export interface Player {
  readonly room: Room
  /**
   * Goes on to a moment: with the entry at that position, or with the last one stamped at or before that time; null: to
   * the end. `each` is told every entry on the way. @throws RangeError for a moment that the record does not know
   */
  to(moment: Moment | null, each?: (recorded: Recorded) => void): Promise<void>
  /** The next entry, which is not folded; null at the end. */
  next(): Promise<Recorded | null>
  /** The room as it is now. */
  state(): RoomState
  close(): Promise<void>
}

/** What is played. */
export interface Tape {
  readonly read: EventLog['read']
  /** What stands in the place of entries that were trimmed; null, or absent, for nothing. */
  base?(): Promise<LogBase | null>
  readonly known?: KnownPart | null
  unread?(): number
}

/** @param now a time after it is in the future, and nothing is known of it */
export function openPlayer(tape: Tape, now: Instant): Player {
  const { known = null } = tape
  const end = new AbortController()
  const room = openRoom()
  let stored: AsyncIterator<Stored> | null = null
  const hubs = new Map<string, HubState>()
  let ahead: Recorded | null = null
  let first: Recorded | null = null
  let last: Recorded | null = null
  let entries = 0
  let isHoldKnown = known === null || known.from === 0

  async function begin(): Promise<AsyncIterator<Stored>> {
    const after = await fromBase(room, (await tape.base?.()) ?? null)
    return tape.read(after, end.signal)[Symbol.asyncIterator]()
  }

  async function peek(): Promise<Recorded | null> {
    if (ahead !== null) return ahead
    stored ??= await begin()
    const { done, value } = await stored.next()
    ahead = done === true ? null : decodeEntry(value)
    return ahead
  }

  async function next(): Promise<Recorded | null> {
    const recorded = await peek()
    ahead = null
    return recorded
  }

  function fold(recorded: Recorded): void {
    foldInto(room, recorded)
    const { event, hub, at, position } = recorded
    if (event.type === 'HubStarted')
      hubs.set(hub, { up: true, at, position, version: event.version, config: event.config })
    const known = hubs.get(hub)
    if (event.type === 'HubStopped' && known !== undefined)
      hubs.set(hub, { ...known, up: false, at, position })
    if (event.type === 'ConfigChanged' && known !== undefined)
      hubs.set(hub, { ...known, config: event.config })
    if (event.type === 'IntentAccepted' && event.submission.intent.verb === 'hold')
      isHoldKnown = true
    first ??= recorded
    last = recorded
    entries++
  }

  /** Why nothing can be said of a time that all entries come before. */
  function tooLate(time: Instant): string | null {
    if (time > now) return `${timeName(time)} is in the future: it is ${timeName(now)}`
    if (known === null || known.to === known.size) return null
    return `the bundle ends at ${last === null ? 'its first line' : placeName(last)}: it does not say what was at ${timeName(time)}`
  }

  return {
    room,
    next,
    async to(moment, each) {
      if (moment !== null && 'position' in moment && last?.position === moment.position) return
      for (;;) {
        const recorded = await peek()
        if (recorded === null) break
        if (moment !== null && 'time' in moment && recorded.at > moment.time) {
          if (last === null)
            throw new RangeError(
              `${known === null || known.from === 0 ? 'the record' : 'the bundle'} begins at ${placeName(recorded)}: it does not say what was at ${momentName(moment)}`,
            )
          return
        }
        ahead = null
        fold(recorded)
        each?.(recorded)
        if (moment !== null && 'position' in moment && recorded.position === moment.position) return
      }
      if (moment === null) return
      const why = 'time' in moment ? tooLate(moment.time) : noPosition(moment.position, first, last)
      if (why !== null) throw new RangeError(why)
    },
    state: () => ({
      position: last?.position ?? null,
      at: last?.at ?? null,
      entries,
      since:
        known === null || known.from === 0
          ? null
          : { line: known.from, position: first?.position ?? null, at: first?.at ?? null },
      unread: tape.unread?.() ?? 0,
      hubs: Object.fromEntries(hubs),
      ...roomJson(room),
      ...(isHoldKnown ? {} : { held: null }),
    }),
    async close() {
      end.abort()
      await stored?.return?.()
    },
  }
}

const placeName = ({ position, at }: Recorded) => `position ${position}, ${timeName(at)}`

function noPosition(position: string, first: Recorded | null, last: Recorded | null): string {
  return first === null || last === null
    ? `there is no position ${position}: nothing is recorded`
    : `there is no position ${position}: the first is ${first.position}, the newest ${last.position}`
}
