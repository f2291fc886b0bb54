import type { EventLog, Position } from '../../bus/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Deliveries, IntentRecord } from '../../projections/deliveries.ts'
import type { LogGap } from '../journal.ts'

/**
 * What this hub still knows of intents whose entries the log's server lost: recorded again behind the gap, so that a hub
 * which starts later neither finds them open and sends them a second time, nor takes them for new. For every fold that
 * knows them already it means nothing: the first acceptance and the first end count. As far back as
 * {@link Deliveries} remembers. Pure.
 */
export function remembered(
  { intents }: Deliveries,
  { after }: LogGap,
  log: Pick<EventLog, 'compare' | 'isProvisional'>,
): readonly BusEvent[] {
  const isLost = ({ position }: IntentRecord) =>
    after === null || log.compare(position as Position, after as Position) > 0
  return [...intents.values()].flatMap((record): readonly BusEvent[] => {
    const { submission, outcome, position } = record
    if (log.isProvisional?.(position as Position)) return [] // it stands in the spool, and comes to the log from there
    const accepted: BusEvent = { type: 'IntentAccepted', submission }
    return [
      ...(isLost(record) ? [accepted] : []),
      ...(outcome === null
        ? []
        : [
            {
              type: 'IntentEnded',
              intent: submission.id,
              outcome: outcome.type,
              failure: outcome.failure,
              by: outcome.by,
            } as const,
          ]),
    ]
  })
}
