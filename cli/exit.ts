import type { JsonObject } from '../intents/json.ts'

/** What the command's exit code says: a contract with scripts. */
export const exitCodes = {
  done: 0,
  /** Refused, failed, expired, cancelled or unknown outcome. */
  failed: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** The config is invalid. */
  config: 3,
  /** No hub answers. */
  unreachable: 4,
  /** The record does not verify. */
  unverified: 5,
} as const

export type Exit = keyof typeof exitCodes

/** Ends the command: why, how to go on, and what `--json` prints in place of a result. */
export class Stop extends Error {
  override readonly name = 'Stop'
  readonly exit: Exit
  /** What to do about it; null where nothing helps. */
  readonly hint: string | null
  /** What the process ends with: each fault of a record has its own number. */
  readonly code: number
  /** The hub's `application/problem+json` (RFC 9457); null where the command itself stopped. */
  readonly problem: JsonObject | null

  constructor(
    exit: Exit,
    detail: string,
    more: { hint?: string; problem?: JsonObject; cause?: unknown; code?: number } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.exit = exit
    this.code = more.code ?? exitCodes[exit]
    this.hint = more.hint ?? null
    this.problem = more.problem ?? null
  }
}
