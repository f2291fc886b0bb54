import { setImmediate as turn } from 'node:timers/promises'
import type { Console } from './console.ts'
import type { EntryView } from './record-view.ts'
import { fault } from './problem.ts'

/** Entries that were asked for: the first one is on its way already. */
export interface Entries {
  readonly first: Promise<IteratorResult<EntryView>>
  next(): Promise<IteratorResult<EntryView>>
}

/** The position after which a reader begins, as it is recorded of it; null: the start. */
export function startOf(hub: Console, after: string | undefined): string | null {
  if (after === 'start') return null
  return after === undefined || after === 'now' ? hub.status().log.head : after
}

/**
 * The journal after what a client named: a position, `start`, `now`, or nothing, which means now. A position that is
 * none is found here where the hub knows at once. @throws ProblemError
 */
export async function entriesAfter(
  hub: Console,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Entries> {
  try {
    const from = after === 'start' ? null : (after ?? 'now')
    const iterator = hub.entries(from, signal)[Symbol.asyncIterator]()
    const first = iterator.next()
    // a live journal may say nothing for hours, so only a refusal of this very turn is waited for
    await Promise.race([first, turn()])
    return { first, next: () => iterator.next() }
  } catch (error) {
    if (error instanceof RangeError) throw fault('bad-position', error.message, 'after')
    throw error
  }
}
