import type { Recorded } from '../bus/entry.ts'
import type { BusEvent } from '../intents/event.ts'
import type { IntentId } from '../intents/id.ts'
import { endOf } from '../intents/end.ts'
import { worse, type Outcome } from '../intents/outcome.ts'
import type { Deliveries, IntentRecord } from '../projections/deliveries.ts'

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

/** The ends of `do` intents whose parts had all ended when the hub stopped. */
export function leftNames(deliveries: Deliveries): readonly BusEvent[] {
  return [...deliveries.intents.values()].flatMap((record) => endOfName(record, deliveries) ?? [])
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
