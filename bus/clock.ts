import type { Instant } from '../intents/id.ts'

/** The only source of time. Tests use {@link fakeClock}. */
export interface Clock {
  /** Milliseconds since the epoch. Never goes back while the process lives (see {@link systemClock}). */
  now(): Instant
  /** Calls `wake` once after `ms` (at least 0); the answer cancels it. */
  after(ms: number, wake: () => void): () => void
  /** Calls `wake` once, when `now` has come to that moment; after a step forward within {@link lookMs}. The answer cancels it. */
  at(when: Instant, wake: () => void): () => void
  /** Told when the wall clock was found to have gone back: what it says, and what is kept instead. */
  onStep(listener: (wall: Instant, kept: Instant) => void): () => void
}

/** Below this a backward step is the ordinary slewing of NTP and not worth an entry. Milliseconds. */
const stepMs = 250

/** How soon a step forward is found by what waits for a moment: a schedule that is ten seconds late is still that of its minute. */
const lookMs = 10_000

/** setTimeout's longest delay; anything longer is waited for in parts. */
const longestMs = 0x7fff_ffff

/**
 * The wall clock, made to run forward only: when it is set back, `now` goes on at the pace of the monotonic clock, so
 * that an expiry or a deadline is never put off, and listeners are told. A step forward is followed at once.
 */
export function systemClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
  lookEveryMs = lookMs,
): Clock {
  let offset = wall() - monotonic()
  let reported = offset
  const listeners = new Set<(wall: Instant, kept: Instant) => void>()
  const clock: Clock = {
    now() {
      const seen = wall()
      const steady = monotonic()
      if (seen - steady > offset) {
        offset = seen - steady
        reported = offset
      } else if (reported - (seen - steady) > stepMs) {
        reported = seen - steady
        const kept = Math.floor(steady + offset)
        for (const listener of listeners) listener(seen as Instant, kept as Instant) // both are ms since the epoch
      }
      return Math.floor(steady + offset) as Instant
    },
    after(ms, wake) {
      let left = Math.max(0, ms)
      const wait = () => {
        const part = Math.min(left, longestMs)
        left -= part
        return setTimeout(() => {
          if (left > 0) timer = wait()
          else wake()
        }, part)
      }
      let timer = wait()
      return () => clearTimeout(timer)
    },
    at(when, wake) {
      let cancel = () => {}
      const wait = () => {
        const left = Math.max(0, when - clock.now())
        // a timer may also come a moment early
        const look = () => (clock.now() < when ? wait() : wake())
        cancel = clock.after(Math.min(left, lookEveryMs), look)
      }
      wait()
      return () => cancel()
    },
    onStep(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return clock
}

/** A clock for tests and dry runs: time stands still until `advance`. Wakes come in order of their time. */
export function fakeClock(start = 1_800_000_000_000): Clock & {
  advance(ms: number): void
  /** How long until the next wake, in ms; null: none is asked for. */
  nextMs(): number | null
} {
  let now = start
  let timers: readonly { readonly at: number; readonly wake: () => void }[] = []
  const after: Clock['after'] = (ms, wake) => {
    const timer = { at: now + Math.max(0, ms), wake }
    timers = [...timers, timer].toSorted((a, b) => a.at - b.at)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  return {
    now: () => now as Instant,
    after,
    at: (when, wake) => after(when - now, wake),
    onStep: () => () => {},
    nextMs: () => (timers[0] === undefined ? null : timers[0].at - now),
    advance(ms) {
      const until = now + ms
      for (let next = timers[0]; next !== undefined && next.at <= until; next = timers[0]) {
        timers = timers.slice(1)
        now = next.at
        next.wake()
      }
      now = until
    },
  }
}
