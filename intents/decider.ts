import type { BusEvent } from './event.ts'

/**
 * The shape of every pure state machine here (delivery, macro run). `decide` says what happens next and gets the
 * time inside its command; `evolve` is the only way to a new state. Neither touches the world.
 */
export interface Decider<Command, State> {
  readonly initial: State
  decide(command: Command, state: State): readonly BusEvent[]
  evolve(state: State, event: BusEvent): State
}
