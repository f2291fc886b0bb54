import type { Clock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { openThrottle } from './throttle.ts'

/** Input that never became an intent, and people who were turned away: all counted, recorded at a bounded rate. */
export interface Rejections {
  input(surface: string, source: string, failure: Failure): void
  access(surface: string, source: string, detail: string): void
  /** Inputs rejected at this surface since the hub started. */
  count(surface: string): number
  close(): void
}

/** After one entry of a kind from a surface, the next comes a second later at the earliest, with the count since. */
const windowMs = 1000

export function openRejections(clock: Clock, record: (event: BusEvent) => void): Rejections {
  const counts = new Map<string, number>()
  const throttle = openThrottle(clock, windowMs, record)
  return {
    input(surface, source, failure) {
      counts.set(surface, (counts.get(surface) ?? 0) + 1)
      throttle.note(`input ${surface}`, (count) => ({
        type: 'InputRejected',
        surface,
        source,
        failure,
        count,
      }))
    },
    access(surface, source, detail) {
      throttle.note(`access ${surface}`, (count) => ({
        type: 'AccessRefused',
        surface,
        source,
        detail,
        count,
      }))
    },
    count: (surface) => counts.get(surface) ?? 0,
    close: () => throttle.close(),
  }
}
