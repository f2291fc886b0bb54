import ICAL from 'ical.js'
import type { Instant } from '../../intents/id.ts'
import { isZone } from '../daytime.ts'
import type { CalendarEntry, Due } from './due.ts'
import { occurrences } from './occurrences.ts'
import { meterRules, openRuleMeter, type RuleMeter } from './rule-meter.ts'
import { instantOf } from './zone.ts'

// An iCalendar file (RFC 5545): its events with their recurrences, exclusions and moved occurrences, as one row of starts.

/** A calendar that was read. What it answers hangs on the file alone. */
export interface Calendar {
  /** How many events stand in it. */
  readonly events: number
  /**
   * The first start of an event after `after` whose summary contains `matching`; null: there is none, or none that can be worked
   * out, which `trouble` then says.
   */
  next(after: Instant, matching: string): Due | null
  /** Why nothing more is said of it; null: all can be. */
  readonly trouble: string | null
}

export type CalendarResult =
  | { readonly ok: true; readonly calendar: Calendar }
  | { readonly ok: false; readonly detail: string }

/** A year of a station's programme is well below. Characters. */
const maxCalendarChars = 4_000_000
const maxEvents = 20_000
/** Dates that an event names one by one, 27 years of each day: they are sorted, each put among the others. */
const maxDates = 10_000

/** What stands before the value of a line, characters: each parameter there is sought in all that follows it. */
const maxHead = 8192

/**
 * Reads a file. Never throws; reading, and each question to what was read, is bounded in work (`rule-meter.ts`). `zone`: for
 * times that name none, and for whole days.
 */
export function readCalendar(text: string, zone: string): CalendarResult {
  if (text.length > maxCalendarChars)
    return { ok: false, detail: `it has more than ${maxCalendarChars} characters` }
  if (longestHead(text) > maxHead)
    return { ok: false, detail: `a line has more than ${maxHead} characters of parameters` }
  try {
    const root = new ICAL.Component(ICAL.parse(text) as unknown[]) // of one calendar: a list of its parts
    if (root.name !== 'vcalendar') return { ok: false, detail: 'it does not begin with VCALENDAR' }
    const components = root.getAllSubcomponents('vevent')
    if (components.length > maxEvents)
      return { ok: false, detail: `it has more than ${maxEvents} events` }
    const meter = openRuleMeter()
    meterRules(root, meter)
    const moved = movedOf(components)
    const rows = components.flatMap((component) => {
      const row = rowOf(component, zone, moved.get(uidOf(component)) ?? noneMoved, meter)
      return row === null ? [] : [row]
    })
    return { ok: true, calendar: calendarOf(rows, meter) }
  } catch (error) {
    return { ok: false, detail: reasonOf(error) }
  }
}

/** RFC 5545, section 3.1: what is folded is one line; a colon in quotes does not end its parameters. */
function longestHead(text: string): number {
  const heads = text.replaceAll(/\r?\n[ \t]/g, '').matchAll(/^(?:[^":\n]+|"[^"\n]*"?)+/gm)
  let longest = 0
  for (const [head] of heads) longest = Math.max(longest, head.length)
  return longest
}

function calendarOf(rows: readonly Row[], meter: RuleMeter): Calendar {
  let trouble: string | null = null
  return {
    events: rows.length,
    next(after, matching) {
      if (trouble !== null) return null
      meter.reset()
      try {
        return nextOf(rows, after, matching)
      } catch (error) {
        // for good: what was being worked out is half done
        trouble = reasonOf(error)
        return null
      }
    },
    get trouble() {
      return trouble
    },
  }
}

/** What the file says of itself is quoted shortly. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}

/** One event's occurrences, in the order of their start. */
interface Row {
  readonly summary: string
  /** The first one that starts after `after`. @throws TooMuchWork */
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

const noneMoved: ReadonlySet<string> = new Set()

function uidOf(component: ICAL.Component): string {
  return String(component.getFirstPropertyValue('uid'))
}

/** The starts that another event of the file replaces (RFC 5545, section 3.8.4.4), by the UID that both have. */
function movedOf(components: readonly ICAL.Component[]): ReadonlyMap<string, ReadonlySet<string>> {
  const moved = new Map<string, Set<string>>()
  for (const component of components) {
    const start = component.getFirstPropertyValue('recurrence-id')
    if (start === null) continue
    const uid = uidOf(component)
    moved.set(uid, (moved.get(uid) ?? new Set()).add(String(start)))
  }
  return moved
}

/** null for what does not take place. @throws Error for what cannot be understood */
function rowOf(
  component: ICAL.Component,
  zone: string,
  moved: ReadonlySet<string>,
  meter: RuleMeter,
): Row | null {
  if (component.getFirstPropertyValue('status') === 'CANCELLED') return null
  // none of its exceptions: left to look for them, each event looks through all others
  const event = new ICAL.Event(component, { strictExceptions: true, exceptions: [] })
  const { summary } = event
  const named = summary ?? ''
  const quoted = `the event "${named.slice(0, 60)}"`
  if (component.getFirstProperty('dtstart') === null) throw new Error(`${quoted} has no DTSTART`)
  if (datesOf(component) > maxDates)
    throw new Error(
      `${quoted} names more than ${maxDates} dates one by one: write them as an RRULE`,
    )
  const lasts = event.duration.toSeconds() * 1000
  const entryOf = (start: ICAL.Time): CalendarEntry => {
    const at = startOf(start, zone)
    return { summary: named, location: event.location ?? '', start: at, end: at + lasts }
  }
  if (event.isRecurrenceException() || !event.isRecurring()) {
    const only = entryOf(event.startDate)
    return { summary: named, next: (after) => (only.start > after ? only : null) }
  }
  const happens = (start: ICAL.Time) => {
    meter.spend(1)
    return moved.has(start.toString()) ? null : entryOf(start)
  }
  return { summary: named, next: occurrences(event, happens, (start) => startOf(start, zone)) }
}

function datesOf(component: ICAL.Component): number {
  const lists = ['rdate', 'exdate'].flatMap((name) => component.getAllProperties(name))
  return lists.reduce((sum, property) => sum + property.getValues().length, 0)
}

/** By the zone's IANA name where this machine knows it, which knows more of it than a file does; else by the file's VTIMEZONE. */
function startOf(time: ICAL.Time, zone: string): number {
  const tzid = time.zone?.tzid ?? 'floating'
  if (tzid === 'UTC' || tzid === 'Z') return time.toUnixTime() * 1000
  if (tzid === 'floating' || time.isDate) return instantOf(time, zone)
  return isZone(tzid) ? instantOf(time, tzid) : time.toUnixTime() * 1000
}
