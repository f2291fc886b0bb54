import type { Instant, IntentId, MacroId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import type { ValueType } from '../../intents/value-type.ts'

// How the API shows what starts macros by itself, and what the site remembers.

/** A variable of the site. */
export interface VariableView {
  readonly name: string
  readonly type: ValueType
  readonly default: Json
  readonly description: string
  readonly value: Json
  /** When it came to this; null: its default is not on record yet. */
  readonly at: Instant | null
  /** The `set` that it has its value from; null: nobody has set it. */
  readonly intent: IntentId | null
}

/** What a trigger or schedule has started last, or what was refused on record. */
export interface FiringView {
  readonly at: Instant
  readonly intent: IntentId
  /** What it was: `trigger:hot by desk /temp 81 (42)`. */
  readonly cause: string
  /** Why it did not start; null: it did. */
  readonly refused: string | null
}

interface StarterView {
  readonly name: string
  readonly run: MacroId
  /** An expression: only where it is true; null: always. */
  readonly when: string | null
  /** Whether a hub starts what it is for, and which; another hub knows best what keeps it from listening. */
  readonly on: boolean
  readonly hub: string | null
  readonly last: FiringView | null
  /** Why it cannot be listened to, or read, at this moment; null where nothing is wrong, or another hub listens. */
  readonly trouble: string | null
}

export interface TriggerView extends StarterView {
  /** For people: `desk /temp above 80, again below 70`. */
  readonly listensTo: string
  readonly forMs: number
  readonly coolDownMs: number
  /** It fires then if nothing comes between; null: it does not wait. */
  readonly waitsUntil: Instant | null
  /** Before this it does not fire again; null: it may. */
  readonly coolsUntil: Instant | null
}

export interface ScheduleView extends StarterView {
  /** For people: `30 2 * * * (Europe/Berlin)`. */
  readonly timing: string
  readonly missed: 'skip' | 'once' | 'all'
  /** When it is due next; null: never again, or its calendar cannot be read. */
  readonly next: Instant | null
}

/** What cannot be listened to, or read. */
export interface TroubleView {
  readonly way: 'mqtt' | 'osc' | 'file' | 'calendar'
  /** The broker without its password, the port, the path. */
  readonly name: string
  readonly detail: string
  readonly since: Instant
}
