import type { Recorded } from '../../bus/entry.ts'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { siteDevice, type DeviceId, type IntentId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'

/** Why nobody would carry an intent out that a hub takes while it is alone; null where this hub does. Pure. */
export function outOfReach(
  intent: Intent,
  actsFor: (device: DeviceId) => boolean,
  runsMacros: boolean,
): string | null {
  const why = 'this hub is cut off from the others, and does not act for'
  switch (intent.verb) {
    case 'fire':
    case 'set':
      if (intent.device === siteDevice)
        return runsMacros ? null : `${why} variables: set it at the hub that does`
      return actsFor(intent.device) ? null : `${why} ${intent.device}: press at the hub that does`
    case 'run':
    case 'cancel':
      return runsMacros ? null : `${why} macros: press at the hub that does`
    case 'do':
    case 'hold':
      return null // the parts of a name are judged one by one, and the panic stop counts where it is pressed
    default:
      return intent satisfies never
  }
}

/**
 * The ends of what came in just before the hub knew that it is alone, and is out of its reach: those who wait are told
 * now, and not when the log is back. `isOpen`: accepted alone, and without an end.
 */
export function endsOutOfReach(
  batch: readonly Recorded[],
  isOpen: (id: IntentId) => boolean,
  reason: (intent: Intent) => string | null,
): readonly BusEvent[] {
  return batch.flatMap(({ event }): readonly BusEvent[] => {
    if (event.type !== 'IntentAccepted' || !isOpen(event.submission.id)) return []
    const { id, intent } = event.submission
    const why = reason(intent)
    if (why === null) return []
    const failure = failed('unreachable', why)
    return [{ type: 'IntentEnded', intent: id, outcome: 'failed', failure, by: null }]
  })
}
