import type { DeviceId, Instant, MacroId } from '../../intents/id.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import type { Outcome } from '../../intents/outcome.ts'
import type { Intent } from '../../intents/intent.ts'

/** What starts a macro by itself, as data. Durations are milliseconds. */
export interface Trigger {
  readonly name: string
  readonly on: Source
  /** Fires only where this holds at that moment; null: always. */
  readonly when: string | null
  readonly run: MacroId
  /** For the macro; an object with the one key `expr` is computed when it fires, over `trigger` and the site. */
  readonly args: Json
  /** Debounce. What holds must hold for so long; what happens must not happen again for so long. 0: at once. */
  readonly forMs: number
  /** After it has fired, nothing for so long. 0: no limit but that of loops. */
  readonly coolDownMs: number
  /** So late, after a crash or a failover, it still fires; later it is refused as expired. */
  readonly lateMs: number
}

/** What of an intent counts; null: any. `name`: of a `do`, the macro of a `run`, the action of a `fire`, the path of a `set`. */
export interface IntentFilter {
  readonly verb: Intent['verb'] | null
  readonly device: DeviceId | null
  readonly name: string | null
}

/** What is listened to. */
export type Source =
  /** An intent is accepted. */
  | { readonly kind: 'intent'; readonly filter: IntentFilter }
  /** An intent ends, as one of these. */
  | { readonly kind: 'outcome'; readonly filter: IntentFilter; readonly ends: readonly Outcome[] }
  /** What a device reports comes to satisfy the test: fires when it does, and not again until it did not. */
  | {
      readonly kind: 'state'
      readonly device: DeviceId
      readonly path: string
      readonly test: Test
    }
  /** A device's link comes up, or goes down. */
  | { readonly kind: 'link'; readonly device: DeviceId; readonly up: boolean }
  /** Something from outside of the log's own devices. `from`: the broker's URL, the UDP port; null where there is but one way. */
  | {
      readonly kind: 'signal'
      readonly way: SignalWay
      readonly name: string
      readonly from: string | null
    }
  /** A hub of the site has started. */
  | { readonly kind: 'start' }
  /** A run of the macro is over, in one of these ways. */
  | { readonly kind: 'run'; readonly macro: MacroId; readonly ends: readonly RunEnd[] }

export type SignalWay = 'webhook' | 'mqtt' | 'osc' | 'file'
export type RunEnd = 'done' | 'stopped' | 'cancelled'

/** When a reported value counts. `reset`: the value at which it may fire again, so that one that trembles fires once. */
export type Test =
  | { readonly is: 'equal'; readonly to: Json }
  | { readonly is: 'above'; readonly limit: number; readonly reset: number }
  | { readonly is: 'below'; readonly limit: number; readonly reset: number }
  /** Any other value than before. */
  | { readonly is: 'change' }

/** The entry that made a trigger fire. */
export interface TriggerCause {
  readonly position: string
  readonly at: Instant
  /** The correlation id of the intent that it is about; null: it is about none. */
  readonly trace: string | null
  /** For people, in a few words: `desk /level 0.9`. */
  readonly what: string
  /** What expressions see as `trigger`. */
  readonly about: JsonObject
}

/** A trigger that is to fire, by an entry of the log. The same entry never gives it twice. */
export interface Firing {
  readonly trigger: string
  /** When it was to fire: the entry's own time, and what it had to wait. */
  readonly at: Instant
  readonly cause: TriggerCause
}
