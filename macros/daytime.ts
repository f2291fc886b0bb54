import type { Instant } from '../intents/id.ts'

const form = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/

/** Seconds of the day of `18:30` or `18:30:15`; null for anything else. */
export function daySeconds(text: string): number | null {
  const found = form.exec(text)
  if (found === null) return null
  return Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0)
}

/** Whether this machine knows the zone (IANA time zone database). */
export function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false // RangeError: it knows no zone of that name
  }
}

/** How far a zone's clocks are ahead of UTC at a moment. Milliseconds. */
function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  )
  return wall - Math.floor(at / 1000) * 1000
}

const dayMs = 86_400_000

/**
 * When a zone's clocks next show that time, after `now`. A time that the change to summer time leaves out comes an hour later on
 * that day; of one that the change back brings twice the first counts.
 */
export function nextDaytime(seconds: number, zone: string, now: Instant): Instant {
  const today = Math.floor((now + offsetMs(now, zone)) / dayMs) * dayMs
  for (let day = 0; ; day++) {
    const wall = today + day * dayMs + seconds * 1000
    // as the clocks were set the day before, or as they are set after a change in between
    const early = wall - offsetMs(wall - dayMs, zone)
    const late = wall - offsetMs(early, zone)
    const shows = [early, late].find((at) => at + offsetMs(at, zone) === wall) ?? early
    if (shows > now) return shows as Instant // ms since the epoch
  }
}
