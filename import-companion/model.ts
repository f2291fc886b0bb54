import type { JsonObject } from '../intents/json.ts'

// A Companion export as this folder sees it, whatever version wrote it: 1 (Companion 2.0) to 16 (5.0).

export interface Export {
  readonly version: number
  readonly connections: readonly Connection[]
  readonly pages: readonly Page[]
  readonly triggers: readonly Trigger[]
  /** What else it holds, by its own key, and how much of it. */
  readonly rest: readonly (readonly [what: string, count: number])[]
}

/** One of its connections: to us, a device. */
export interface Connection {
  readonly id: string
  /** What people call it. */
  readonly label: string
  /** The connection module: `generic-osc`. */
  readonly module: string
  readonly enabled: boolean
  readonly config: JsonObject
}

export interface Page {
  /** From 1. */
  readonly number: number
  readonly name: string
  readonly controls: readonly Control[]
}

export interface Control {
  readonly row: number
  readonly column: number
  /** `button`, or what else there is: `pageup`, `pagenum`, `button-reference` … */
  readonly kind: string
  readonly text: string
  /** Of its background, `#rrggbb`; null where it has none of its own. */
  readonly colour: string | null
  /** A `data:` URL; null for none. */
  readonly image: string | null
  /** What of its looks is computed, and so not here: `text`, `colour`. */
  readonly computed: readonly string[]
  /** Each press takes the next. */
  readonly steps: readonly ButtonStep[]
  readonly feedbacks: readonly Feedback[]
}

export interface ButtonStep {
  readonly down: readonly Action[]
  readonly up: readonly Action[]
  readonly rotateLeft: readonly Action[]
  readonly rotateRight: readonly Action[]
  /** What happens when it was held so long, in ms. */
  readonly held: readonly { readonly afterMs: number; readonly actions: readonly Action[] }[]
}

/** Something to do: of a connection, or of Companion itself where `connection` is `internal`. */
export interface Action {
  readonly connection: string
  /** By its module's own word. */
  readonly name: string
  /** Values as they stand; those that are computed have their expression's text here. */
  readonly options: JsonObject
  /** The names of the options that are expressions. */
  readonly expressions: readonly string[]
  /** Groups of others, by their name. */
  readonly children: ReadonlyMap<string, readonly Action[]>
  /** On what it depends: all of it must hold. */
  readonly conditions: readonly Feedback[]
}

/** A condition, or what changes a button's looks. */
export interface Feedback {
  readonly connection: string
  readonly name: string
  readonly options: JsonObject
  readonly inverted: boolean
  /** Whether an option of it is computed. */
  readonly computed: boolean
  /** What it combines, where it does. */
  readonly parts: readonly Feedback[]
}

export interface Trigger {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly events: readonly TriggerEvent[]
  readonly conditions: readonly Feedback[]
  readonly actions: readonly Action[]
}

export interface TriggerEvent {
  readonly type: string
  readonly enabled: boolean
  readonly options: JsonObject
}
