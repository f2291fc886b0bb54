import { getTimes } from 'suncalc'
import type { Instant } from '../../intents/id.ts'

/** Where the sun is: at the horizon, or so many degrees below it (civil 6, nautical 12, astronomical 18). */
export const sunEvents = [
  'sunrise',
  'sunset',
  'dawn',
  'dusk',
  'nauticalDawn',
  'nauticalDusk',
  'nightEnd',
  'night',
  'solarNoon',
] as const
export type SunEvent = (typeof sunEvents)[number]

const dayMs = 24 * 3_600_000

/** The polar night of the poles themselves is over by then. Days. */
const looksAhead = 400

/** The next time after `after`, within a minute or so; null: it does not come there within a year. */
export function nextSun(
  event: SunEvent,
  latitude: number,
  longitude: number,
  offsetMs: number,
  after: Instant,
): Instant | null {
  const first = Math.floor((after - offsetMs) / dayMs) - 1
  for (let day = first; day < first + looksAhead; day++) {
    const time = getTimes(new Date(day * dayMs + dayMs / 2), latitude, longitude)[event]
    // it does not rise, or not set, on that day
    if (!(time instanceof Date) || Number.isNaN(time.getTime())) continue
    const at = Math.round(time.getTime() / 1000) * 1000 + offsetMs
    if (at > after) return at as Instant // ms since the epoch
  }
  return null
}
