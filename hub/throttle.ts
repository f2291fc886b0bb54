import type { Clock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'

/** Makes an entry of `count` things that happened, as the newest of them has it. */
export type MakeEntry = (count: number) => BusEvent

/** Records what may happen often at a bounded rate: nothing is left out, it is counted. */
export interface Throttle {
  /** The first of its `key` is recorded at once, those that follow within the window together at its end. */
  note(key: string, make: MakeEntry): void
  /** Records what waits. */
  close(): void
}

/** `windowMs`: how much time lies between two entries of a key, at least. */
export function openThrottle(
  clock: Clock,
  windowMs: number,
  record: (event: BusEvent) => void,
): Throttle {
  const windows = new Map<string, { count: number; last: MakeEntry | null; cancel: () => void }>()

  function shut(key: string): void {
    const window = windows.get(key)
    windows.delete(key)
    if (window?.last == null) return
    record(window.last(window.count))
    windows.set(key, { count: 0, last: null, cancel: clock.after(windowMs, () => shut(key)) })
  }

  return {
    note(key, make) {
      const open = windows.get(key)
      if (open !== undefined) {
        open.count++
        open.last = make
        return
      }
      record(make(1))
      windows.set(key, { count: 0, last: null, cancel: clock.after(windowMs, () => shut(key)) })
    },
    close() {
      for (const { count, last, cancel } of windows.values()) {
        cancel()
        if (last !== null) record(last(count))
      }
      windows.clear()
    },
  }
}
