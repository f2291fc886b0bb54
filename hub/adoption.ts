import { isForDevice } from '../adapters/delivery.ts'
import type { Recorded } from '../bus/entry.ts'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { Submission } from '../intents/intent.ts'
import type { Routers } from './devices.ts'

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
}

/** A log of one hub: its own intake gives every intent its place. */
export const noAdoption: Adoption = { claimed: () => {}, lost: () => {}, apply: () => {} }

export function openAdoption(hub: string, routers: Pick<Routers, 'get'>): Adoption {
  const claimed = new Set<IntentId>()

  function adopt(submission: Submission): void {
    if (isForDevice(submission)) routers.get(submission.intent.device)?.adopt(submission)
  }

  return {
    claimed: (id) => void claimed.add(id),
    lost: (id) => void claimed.delete(id),
    apply(all, counting, fresh) {
      for (const { hub: by, event } of counting) {
        if (event.type !== 'IntentAccepted') continue
        const { submission } = event
        // where another hub's acceptance came before our own, its place is there
        if (by === hub && claimed.has(submission.id)) continue
        // a router that was just opened got it from the fold
        if (isForDevice(submission) && !fresh.has(submission.intent.device)) adopt(submission)
      }
      for (const { hub: by, event } of all)
        if (by === hub && event.type === 'IntentAccepted') claimed.delete(event.submission.id)
    },
  }
}
