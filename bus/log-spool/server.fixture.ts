import { openMemoryLog } from '../log-memory/log.ts'
import { LogError, type Position } from '../log.ts'
import type { ServerLog } from './log.ts'

/** A shared log in memory whose server a test can take away. */
export interface MemoryServer extends ServerLog {
  /**
   * The next append gets no answer, and then the server is away; `stored`: it is in the log all the same, and
   * `seen`: a follower gets it first.
   */
  cutAtNext(how: 'lost' | 'stored' | 'seen'): void
  cut(): void
  /** It is back: what was in doubt ends as it is. */
  heal(): void
  /** The next appends are cut off before they are stored, so many of them having been. */
  failAfter(count: number): void
}

export function memoryServer(): MemoryServer {
  const log = openMemoryLog(undefined, true)
  const listeners = new Set<(away: LogError | null) => void>()
  let away: LogError | null = null
  let next: 'lost' | 'stored' | 'seen' | null = null
  let left = Infinity
  let cutting = false
  const behind: ((error: LogError) => void)[] = []
  let doubt: (() => void) | null = null
  let woken = () => {}

  function tell(why: LogError | null): void {
    away = why
    for (const listener of [...listeners]) listener(why)
    woken()
  }
  const gone = () => new LogError('io', 'the server is away')
  const check = () => {
    if (away !== null) throw away
  }

  return {
    ...log,
    cutAtNext: (how) => void (next = how),
    cut: () => tell(gone()),
    heal() {
      left = Infinity
      doubt?.()
      doubt = null
      setImmediate(() => tell(null))
    },
    failAfter: (count) => void (left = count),
    onAway(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async append(bodies, durability) {
      check()
      // it stands behind one that is in doubt
      if (cutting) return new Promise((_, reject) => behind.push(reject))
      const how = left-- <= 0 ? 'lost' : next
      next = null
      if (how === null) return log.append(bodies, durability)
      cutting = true
      const positions = how === 'lost' ? null : await log.append(bodies, durability)
      // a follower that waits gets it before the connection is found to be lost
      if (how === 'seen') await new Promise((resolve) => setImmediate(resolve))
      cutting = false
      tell(gone())
      for (const reject of behind.splice(0)) reject(gone())
      return new Promise<readonly Position[]>((resolve, reject) => {
        doubt = () => (positions === null ? reject(gone()) : resolve(positions))
      })
    },
    async *read(after, signal) {
      check()
      yield* log.read(after, signal)
    },
    async *follow(after, signal) {
      let from = after
      while (!signal.aborted) {
        if (away !== null)
          await new Promise<void>((resolve) => {
            woken = resolve
            signal.addEventListener('abort', () => resolve())
          })
        for await (const lines of log.follow(from, signal)) {
          yield lines
          from = lines.at(-1)?.position ?? from
          if (away !== null) break
        }
      }
    },
    async find(needle, after, signal) {
      check()
      return log.find(needle, after, signal)
    },
    async before(at) {
      check()
      return log.before(at)
    },
  }
}
