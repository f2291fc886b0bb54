import type { DeviceId, Instant, IntentId, MacroId, RunId } from './id.ts'
import type { Json } from './json.ts'

/** What is wanted. Closed: a device's own words live in `path`, `action` and `args`. */
export type Intent =
  /** Lasting: the last value wins, and it is sent again after a reconnect. */
  | { readonly verb: 'set'; readonly device: DeviceId; readonly path: string; readonly value: Json }
  /** Momentary: never sent again by itself once its bytes may have left. */
  | {
      readonly verb: 'fire'
      readonly device: DeviceId
      readonly action: string
      readonly args: Json
    }
  /** Named in the config or in the standard vocabulary; resolved to the two above, which name it as their cause. */
  | { readonly verb: 'do'; readonly name: string; readonly args: Json }
  | { readonly verb: 'run'; readonly macro: MacroId; readonly args: Json }
  | { readonly verb: 'cancel'; readonly run: RunId }
  /** The panic stop: while it is on, routers refuse with `held`. */
  | { readonly verb: 'hold'; readonly on: boolean }

export type DeviceIntent = Extract<Intent, { readonly device: DeviceId }>

/** Who wanted it. */
export type Actor =
  | {
      readonly type: 'operator'
      readonly id: string
      readonly surface: string
      readonly control: string
    }
  | { readonly type: 'api'; readonly id: string }
  | { readonly type: 'agent'; readonly id: string; readonly onBehalfOf: string }
  | { readonly type: 'macro'; readonly run: RunId }
  /** Schedules, and the hub itself when it sends a lasting value again (`resync`). */
  | { readonly type: 'trigger'; readonly id: string }

/** An intent with who, whence and when: what is recorded before anything acts on it. */
export interface Submission {
  readonly id: IntentId
  readonly intent: Intent
  readonly actor: Actor
  /** Where it came from: `osc:127.0.0.1:53211`, `http:127.0.0.1`. At most 200 characters. */
  readonly source: string
  /** Correlation id, carried from the intent to its macro steps and children. At most 128 characters. */
  readonly trace: string
  readonly at: Instant
  /** After this it is refused, never sent late. */
  readonly expiresAt: Instant | null
  /** The intent that led to this one: the `do` it resolves, or the `run` whose step it is. */
  readonly cause: Cause | null
}

/** The intent that led to another, and at which of its parts. */
export interface Cause {
  readonly intent: IntentId
  readonly step: number
  /** Which try of which step of a run, where the number of the step does not say it. */
  readonly at?: string
}

/** How an actor is written for people and in filters: `operator:anna`, `api:ops`, `macro:<run>`. */
export function actorName(actor: Actor): string {
  return actor.type === 'macro' ? `macro:${actor.run}` : `${actor.type}:${actor.id}`
}
