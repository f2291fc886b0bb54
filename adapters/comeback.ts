/** 250 ms: a restarted service is back before anybody asks. */
const firstWaitMs = 250
/** 5 s: a device that was switched on is used within the time it takes to look up. */
const longestWaitMs = 5000
/** 1 s: a link that did nothing and is lost sooner was none; who hangs up at once is not to be asked, and recorded, three times a second for ever. */
const steadyMs = 1000

/** When a link that was lost is tried again. */
export interface Comeback {
  /** It is there. */
  up(): void
  /** It did what it is for: however short it was, it was a link. There are devices that hang up after each command. */
  served(): void
  /**
   * It was lost, or is still not there. @returns how long to wait before the next attempt: 250 ms and up to half of it more by chance, so that many
   * links do not come back in step, doubling to 5 s; from the start again after a link that served, or lasted for a second. Milliseconds.
   */
  waitMs(): number
}

/** @param now milliseconds, of a clock that never jumps */
export function openComeback(now: () => number = () => performance.now()): Comeback {
  let failures = 0
  let upSince: number | null = null
  return {
    up() {
      upSince ??= now()
    },
    served() {
      failures = 0
    },
    waitMs() {
      if (upSince !== null && now() - upSince >= steadyMs) failures = 0
      upSince = null
      const wait = firstWaitMs * 2 ** failures * (1 + Math.random() / 2)
      if (wait < longestWaitMs) failures++
      return Math.min(wait, longestWaitMs)
    },
  }
}
