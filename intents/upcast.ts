import type { BusEvent } from './event.ts'

/** The version of the vocabulary that this code writes: the number of the newest golden log in `fixtures/`. */
export const vocabularyVersion = 2

/**
 * Brings an event of any earlier version to today's form: the one place that knows what events used to look like.
 * Version 2 only added leases, so there is nothing to change yet. `upcast.test.ts` replays every golden log
 * `fixtures/v<n>.jsonl`: a version that changes an event adds its step here and its log there.
 */
export function upcast(event: { readonly type: string }): BusEvent {
  return event as BusEvent // what versions 1 and 2 wrote is what is read; an unknown type folds to nothing
}
