import type { BusEvent } from './event.ts'
import type { IntentId } from './id.ts'
import { outcomeOfFailure, type Outcome } from './outcome.ts'

/** The intent that `event` ends and how; null where it ends none. The one rule of what an end is. */
export function endOf(
  event: BusEvent,
): { readonly intent: IntentId; readonly outcome: Outcome } | null {
  switch (event.type) {
    case 'IntentRefused':
      return { intent: event.submission.id, outcome: outcomeOfFailure(event.failure) }
    case 'Delivered':
      return { intent: event.intent, outcome: event.ack }
    case 'AttemptFailed':
      return event.retryAt === null
        ? { intent: event.intent, outcome: outcomeOfFailure(event.failure) }
        : null
    case 'IntentEnded':
      return { intent: event.intent, outcome: event.outcome }
    default:
      return null
  }
}
