import { isForDevice } from '../../adapters/delivery.ts'
import type { Recorded } from '../../bus/entry.ts'
import type { DeviceId, IntentId } from '../../intents/id.ts'
import type { Submission } from '../../intents/intent.ts'
import type { Deliveries } from '../../projections/deliveries.ts'
import type { Routers } from '../devices/devices.ts'
import { isLeftTo } from './left-open.ts'

/**
 * In a shared log: intents for this hub's devices that another hub accepted, or this one before it had the device.
 * They enter the device's order where they stand in the log.
 */
export interface Adoption {
  /** This hub's own intake has given it its place already, and records it. */
  claimed(id: IntentId): void
  /** That could not be recorded. */
  lost(id: IntentId): void
  /** All entries that came, those of them that count, and the devices that were taken up with them. */
  apply(all: readonly Recorded[], counting: readonly Recorded[], fresh: ReadonlySet<DeviceId>): void
  /** The log was folded anew: takes up what is open in it and was not `known` before. */
  rewound(known: (id: IntentId) => boolean): void
}

/** A log of one hub: its own intake gives every intent its place. */
export const noAdoption: Adoption = {
  claimed: () => {},
  lost: () => {},
  apply: () => {},
  rewound: () => {},
}

/** `clear`: a submission as it is to be sent; null where it cannot be. */
export function openAdoption(
  hub: string,
  routers: Pick<Routers, 'get' | 'take' | 'drop'>,
  deliveries: () => Deliveries,
  clear: (submission: Submission) => Submission | null,
): Adoption {
  const claimed = new Set<IntentId>()

  function adopt(recorded: Submission): void {
    if (!isForDevice(recorded) || routers.get(recorded.intent.device) === undefined) return
    const submission = clear(recorded)
    if (submission !== null && isForDevice(submission))
      routers.get(submission.intent.device)?.adopt(submission)
  }

  /** Another hub has said how all that it did alone ended: what it left open is the owner's like anything else. */
  function takeOver(from: string, fresh: ReadonlySet<DeviceId>): void {
    const devices = new Set<DeviceId>()
    for (const { submission, outcome, alone } of deliveries().intents.values())
      if (outcome === null && alone?.hub === from && isForDevice(submission))
        devices.add(submission.intent.device)
    const mine = [...devices].filter(
      (device) => routers.get(device) !== undefined && !fresh.has(device),
    )
    routers.drop(mine)
    routers.take(mine)
  }

  return {
    claimed: (id) => void claimed.add(id),
    lost: (id) => void claimed.delete(id),
    apply(all, counting, fresh) {
      for (const { hub: by, event } of counting) {
        if (event.type !== 'IntentAccepted') continue
        const { submission } = event
        if (isLeftTo(deliveries(), deliveries().intents.get(submission.id) ?? {}, hub)) continue
        // where another hub's acceptance came before our own, its place is there
        if (by === hub && claimed.has(submission.id)) continue
        // a router that was just opened got it from the fold
        if (isForDevice(submission) && !fresh.has(submission.intent.device)) adopt(submission)
      }
      for (const { hub: by, event } of all) {
        if (by === hub && event.type === 'IntentAccepted') claimed.delete(event.submission.id)
        if (by !== hub && event.type === 'Rejoined') takeOver(by, fresh)
      }
    },
    rewound(known) {
      const state = deliveries()
      for (const record of state.intents.values())
        if (
          record.outcome === null &&
          !known(record.submission.id) &&
          !isLeftTo(state, record, hub)
        )
          adopt(record.submission)
    },
  }
}
