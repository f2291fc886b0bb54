import type { Recorded } from '../../bus/entry.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Journal } from '../journal.ts'
import { orphansOf } from '../site/left-open.ts'
import { endedNames, leftNames } from './names.ts'
import type { Room } from '../room.ts'
import type { RunKeeper } from './runs.ts'
import type { VariableKeeper } from '../automation/variables.ts'

/** Carries out the site's macros while this hub is the one that does, and ends what nobody else ends. */
export interface Conductor {
  /** null while another hub carries out the site's macros. */
  runs(): RunKeeper | null
  /** Ends what nobody takes up, then goes on with the runs that are under way, by each macro's own policy. */
  take(awayMs: number): Promise<void>
  /** Another hub does from now on. */
  drop(): void
  /** Starts no further steps; what has ended is still written down. */
  close(): void
  /** Looks again at what it answers for: the config is another one, or what other hubs recorded meanwhile is known now. */
  look(): void
  /** The next entries, after they were folded. */
  apply(batch: readonly Recorded[]): void
}

export interface ConductorParts {
  readonly config: () => Config
  readonly room: Room
  readonly journal: Pick<Journal, 'recorder' | 'insist'>
  /** How many intents a name stands for. */
  partsOf(name: string): number
  openRuns(): RunKeeper
  openVariables(): VariableKeeper
}

export function openConductor({
  config,
  room,
  journal,
  partsOf,
  openRuns,
  openVariables,
}: ConductorParts): Conductor {
  let runs: RunKeeper | null = null
  let variables: VariableKeeper | null = null
  return {
    runs: () => runs,
    async take(awayMs) {
      const mine = openRuns()
      runs = mine
      const values = (variables = openVariables())
      const { deliveries, leases } = room
      const left: readonly BusEvent[] = [
        ...orphansOf(deliveries.state, leases.state, config()),
        ...leftNames(deliveries.state, config().hub, partsOf),
        ...values.left(),
      ]
      if (left.length > 0) await journal.recorder.record(left, 'durable')
      if (runs === mine) mine.recover(awayMs)
    },
    drop() {
      runs?.close()
      runs = null
      variables = null
    },
    look() {
      const left = variables?.left() ?? []
      if (left.length > 0) journal.insist(left, 'durable')
    },
    close: () => runs?.close(),
    apply(batch) {
      if (runs === null) return
      runs.apply(batch)
      const ended = [
        ...(variables?.follow(batch) ?? []),
        ...endedNames(batch, room.deliveries.state),
      ]
      if (ended.length > 0) journal.insist(ended, 'lazy')
    },
  }
}
