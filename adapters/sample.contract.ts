import type { Static, TObject } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Json } from '../intents/json.ts'
import type { Adapter } from './adapter.ts'
import type { Simulator } from './simulator.ts'

/** What a device says of itself, as it is to be reported. */
export interface Said {
  readonly path: string
  readonly value: Json
}

/** What the contract needs to know of an adapter: `adapters/<protocol>/contract.ts` exports `samples`. */
export interface Sample<
  Options extends TObject = TObject,
  Command = unknown,
  S extends Simulator = Simulator,
> {
  /** `osc over tcp-slip`. */
  readonly name: string
  readonly adapter: Adapter<Options, Command>
  /** What this machine lacks for the simulator, and how to get it; null or absent: nothing. */
  readonly needs?: string | null
  /** A new simulator; where `earlier` had its place if that is given. */
  simulate(earlier: S | null): Promise<S>
  /** The options that reach it. */
  options(simulator: S): Static<Options>
  /** The n-th of a row of different momentary intents, and how it shows in `received()`. */
  fire(n: number): { readonly action: string; readonly args: Json; readonly received: string }
  readonly set: { readonly path: string; readonly value: Json }
  /** What a delivered `fire` says. */
  readonly ack: Ack
  /** Whether the device answers, so that the simulator's faults can be seen. */
  readonly answers: boolean
  /** A fire that `plan` refuses as malformed, and what its text must name. */
  readonly wrong: { readonly action: string; readonly args: Json; readonly names: string }
  /** An action that does not exist, and what its refusal must propose; null where any word is passed on. */
  readonly unknown: { readonly action: string; readonly near: string } | null
  /** Texts of the options that no failure may show. */
  readonly secrets: readonly string[]
  /** Makes the device report `count` times, each another value, and says how the newest shows; null where it cannot. */
  readonly flood: ((simulator: S, count: number) => Said) | null
  /** How many of it are tested at once where each starts programs of its own. Absent: any number. */
  readonly most?: number
}
