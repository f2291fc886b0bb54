/**
 * Why something did not happen, and how far it got. `reached` decides whether it may be tried again:
 * `no` nothing left this machine; `maybe` the bytes may have arrived; `yes` the device got it and said no.
 */
export interface Failure {
  readonly code: FailureCode
  readonly reached: 'no' | 'maybe' | 'yes'
  /** For people: what happened and, where it helps, what to do. No secrets. At most 500 characters. */
  readonly detail: string
}

export type FailureCode =
  /** Nobody there: connection refused, no route, link down. */
  | 'unreachable'
  /** No answer in time. */
  | 'timeout'
  /** The device, or a rule of the hub, said no. */
  | 'refused'
  /** Not understood: wrong type, unknown action, an answer that makes no sense. */
  | 'malformed'
  /** No device, action, macro, name or run of that name. */
  | 'not-found'
  /** The panic stop is on. */
  | 'held'
  /** Too late to be wanted. */
  | 'expired'
  /** A `fire` that may have reached its device: only a person can tell. */
  | 'unknown-outcome'

/** A failure that got nowhere. */
export function failed(code: FailureCode, detail: string): Failure {
  return { code, reached: 'no', detail }
}
