import ICAL from 'ical.js'
import type { Instant } from '../../intents/id.ts'
import { isZone } from '../daytime.ts'
import type { CalendarEntry, Due } from './due.ts'
import { instantOf } from './zone.ts'

// An iCalendar file (RFC 5545): its events with their recurrences, exclusions and moved occurrences, as one row of starts.

/** A calendar that was read. What it answers hangs on the file alone. */
export interface Calendar {
  /** How many events stand in it. */
  readonly events: number
  /** The first start of an event after `after` whose summary contains `matching`; null: there is none. */
  next(after: Instant, matching: string): Due | null
}

export type CalendarResult =
  | { readonly ok: true; readonly calendar: Calendar }
  | { readonly ok: false; readonly detail: string }

/** A year of a station's programme is well below. Characters. */
const maxCalendarChars = 4_000_000
const maxEvents = 20_000
/** How many occurrences of one event are counted, from its first on: 50 years of one a day, 2 of one an hour. */
const maxOccurrences = 20_000

/** Reads a file. Never throws. `zone`: for times that name none, and for whole days. */
export function readCalendar(text: string, zone: string): CalendarResult {
  if (text.length > maxCalendarChars)
    return { ok: false, detail: `it has more than ${maxCalendarChars} characters` }
  try {
    const root = new ICAL.Component(ICAL.parse(text) as unknown[]) // of one calendar: a list of its parts
    if (root.name !== 'vcalendar') return { ok: false, detail: 'it does not begin with VCALENDAR' }
    const components = root.getAllSubcomponents('vevent')
    if (components.length > maxEvents)
      return { ok: false, detail: `it has more than ${maxEvents} events` }
    const rows = components.flatMap((component) => {
      const row = rowOf(component, zone)
      return row === null ? [] : [row]
    })
    return { ok: true, calendar: { events: rows.length, next: (a, m) => nextOf(rows, a, m) } }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { ok: false, detail: detail.slice(0, 200) }
  }
}

/** One event's occurrences, in the order of their start. */
interface Row {
  readonly summary: string
  /** The first one that starts after `after`. */
  next(after: Instant): CalendarEntry | null
}

function nextOf(rows: readonly Row[], after: Instant, matching: string): Due | null {
  let at = Infinity
  let events: CalendarEntry[] = []
  for (const row of rows) {
    if (!row.summary.includes(matching)) continue
    const entry = row.next(after)
    if (entry === null || entry.start > at) continue
    if (entry.start < at) events = []
    at = entry.start
    events.push(entry)
  }
  return events.length === 0 ? null : { at: at as Instant, events } // ms since the epoch
}

/** null for what does not take place. @throws Error for what cannot be understood */
function rowOf(component: ICAL.Component, zone: string): Row | null {
  if (component.getFirstPropertyValue('status') === 'CANCELLED') return null
  const event = new ICAL.Event(component)
  const { summary } = event
  const named = summary ?? ''
  if (component.getFirstProperty('dtstart') === null)
    throw new Error(`the event "${named.slice(0, 60)}" has no DTSTART`)
  const lasts = event.duration.toSeconds() * 1000
  const entryOf = (start: ICAL.Time): CalendarEntry => {
    const at = startOf(start, zone)
    return { summary: named, location: event.location ?? '', start: at, end: at + lasts }
  }
  if (event.isRecurrenceException() || !event.isRecurring()) {
    const only = entryOf(event.startDate)
    return { summary: named, next: (after) => (only.start > after ? only : null) }
  }
  const moved = new Set(Object.keys(event.exceptions as unknown as object)) // by the start that they replace
  return { summary: named, next: recurring(event, moved, entryOf) }
}

/** Goes on from where it was asked last: who asks for one time after the other does not count from the start again. */
function recurring(
  event: ICAL.Event,
  moved: ReadonlySet<string>,
  entryOf: (start: ICAL.Time) => CalendarEntry,
): Row['next'] {
  let occurrences = event.iterator()
  let counted = 0
  let ahead: CalendarEntry | null = null
  /** Where `ahead` is the answer from. */
  let asked = -Infinity

  function step(): CalendarEntry | null {
    for (;;) {
      if (++counted > maxOccurrences) return null
      const start = occurrences.next() as ICAL.Time | undefined // undefined at its end, whatever its types say
      if (start === undefined || start === null) return null
      if (!moved.has(start.toString())) return entryOf(start)
    }
  }

  return (after) => {
    if (after < asked) {
      occurrences = event.iterator()
      counted = 0
      ahead = null
    }
    if (ahead === null && counted === 0) ahead = step()
    asked = after
    while (ahead !== null && ahead.start <= after) ahead = step()
    return ahead
  }
}

/** By the zone's IANA name where this machine knows it, which knows more of it than a file does; else by the file's VTIMEZONE. */
function startOf(time: ICAL.Time, zone: string): number {
  const tzid = time.zone?.tzid ?? 'floating'
  if (tzid === 'UTC' || tzid === 'Z') return time.toUnixTime() * 1000
  if (tzid === 'floating' || time.isDate) return instantOf(time, zone)
  return isZone(tzid) ? instantOf(time, tzid) : time.toUnixTime() * 1000
}
