import type { IntentId } from '../intents/id.ts'
import type { DeliveryCommand, DeviceSubmission } from './delivery.ts'

/** One of those that take turns. */
export interface Turned {
  readonly submission: DeviceSubmission
  /** Its turn among those that were sent, from 1; null before its first. */
  turn: number | null
}

/**
 * Whose turn it was. Where many are under way at once, a later one may reach its device although an earlier one has failed:
 * that one must not come behind it.
 */
export interface Turns {
  /** It is sent: its turn, which it keeps when it is sent again. */
  take(one: Turned): void
  /** It has reached its device, or may have. */
  arrived(one: Turned): void
  /** What becomes of one that waits, where a later one has arrived; null where it is still to be sent. */
  over(one: Turned): DeliveryCommand | null
}

export function openTurns(): Turns {
  let given = 0
  /** The last that arrived: of all, and of the `set`s of each path. */
  let reached: Turned | undefined
  const reachedSets = new Map<string, Turned>()
  return {
    take: (one) => void (one.turn ??= ++given),
    arrived(one) {
      const { intent } = one.submission
      if (reached === undefined || isBefore(reached, one)) reached = one
      if (intent.verb !== 'set') return
      const known = reachedSets.get(intent.path)
      if (known === undefined || isBefore(known, one)) reachedSets.set(intent.path, one)
    },
    over(one) {
      const { intent } = one.submission
      const later = intent.verb === 'fire' ? reached : reachedSets.get(intent.path)
      return later === undefined || !isBefore(one, later)
        ? null
        : passedBy(one.submission, later.submission.id)
    },
  }
}

/** Whether the turn of `one` comes first; who had none yet comes after all that had. */
export function isBefore(one: Turned, other: Turned): boolean {
  return (one.turn ?? Infinity) < (other.turn ?? Infinity)
}

/** A later value has taken its place, and a `fire` would come too late. */
export function passedBy({ intent }: DeviceSubmission, by: IntentId): DeliveryCommand {
  return intent.verb === 'set' ? { type: 'overtake', by } : { type: 'pass' }
}
