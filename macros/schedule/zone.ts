import { CronDate } from 'croner'
import type { Instant } from '../../intents/id.ts'

/** A time on the wall: months from 1. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** When a clock on the wall there shows it. What it shows twice is the first time; what it skips is as much later. */
export function instantOf(wall: WallTime, zone: string): Instant {
  const { year, month, day, hour, minute, second } = wall
  const two = (n: number) => String(n).padStart(2, '0')
  const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`
  return new CronDate(text, zone).getTime() as Instant // ms since the epoch
}
