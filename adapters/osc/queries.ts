import type { Failure } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'

interface Waiter {
  end(result: Failure | null): void
}

/** Queries whose answer is awaited, by the address that answers; the oldest of an address gets the next answer. */
export interface Queries {
  /**
   * Waits for the answer to what `send` sends. @throws DeliveryError; once it may have been asked, an answer that is late
   * must not reach a later query: `late` makes sure of that
   */
  ask(answer: string, send: () => Promise<unknown>, signal: AbortSignal): Promise<void>
  /** A message of that address came. */
  heard(address: string): void
  /** Nothing that was asked will be answered any more. */
  endAll(why: string): void
}

export function openQueries(peer: string, late: () => void): Queries {
  const waiting = new Map<string, Set<Waiter>>()

  function add(answer: string, waiter: Waiter): () => void {
    const all = waiting.get(answer) ?? new Set()
    waiting.set(answer, all)
    all.add(waiter)
    return () => {
      all.delete(waiter)
      if (all.size === 0 && waiting.get(answer) === all) waiting.delete(answer)
    }
  }

  return {
    ask: (answer, send, signal) =>
      new Promise((resolve, reject) => {
        const end = (result: Failure | null) => {
          remove()
          signal.removeEventListener('abort', aborted)
          if (result === null) resolve()
          else reject(new DeliveryError(result))
        }
        let sent = false
        const aborted = () => {
          // what was not sent yet settles by itself, and says so
          if (!sent) return
          end({ code: 'timeout', reached: 'maybe', detail: `${peer} did not answer in time` })
          late()
        }
        const remove = add(answer, { end })
        signal.addEventListener('abort', aborted)
        send().then(
          () => {
            sent = true
            if (signal.aborted) aborted()
          },
          (error: unknown) => {
            remove()
            signal.removeEventListener('abort', aborted)
            reject(error)
          },
        )
      }),
    heard(address) {
      const [first] = waiting.get(address) ?? []
      first?.end(null)
    },
    endAll(why) {
      const failure: Failure = {
        code: 'unreachable',
        reached: 'maybe',
        detail: `${peer}: ${why}, before it answered`,
      }
      for (const all of [...waiting.values()]) for (const waiter of all) waiter.end(failure)
    },
  }
}
