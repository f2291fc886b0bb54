import type { Recorded } from '../../bus/entry.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { IntentId } from '../../intents/id.ts'
import { failed } from '../../intents/failure.ts'
import { endOf } from '../../intents/end.ts'
import { worse, type Outcome } from '../../intents/outcome.ts'
import type { Deliveries, IntentRecord } from '../../projections/deliveries.ts'
import { isLeftTo } from '../site/left-open.ts'
import { steeringOf } from './steering.ts'

/** The ends of `do` intents that this batch brings: one ends when all it led to has, as the worst of them. */
export function endedNames(
  batch: readonly Recorded[],
  deliveries: Deliveries,
): readonly BusEvent[] {
  const parents = new Set<IntentId>()
  for (const { event } of batch) {
    const end = endOf(event)
    if (end === null) continue
    const cause = deliveries.intents.get(end.intent)?.submission.cause
    if (cause != null) parents.add(cause.intent)
  }
  return [...parents].flatMap((id) => endOfName(deliveries.intents.get(id), deliveries) ?? [])
}

/**
 * The ends of `do` intents that the last stop left open: their parts had all ended, or the hub died in the middle of
 * writing them down, so that some of the `parts(name)` were never accepted.
 */
export function leftNames(
  deliveries: Deliveries,
  hub: string,
  parts: (name: string) => number,
): readonly BusEvent[] {
  return [...deliveries.intents.values()].flatMap((record) => {
    const { id, intent } = record.submission
    if (intent.verb !== 'do' || record.outcome !== null) return []
    if (steeringOf(intent) !== null) return [] // whoever carries out the macros obeys it
    if (isLeftTo(deliveries, record, hub)) return []
    if (record.children.length >= parts(intent.name)) return endOfName(record, deliveries) ?? []
    const detail = `the hub stopped while it was accepted: ${record.children.length} of its parts were, and are carried out`
    return [
      {
        type: 'IntentEnded',
        intent: id,
        outcome: 'failed',
        failure: failed('refused', detail),
        by: null,
      },
    ]
  })
}

function endOfName(record: IntentRecord | undefined, { intents }: Deliveries): BusEvent | null {
  if (record === undefined || record.outcome !== null || record.submission.intent.verb !== 'do')
    return null
  let outcome: Outcome = 'confirmed'
  let failure = null
  for (const child of record.children) {
    const end = intents.get(child)?.outcome
    if (end === null) return null
    if (end === undefined || worse(end.type, outcome) === outcome) continue
    outcome = end.type
    failure = end.failure
  }
  return { type: 'IntentEnded', intent: record.submission.id, outcome, failure, by: null }
}
