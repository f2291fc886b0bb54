// @ts-check
/** @import { BusEvent } from '../intents/event.js' */
/** @import { FailureCode } from '../intents/failure.js' */
/** @import { Outcome } from '../intents/outcome.js' */

// The hub's own rule (intents/outcome.ts), which a browser cannot load; test/web-pure.test.ts holds the two together.

/** @type {Readonly<Record<FailureCode, Outcome>>} */
const ofFailure = {
  refused: 'refused',
  held: 'refused',
  malformed: 'refused',
  'not-found': 'refused',
  expired: 'expired',
  'unknown-outcome': 'unknown',
  unreachable: 'failed',
  timeout: 'failed',
}

/**
 * How an intent ended by this event; null where it ends none.
 *
 * @param {BusEvent} event
 * @returns {{ intent: string, outcome: Outcome, detail: string, superseded: boolean } | null}
 */
export function endOf(event) {
  switch (event.type) {
    case 'IntentRefused':
      return {
        intent: event.submission.id,
        outcome: ofFailure[event.failure.code],
        detail: event.failure.detail,
        superseded: false,
      }
    case 'Delivered':
      return { intent: event.intent, outcome: event.ack, detail: '', superseded: false }
    case 'AttemptFailed':
      return event.retryAt === null
        ? {
            intent: event.intent,
            outcome: ofFailure[event.failure.code],
            detail: event.failure.detail,
            superseded: false,
          }
        : null
    case 'IntentEnded':
      return {
        intent: event.intent,
        outcome: event.outcome,
        detail: event.failure?.detail ?? '',
        superseded: event.outcome === 'cancelled' && event.by !== null,
      }
    default:
      return null
  }
}
