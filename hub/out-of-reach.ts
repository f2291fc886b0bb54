import type { DeviceId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'

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
