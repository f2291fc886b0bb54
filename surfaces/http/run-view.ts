import type { Instant, MacroId, RunId } from '../../intents/id.ts'
import type { Actor } from '../../intents/intent.ts'
import type { Frame } from '../../intents/run-event.ts'
import type { Question } from '../../intents/question.ts'

// How the API shows a run of a macro.

export interface RunView {
  readonly run: RunId
  readonly macro: MacroId
  /** The outermost step that is under way, from 0; `steps` where all are done. */
  readonly step: number
  /** How many outermost steps its macro has. */
  readonly steps: number
  readonly state: 'running' | 'done' | 'stopped' | 'cancelled'
  readonly startedBy: Actor
  readonly startedAt: Instant
  readonly changedAt: Instant
  readonly wakeAt: Instant | null
  readonly detail: string
  /** No step is begun before `run.resume`, or one by one with `run.step`. */
  readonly paused: boolean
  /** It waits for its turn beside others of its macro. */
  readonly queued: boolean
  /** What it has done is being undone. */
  readonly undoing: boolean
  /** Steps taken so far, those in repeats each time. */
  readonly taken: number
  /** The run of which a step has started this one; null: none has. */
  readonly parent: RunId | null
  /** What is under way, each step behind the one around it. Empty when it is over. */
  readonly under: readonly UnderView[]
  /** What people are asked. */
  readonly questions: readonly Question[]
}

/** A step that is under way. */
export interface UnderView {
  /** Its place, for `run.skip` and `run.answer`: `2/then.0`. */
  readonly at: string
  /** For people, who count from 1: `step 3.1`. */
  readonly name: string
  /** What it does: its own name in the config, else in a few words. */
  readonly what: string
  /** See intents/run-event.ts. */
  readonly phase: Frame['phase']
  /** When its wait, its deadline or its pause before the next try is over. */
  readonly wakeAt: Instant | null
  /** Tries that have failed. */
  readonly tries: number
  /** Rounds that were begun, or branches that have ended; null: it has neither. `of` is null where nobody knows. */
  readonly count: {
    readonly unit: 'round' | 'branch'
    readonly at: number
    readonly of: number | null
  } | null
  /** The run that it has started. */
  readonly run: RunId | null
}

/** The newest run that a control has started, while it is under way. */
export interface FaceRun {
  readonly run: RunId
  readonly macro: MacroId
  /** Outermost steps that are done, of all: 0 to 1. */
  readonly share: number
  /** For people: `step 2 of 5, paused`. */
  readonly text: string
  /** What it, or a run that it has started, asks a person; null: nothing. */
  readonly question: (Question & { readonly run: RunId }) | null
}
