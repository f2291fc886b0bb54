import type { Clock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'

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
  const windows = new Map<
    string,
    { count: number; last: ((count: number) => BusEvent) | null; cancel: () => void }
  >()

  function note(key: string, make: (count: number) => BusEvent): void {
    const open = windows.get(key)
    if (open !== undefined) {
      open.count++
      open.last = make
      return
    }
    record(make(1))
    const window = { count: 0, last: null, cancel: clock.after(windowMs, () => shut(key)) }
    windows.set(key, window)
  }

  function shut(key: string): void {
    const window = windows.get(key)
    windows.delete(key)
    if (window?.last == null) return
    record(window.last(window.count))
    windows.set(key, { count: 0, last: null, cancel: clock.after(windowMs, () => shut(key)) })
  }

  return {
    input(surface, source, failure) {
      counts.set(surface, (counts.get(surface) ?? 0) + 1)
      note(`input ${surface}`, (count) => ({
        type: 'InputRejected',
        surface,
        source,
        failure,
        count,
      }))
    },
    access(surface, source, detail) {
      note(`access ${surface}`, (count) => ({
        type: 'AccessRefused',
        surface,
        source,
        detail,
        count,
      }))
    },
    count: (surface) => counts.get(surface) ?? 0,
    close() {
      for (const { count, last, cancel } of windows.values()) {
        cancel()
        if (last !== null) record(last(count))
      }
      windows.clear()
    },
  }
}
