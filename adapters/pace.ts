import type { Instant } from '../intents/id.ts'

/** At most `most` starts in any `perMs`. */
export interface Rate {
  readonly most: number
  readonly perMs: number
}

/** Keeps a rate: a sliding window over the last starts. */
export interface Pace {
  /** The earliest moment of the next start. */
  next(): number
  /** One starts now. */
  took(now: Instant): void
}

/** @param started the starts before this one lived, from the log: a restart does not open the window again */
export function openPace(rate: Rate | null, started: readonly Instant[]): Pace {
  if (rate === null) return { next: () => 0, took: () => {} }
  const { most, perMs } = rate
  let newest: readonly Instant[] = started.toSorted((a, b) => a - b).slice(-most)
  return {
    next: () => (newest.length < most ? 0 : (newest[0] ?? 0) + perMs),
    took(now) {
      newest = [...newest, now].slice(-most)
    },
  }
}
