import type { Instant, IntentId, MacroId, RunId } from './id.ts'
import type { Json, JsonObject } from './json.ts'

/** Where a macro's run is. */
export type RunEvent = {
  readonly type: 'RunAdvanced'
  readonly run: RunId
  readonly macro: MacroId
  /** The step that is under way, from 0; the number of steps when `done`. Of nested steps, the outermost. */
  readonly step: number
  readonly state: 'running' | 'done' | 'stopped' | 'cancelled'
  /** When the next wait or deadline is over. */
  readonly wakeAt: Instant | null
  readonly detail: string
  /** A digest of the macro's steps, with the entry that begins it: the places are of those. */
  readonly of?: string
  /** What has changed. Absent: the run is at `step` until `wakeAt`, and nothing else of it is under way. */
  readonly change?: RunChange
}

/**
 * One step that is under way. Its place is the way to it: `2`, `2/then.0`, `3/b1.0` (branch 1), `4/r7.0` (round 7), `undo0/u.0`.
 * What is absent is 0, none, or null.
 */
export interface Frame {
  readonly at: string
  /**
   * `at`: it does what it does; `ready`: it is not begun; `retry`: it is begun again at `wakeAt`; `inside`: steps of its own are
   * under way; `instead`: another macro takes its place; `asked`: a person is asked what to do after a crash.
   */
  readonly phase: 'at' | 'ready' | 'retry' | 'inside' | 'instead' | 'asked'
  /** When its wait, its deadline or its pause before the next try is over. */
  readonly wakeAt?: Instant
  /** Tries that have failed. */
  readonly tries?: number
  /** The step's own intent, once it is accepted or refused. */
  readonly intent?: IntentId
  /** Rounds or branches that were begun. */
  readonly round?: number
  /** Branches that have ended. */
  readonly over?: number
  readonly stage?: 'try' | 'recover' | 'always'
  readonly items?: readonly Json[]
  /** What the steps inside it can see. */
  readonly local?: JsonObject
  /** What will be said of it at its end. */
  readonly failed?: RunFailure
}

export interface RunFailure {
  readonly detail: string
  /** Nothing keeps it. */
  readonly fatal: boolean
  /** What the failed step itself wants; null: what holds for the macro. */
  readonly policy: 'stop' | 'compensate' | null
}

/** A step that was done and can be undone. */
export interface Done {
  readonly at: string
  readonly local: JsonObject
}

/** How a run ends when all is undone. */
export interface Ending {
  readonly state: 'stopped' | 'cancelled'
  readonly detail: string
}

export interface RunChange {
  readonly put?: readonly Frame[]
  /** Places that were left, with all inside them; before `put`. */
  readonly left?: readonly string[]
  /** Done, and can be undone. */
  readonly did?: readonly Done[]
  /** How many of the newest of those are undone; `all`: a checkpoint. */
  readonly undone?: number | 'all'
  readonly vars?: JsonObject
  readonly paused?: boolean
  readonly queued?: boolean
  readonly ending?: Ending
  /** A step has failed, and the run went on as it was told. */
  readonly flawed?: boolean
  /** The first of those, for people. */
  readonly flaw?: string
  /** How far the hub's clock was set forward since the run began, where that has changed. Milliseconds. */
  readonly aheadMs?: number
  /** Steps taken so far. */
  readonly taken: number
}
