import type { Clock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'
import { actorName } from '../intents/intent.ts'
import type { LogRead } from '../surfaces/http/record-view.ts'
import { openThrottle } from './throttle.ts'

/** A minute: a console that asks every second makes one entry of sixty. */
const windowMs = 60_000

/** Who has read the journal, and what of it: the first time at once, and then once a minute for each person and route. */
export function openReads(
  clock: Clock,
  record: (event: BusEvent) => void,
): { read(read: LogRead): void; close(): void } {
  const throttle = openThrottle(clock, windowMs, record)
  /** Where the first of those began that wait for their entry. */
  const starts = new Map<string, string | null>()
  return {
    read({ actor, source, route, from, to }) {
      const key = `${route} ${actorName(actor)}`
      const start = starts.get(key) ?? from
      starts.set(key, start)
      throttle.note(key, (count) => {
        starts.delete(key)
        return { type: 'LogRead', actor, source, route, from: start, to, count }
      })
    },
    close: () => throttle.close(),
  }
}
