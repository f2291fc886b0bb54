import ICAL from 'ical.js'
import type { Instant } from '../../intents/id.ts'
import type { CalendarEntry } from './due.ts'

/** How far a rule goes in a step: months, */
const months: Partial<Record<string, number>> = { MONTHLY: 1, YEARLY: 12 }
/** or seconds. */
const strides: Partial<Record<string, number>> = {
  SECONDLY: 1,
  MINUTELY: 60,
  HOURLY: 3600,
  DAILY: 86_400,
  WEEKLY: 604_800,
}
/** Clocks are set forward and back: so long before a time nothing of it is left out, seconds. */
const clockChanges = 3 * 3600

/**
 * The occurrences of an event that repeats; `entryOf`: what one of them is, null for one that does not take place. It goes on
 * from where it was asked last, so that who asks for one time after the other does not count from the start again.
 */
export function occurrences(
  event: ICAL.Event,
  entryOf: (start: ICAL.Time) => CalendarEntry | null,
  startOf: (start: ICAL.Time) => number,
): (after: Instant) => CalendarEntry | null {
  let walk = event.iterator()
  let ahead: CalendarEntry | null = null
  /** From here on, up to its start, `ahead` is the answer. */
  let from = Infinity

  function step(): CalendarEntry | null {
    for (;;) {
      const start = walk.next() as ICAL.Time | undefined // undefined at its end, whatever its types say
      if (start === undefined || start === null) return null
      const entry = entryOf(start)
      // beyond the year 275760 a clock shows nothing (ECMA-262, time values)
      if (entry !== null) return Number.isFinite(entry.start) ? entry : null
    }
  }

  return (after) => {
    if (after < from) {
      const near = nearStart(event, after, startOf)
      walk = event.iterator(near)
      from = near === event.startDate ? -Infinity : startOf(near)
      ahead = step()
    }
    while (ahead !== null && ahead.start <= after) {
      from = ahead.start
      ahead = step()
    }
    return ahead
  }
}

/**
 * A start from which the same occurrences follow after `after`: later by whole repetitions of a rule that repeats often. A rule
 * that is counted (COUNT), or one of several, has no such start but its own.
 */
function nearStart(
  event: ICAL.Event,
  after: Instant,
  startOf: (start: ICAL.Time) => number,
): ICAL.Time {
  const start = event.startDate
  const [rule, second] = event.component
    .getAllProperties('rrule')
    .map((property): unknown => property.getFirstValue())
  if (!(rule instanceof ICAL.Recur) || second !== undefined || rule.count) return start
  const lists = rule.parts as Record<string, unknown>
  if ('BYSETPOS' in lists || 'BYWEEKNO' in lists) return start
  const away = (after - startOf(start)) / 1000
  const inMonths = months[rule.freq]
  if (inMonths !== undefined) return nearMonth(start, away, inMonths * rule.interval)
  const stride = (strides[rule.freq] ?? Infinity) * rule.interval
  if (stride === Infinity || (start.isDate && stride % 86_400 !== 0)) return start
  const gap = away - Math.max(stride, clockChanges)
  const seconds = Math.floor(gap / stride) * stride
  if (!(seconds > 0)) return start
  const near = start.clone()
  near.adjust(Math.floor(seconds / 86_400), 0, 0, seconds % 86_400)
  return near
}

/** A day that not every month has would be another day in some of them. */
const shortestMonth = 28

function nearMonth(start: ICAL.Time, awaySeconds: number, stride: number): ICAL.Time {
  const times = Math.floor(awaySeconds / (31 * 86_400 * stride)) - 1
  if (start.day > shortestMonth || !(times > 0)) return start
  const near = start.clone()
  near.month += times * stride
  return near
}
