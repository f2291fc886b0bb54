// @ts-check
/** @import { BusEvent } from '../intents/event.js' */
/** @import { Failure, FailureCode } from '../intents/failure.js' */
/** @import { Outcome } from '../intents/outcome.js' */

// The hub's own rule (intents/end.ts), which a browser cannot load; test/web-pure.test.ts holds the two together.

/** What a mark can say: an outcome, or what is none. @typedef {Outcome | 'open' | 'superseded' | 'note' | 'trouble'} MarkName */

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
  if (event.type === 'Delivered')
    return { intent: event.intent, outcome: event.ack, detail: '', superseded: false }
  if (event.type === 'IntentEnded')
    return {
      intent: event.intent,
      outcome: event.outcome,
      detail: event.failure?.detail ?? '',
      superseded: event.outcome === 'cancelled' && event.by !== null,
    }
  if (event.type === 'IntentRefused') return failure(event.submission.id, event.failure)
  return event.type === 'AttemptFailed' && event.retryAt === null
    ? failure(event.intent, event.failure)
    : null
}

/** @param {string} intent @param {Failure} failure */
function failure(intent, { code, detail }) {
  return { intent, outcome: ofFailure[code], detail, superseded: false }
}
