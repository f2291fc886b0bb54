import type { Recorded } from '../../bus/entry.ts'
import { endOf } from '../../intents/end.ts'
import type { Failure } from '../../intents/failure.ts'
import type { IntentId } from '../../intents/id.ts'
import type { Ended } from '../../surfaces/surface.ts'

/** Those who wait for an intent to end. */
export interface Waiters {
  /** Rejects with the signal's reason when that aborts. */
  wait(id: IntentId, signal: AbortSignal): Promise<Ended>
  apply(batch: readonly Recorded[]): void
}

export function openWaiters(): Waiters {
  const waiting = new Map<IntentId, Set<(ended: Ended) => void>>()
  return {
    wait(id, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error) // whoever aborts says why
        const done = (ended: Ended) => {
          signal.removeEventListener('abort', aborted)
          resolve(ended)
        }
        const aborted = () => {
          const others = waiting.get(id)
          others?.delete(done)
          if (others?.size === 0) waiting.delete(id)
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', aborted, { once: true })
        const others = waiting.get(id) ?? new Set()
        waiting.set(id, others.add(done))
      })
    },
    apply(batch) {
      if (waiting.size === 0) return
      for (const { event } of batch) {
        const end = endOf(event)
        const those = end === null ? undefined : waiting.get(end.intent)
        if (end === null || those === undefined) continue
        waiting.delete(end.intent)
        const failure: Failure | null = 'failure' in event ? event.failure : null
        for (const done of those) done({ id: end.intent, outcome: end.outcome, failure })
      }
    },
  }
}
