import type { Recorded } from '../bus/entry.ts'
import type { Json } from '../intents/json.ts'

/**
 * A fold of the log. The same entries give the same state, whatever was folded before or after a snapshot; nothing
 * else goes in: no clock, no randomness. `evolve` owns its state and changes it in place, because a copy for each
 * entry would cost more with every device and intent that it holds.
 */
export interface Projection<State> {
  readonly name: string
  /** Raise it when `evolve` or the snapshot changes meaning: the state is then rebuilt from the log. */
  readonly version: number
  initial(): State
  evolve(state: State, recorded: Recorded): void
  /**
   * The state as lines of a snapshot. MUST be complete when the iterable is made: what the lines refer to is never
   * changed in place afterwards, so that they may be written while folding goes on.
   */
  save(state: State): readonly Json[]
  /** The state that `save` wrote. @throws anything for lines it does not understand: the state is rebuilt */
  load(lines: readonly Json[]): State
}

/** A projection and its state as of now. */
export interface Folded<State> {
  readonly projection: Projection<State>
  state: State
}
