import type { Instant } from './id.ts'

/** What a run waits for a person to answer. */
export interface Question {
  readonly at: string
  readonly text: string
  /** The first is the one that goes on. */
  readonly choices: readonly string[]
  /** The answer where nobody gives one in time; null: then it has failed. */
  readonly otherwise: string | null
  readonly until: Instant | null
}
