import type { FailureCode } from '../../intents/failure.ts'
import type { Receipt, Refusal } from '../surface.ts'

/** The answer to everything that went wrong: RFC 9457, with `code` and `field` as extension members. */
export interface Problem {
  /** Where the docs page explains the code. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable, for programs. */
  readonly code: string
  /** JSON path of the field at fault: `intent.device`. */
  readonly field?: string
  /** The refused intent and where its refusal is recorded. */
  readonly id?: string
  readonly position?: string
}

/** Every code this API answers with on its own, its status and its title; the hub's refusals come on top. */
export const problemCodes = {
  'bad-request': [400, 'Not a request this server understands'],
  'bad-parameter': [400, 'A parameter of the address has the wrong form'],
  'bad-position': [400, 'No such position or time'],
  'malformed-json': [400, 'The body is not JSON'],
  'invalid-utf8': [400, 'The body is not UTF-8'],
  'too-deep': [400, 'The body is nested too deeply'],
  'token-required': [401, 'A token is required here'],
  'bad-token': [401, 'The token is not valid'],
  'foreign-host': [403, 'The Host header names another machine'],
  'foreign-origin': [403, 'The request comes from another site'],
  'not-found': [404, 'Nothing is served at this address'],
  'unknown-intent': [404, 'No such intent'],
  'unknown-control': [404, 'No such control'],
  'unknown-webhook': [404, 'No such webhook'],
  'unknown-device': [404, 'No such device'],
  'no-image': [404, 'The control has no picture'],
  'no-picture': [404, 'No device shows a picture there'],
  'key-refused': [409, 'The key cannot be changed'],
  'method-not-allowed': [405, 'This address does not know that method'],
  'request-timeout': [408, 'The request took too long to arrive'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'bad-argument': [422, 'An argument is missing or has the wrong form'],
  'upgrade-required': [426, 'This address speaks WebSocket'],
  'headers-too-large': [431, 'The request header is too large'],
  'device-elsewhere': [503, 'Another hub acts for the device'],
  internal: [500, 'A fault of the hub'],
  'log-full': [503, 'The log has no space left'],
  'log-io': [503, 'The log cannot be written'],
  'log-locked': [503, 'Another process has the log'],
  'log-corrupt': [503, 'The log is damaged'],
  'log-closed': [503, 'The hub is going down'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof problemCodes

/** Makes a problem of one of this API's own codes. */
export function problem(code: ProblemCode, detail: string, field?: string): Problem {
  const [status, title] = problemCodes[code]
  return {
    type: `/api/docs#${code}`,
    title,
    status,
    detail,
    code,
    ...(field === undefined ? {} : { field }),
  }
}

/** Makes a problem of the hub's refusal; with `receipt` it says where that is recorded. */
export function refusalProblem(refusal: Refusal, receipt?: Receipt): Problem {
  return {
    type: `/api/docs#${refusal.code}`,
    title: 'Refused',
    status: refusalStatus(refusal),
    detail: refusal.failure.detail,
    code: refusal.code,
    ...(refusal.field === null ? {} : { field: refusal.field }),
    ...(receipt === undefined ? {} : { id: receipt.id, position: receipt.position }),
  }
}

function refusalStatus(refusal: Refusal): number {
  if (refusal.code.startsWith('unknown-')) return 404
  if (/(^|-)exists$/.test(refusal.code)) return 409
  return statusOfFailure(refusal.failure.code)
}

function statusOfFailure(code: FailureCode): number {
  switch (code) {
    case 'not-found':
      return 404
    case 'held':
      return 409
    case 'expired':
      return 410
    case 'malformed':
    case 'refused':
    case 'unknown-outcome':
      return 422
    case 'unreachable':
      return 502
    case 'timeout':
      return 504
    default:
      return code satisfies never
  }
}

/** The one error that routes throw on purpose. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options)
    this.problem = problem
  }
}

/** Shorthand for an error of one of this API's own codes. */
export function fault(code: ProblemCode, detail: string, field?: string): ProblemError {
  return new ProblemError(problem(code, detail, field))
}
