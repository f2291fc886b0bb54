import type { BusEvent } from './event.ts'
import type { FailureCode } from './failure.ts'
import type { IntentId } from './id.ts'

/** How an intent ended. Every accepted intent ends as exactly one of these. */
export type Outcome =
  'confirmed' | 'sent' | 'refused' | 'expired' | 'failed' | 'cancelled' | 'unknown'

/** Every outcome, best first: a `do` and a macro end as the worst of their parts. */
export const outcomes: readonly Outcome[] = [
  'confirmed',
  'sent',
  'cancelled',
  'expired',
  'refused',
  'failed',
  'unknown',
]

/** Whether the intent did what it was for. */
export function succeeded(outcome: Outcome): boolean {
  return outcome === 'confirmed' || outcome === 'sent'
}

/** The worse of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return outcomes.indexOf(a) > outcomes.indexOf(b) ? a : b
}

/** The outcome of a failure that will not be tried again. */
export function outcomeOfFailure(code: FailureCode): Outcome {
  switch (code) {
    case 'refused':
    case 'held':
    case 'malformed':
    case 'not-found':
      return 'refused'
    case 'expired':
      return 'expired'
    case 'unknown-outcome':
      return 'unknown'
    case 'unreachable':
    case 'timeout':
      return 'failed'
    default:
      return code satisfies never
  }
}

/** The intent that `event` ends and how; null where it ends none. The one rule of what an end is. */
export function endOf(
  event: BusEvent,
): { readonly intent: IntentId; readonly outcome: Outcome } | null {
  switch (event.type) {
    case 'IntentRefused':
      return { intent: event.submission.id, outcome: outcomeOfFailure(event.failure.code) }
    case 'Delivered':
      return { intent: event.intent, outcome: event.ack }
    case 'AttemptFailed':
      return event.retryAt === null
        ? { intent: event.intent, outcome: outcomeOfFailure(event.failure.code) }
        : null
    case 'IntentEnded':
      return { intent: event.intent, outcome: event.outcome }
    default:
      return null
  }
}
