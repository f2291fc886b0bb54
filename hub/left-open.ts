import { isForDevice, type Delivery, type DeviceSubmission } from '../adapters/delivery.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Deliveries, IntentRecord } from '../projections/deliveries.ts'
import type { Leases } from '../projections/leases.ts'

/** Each device's share of what is open in the log, in its order: what a router takes up. */
export function openByDevice({ intents }: Deliveries): ReadonlyMap<DeviceId, readonly Delivery[]> {
  const shares = new Map<DeviceId, Delivery[]>()
  for (const record of intents.values()) {
    const { submission } = record
    if (record.outcome !== null || !isForDevice(submission)) continue
    const { device } = submission.intent
    const delivery = deliveryOf(record, submission)
    const share = shares.get(device)
    if (share === undefined) shares.set(device, [delivery])
    else share.push(delivery)
  }
  return shares
}

function deliveryOf({ attempts }: IntentRecord, submission: DeviceSubmission): Delivery {
  const last = attempts.at(-1)
  return last !== undefined && last.endedAt === null
    ? { phase: 'attempting', submission, attempt: last.attempt }
    : {
        phase: 'waiting',
        submission,
        tried: attempts.length,
        retryAt: last?.retryAt ?? null,
        failure: last?.failure ?? null,
      }
}

/**
 * The ends of what is open and nobody will take up: intents of a device that is in no config, and the panic stop whose
 * end a crash tore off.
 */
export function orphansOf(
  { intents }: Deliveries,
  { leases }: Leases,
  config: Config,
): readonly BusEvent[] {
  return [...intents.values()].flatMap(({ submission, outcome }): readonly BusEvent[] => {
    if (outcome !== null) return []
    const intent = submission.id
    // its end stood behind it in the same commit; the fold has obeyed it
    if (submission.intent.verb === 'hold')
      return [{ type: 'IntentEnded', intent, outcome: 'confirmed', failure: null, by: null }]
    if (!isForDevice(submission)) return []
    const { device } = submission.intent
    // a device that only another hub's config has is that hub's business
    if (config.devices.has(device) || leases.get(device)?.hub != null) return []
    const failure = failed('refused', `its device ${device} is no longer in the config`)
    return [{ type: 'IntentEnded', intent, outcome: 'refused', failure, by: null }]
  })
}
