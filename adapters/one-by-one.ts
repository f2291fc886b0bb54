import { failed } from '../intents/failure.ts'
import { DeliveryError } from './adapter.ts'

/** Lets one at a time do something, in the order they came. */
export interface Turns {
  /**
   * Does `what` when its turn comes, whatever became of those before, and gives the turn back when it is settled.
   * @throws DeliveryError `reached: 'no'` where `signal` aborts before that: then `what` is never done
   */
  take<T>(signal: AbortSignal, what: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take: (signal, what) =>
      new Promise((resolve, reject) => {
        const late = () =>
          reject(new DeliveryError(failed('timeout', 'no time was left to send it')))
        if (signal.aborted) return late()
        signal.addEventListener('abort', late, { once: true })
        last = last.then(async () => {
          if (signal.aborted) return
          signal.removeEventListener('abort', late)
          await what().then(resolve, reject)
        })
      }),
  }
}
