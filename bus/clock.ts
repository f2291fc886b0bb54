import type { Instant } from '../intents/id.ts'

/** The wall clock was found to have been set: by a person, by NTP, or while the machine slept. All in milliseconds. */
export interface ClockStep {
  /** What it says by now. */
  readonly wall: Instant
  /** What `now` would say had it not been set. */
  readonly kept: Instant
  /** How far it was set: forward above 0, back below. */
  readonly setMs: number
  /** How far `now` has followed, at least 0. */
  readonly followedMs: number
}

/** The only source of time. Tests use {@link fakeClock}. */
export interface Clock {
  /** Milliseconds since the epoch. Never goes back while the process lives (see {@link systemClock}). */
  now(): Instant
  /** What clocks on walls show, in milliseconds since the epoch: goes back where the wall clock is set back. For times of day. */
  wall(): Instant
  /** Calls `wake` once after `ms` (at least 0); the answer cancels it. */
  after(ms: number, wake: () => void): () => void
  /** Calls `wake` once, when `now` has come to that moment; after a step forward within {@link lookMs}. The answer cancels it. */
  at(when: Instant, wake: () => void): () => void
  /** As `at`, when `wall` has come to that moment; after a step within {@link lookMs}. */
  atWall(when: Instant, wake: () => void): () => void
  /**
   * Told of a step of more than {@link stepMs}, in the middle of the `now` that finds it and before that answers: the listener
   * MUST only note it, and act later.
   */
  onStep(listener: (step: ClockStep) => void): () => void
}

/** Below this a step is the ordinary slewing of NTP and not worth an entry. Milliseconds. */
const stepMs = 250

/** How soon a step is found by what waits for a moment: a schedule that is ten seconds late is still that of its minute. */
const lookMs = 10_000

/** setTimeout's longest delay; anything longer is waited for in parts. */
const longestMs = 0x7fff_ffff

/**
 * The wall clock, made to run forward only: when it is set back, `now` goes on at the pace of the monotonic clock, so
 * that an expiry or a deadline is never put off. A step forward is followed at once. Listeners are told of both.
 */
export function systemClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
  lookEveryMs = lookMs,
): Clock {
  let offset = wall() - monotonic()
  /** The wall clock's own, and what `offset` was, when it was last found to be as it should. */
  let known = offset
  let followed = offset
  const listeners = new Set<(step: ClockStep) => void>()
  function atTime(time: () => Instant, when: Instant, wake: () => void): () => void {
    let cancel = () => {}
    const wait = () => {
      const left = Math.max(0, when - time())
      // a timer may also come a moment early
      const look = () => (time() < when ? wait() : wake())
      cancel = clock.after(Math.min(left, lookEveryMs), look)
    }
    wait()
    return () => cancel()
  }

  /** Whoever looks finds a step, also where nobody asks for `now`. */
  function wallNow(): Instant {
    clock.now()
    return wall() as Instant // ms since the epoch
  }

  const clock: Clock = {
    now() {
      const seen = wall()
      const steady = monotonic()
      const own = seen - steady
      const kept = Math.floor(steady + offset) as Instant // ms since the epoch
      if (own > offset) offset = own
      const setMs = own - known
      if (Math.abs(setMs) <= stepMs) {
        // slewed forward, a little each time: that is no step, however long it goes on
        if (setMs > 0) known = own
        if (own >= offset) followed = offset
        return Math.floor(steady + offset) as Instant
      }
      const step = { wall: seen as Instant, kept, setMs, followedMs: offset - followed }
      known = own
      followed = offset
      for (const listener of listeners) listener(step)
      return Math.floor(steady + offset) as Instant
    },
    wall: wallNow,
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
    at: (when, wake) => atTime(() => clock.now(), when, wake),
    atWall: (when, wake) => atTime(wallNow, when, wake),
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
  /** Sets the wall clock: forward above 0, which `now` follows, back below. */
  set(ms: number): void
  /** How long until the next wake, in ms; null: none is asked for. */
  nextMs(): number | null
} {
  /** What has passed; what `now` and the wall clock are ahead of it. */
  let passed = 0
  let ahead = start
  let wallAhead = start
  interface Timer {
    /** By what has passed, or by `now`. */
    readonly due: () => number
    readonly wake: () => void
  }
  let timers: readonly Timer[] = []
  const listeners = new Set<(step: ClockStep) => void>()
  /** The one that is due first; of several the oldest. */
  const first = () => {
    let found: Timer | undefined
    for (const timer of timers) if (found === undefined || timer.due() < found.due()) found = timer
    return found
  }
  const add = (timer: Timer) => {
    timers = [...timers, timer]
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  const now = () => (passed + ahead) as Instant // ms since the epoch
  return {
    now,
    wall: () => (passed + wallAhead) as Instant, // ms since the epoch
    after(ms, wake) {
      const due = passed + Math.max(0, ms)
      return add({ due: () => due, wake })
    },
    at: (when, wake) => add({ due: () => Math.max(passed, when - ahead), wake }),
    atWall: (when, wake) => add({ due: () => Math.max(passed, when - wallAhead), wake }),
    onStep(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    nextMs() {
      const next = first()
      return next === undefined ? null : Math.max(0, next.due() - passed)
    },
    set(ms) {
      const [kept, was] = [now(), ahead]
      wallAhead += ms
      ahead = Math.max(ahead, wallAhead)
      const wall = (passed + wallAhead) as Instant // ms since the epoch
      for (const listener of listeners) listener({ wall, kept, setMs: ms, followedMs: ahead - was })
    },
    advance(ms) {
      const until = passed + ms
      for (let next = first(); next !== undefined && next.due() <= until; next = first()) {
        const found = next
        timers = timers.filter((other) => other !== found)
        passed = Math.max(passed, found.due())
        found.wake()
      }
      passed = until
    },
  }
}
