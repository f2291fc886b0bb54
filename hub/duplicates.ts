import { decodeEntry } from '../bus/entry.ts'
import type { EventLog } from '../bus/log.ts'
import { idTime, type IntentId } from '../intents/id.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import type { Receipt } from '../surfaces/surface.ts'

/** Lets each id in once: the first submission with it counts, every later one is answered with the first. */
export interface Duplicates {
  /** The answer of `first`, called only where `id` was never recorded. @throws what `first` throws */
  once(id: IntentId, first: (id: IntentId) => Promise<Receipt>): Promise<Receipt>
}

/**
 * Exact for every id, however old: what was recorded lately is in `deliveries`; an id whose own time (UUIDv7) lies
 * above the floor of what that has forgotten is new; any other is searched for in the log's bytes, one at a time.
 */
export function openDuplicates(
  log: EventLog,
  deliveries: () => Deliveries,
  /** Where a search begins: nothing that was stamped before the id's time less this is looked at. Milliseconds. */
  aheadMs: number,
): Duplicates {
  const underWay = new Map<IntentId, Promise<Receipt>>()
  let searching: Promise<unknown> = Promise.resolve()

  function known(id: IntentId): Receipt | null {
    const record = deliveries().intents.get(id)
    return record === undefined
      ? null
      : { id, position: record.position, duplicate: true, refusal: null }
  }

  function mayBeForgotten(id: IntentId): boolean {
    const { floor, forgotUntimed } = deliveries()
    const time = idTime(id)
    return time === 0 ? forgotUntimed : time <= floor
  }

  async function search(id: IntentId): Promise<Receipt | null> {
    const from = idTime(id) === 0 ? null : await log.before(idTime(id) - aheadMs)
    const never = new AbortController().signal
    let stored = await log.find(`"id":"${id}"`, from, never)
    while (stored !== null) {
      const { event, position } = decodeEntry(stored)
      // the id may stand inside somebody's arguments
      if (
        (event.type === 'IntentAccepted' || event.type === 'IntentRefused') &&
        event.submission.id === id
      )
        return { id, position, duplicate: true, refusal: null }
      stored = await log.find(`"id":"${id}"`, stored.position, never)
    }
    return null
  }

  async function enter(id: IntentId, first: (id: IntentId) => Promise<Receipt>): Promise<Receipt> {
    const recent = known(id)
    if (recent !== null) return recent
    if (mayBeForgotten(id)) {
      const turn = searching.then(() => search(id))
      searching = turn.catch(() => {}) // who asked is told; the next search is another
      const old = await turn
      if (old !== null) return old
    }
    return first(id)
  }

  return {
    async once(id, first) {
      const before = underWay.get(id)
      if (before !== undefined) return before.then((receipt) => ({ ...receipt, duplicate: true }))
      const entered = enter(id, first)
      underWay.set(id, entered)
      try {
        return await entered
      } finally {
        underWay.delete(id)
      }
    },
  }
}
