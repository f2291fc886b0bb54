import type { Intent } from '../intents/intent.ts'
import type { Ending, Frame, RunFailure } from '../intents/run-event.ts'
import type { Draft } from './draft.ts'
import type { Condition, Step } from './macro.ts'

/**
 * How a run goes from step to step. A step is entered, and is then done or has failed; what that leads to is the business of
 * the step around it. Nothing here waits: a step that does is a frame, and what ends it is another command.
 *
 *   enter ──▶ begin (begin.ts): what a step of its kind does
 *     ▲          ├── over at once, or later by a command ──▶ complete ──▶ the next of its list (open-walk.ts)
 *     │          ├── steps inside it: rounds.ts, branches.ts ──▶ listOver
 *     │          └── fail (failing.ts) ──▶ tried again, another macro instead, or raised to the step around it
 *     └── what undoes (undoing.ts): the steps of one `undo` after the other
 *
 * A hub that was killed goes on in the middle of what one commit should have brought: rekindle.ts.
 */
export interface Walk {
  readonly draft: Draft
  /** Comes to the first step of the macro. */
  start(): void
  /** Begins a step; while the run is paused only where `isForced`. */
  enter(at: string, tries?: number, isForced?: boolean): void
  /** What a step that is come to does. `frame` is how it is written down. */
  begin(step: Step, at: string, frame: Begun, inside: Inside): void
  complete(at: string): void
  /** Goes on behind a step, as if it had been done; the next entry says why. */
  skip(at: string, detail?: string): void
  /** The next step of a list, or the end of the list. */
  goTo(parent: string, slot: string, index: number): void
  /** The first step of one of a step's lists. */
  open(at: string, slot: string): void
  /** A list of steps is at its end, and nothing in it has failed. */
  listOver(parent: string, slot: string): void

  /** Begins the next round of a repeat, or ends it. */
  nextRound(at: string): void
  /** Begins branches as far as the limit allows; the step is over when there are none left. */
  moreBranches(at: string): void
  branchOver(at: string, failure: RunFailure | null): void
  /** To the `always` of a try; `failed` is what it ends with. */
  finally(at: string, failed: RunFailure | null): void

  fail(at: string, detail: string, how?: FailedHow): void
  /** What a failed step, or a step in which one has failed, leads to. */
  pass(at: string, failure: RunFailure, may?: boolean): void
  /** Ends the run, whatever would keep the failure of a step. */
  fatal(detail: string): void
  /** The other macro that was to take a step's place did not. */
  failedInstead(at: string, detail: string): void
  /** The config has changed under the run: this place is not what it was. */
  changed(at: string): void

  /** Takes back what was done, newest first, then ends so. */
  undo(ending: Ending): void
  /** The next of what is to be undone, after `over` of it are. */
  nextUndo(over: number): void
  /** A step can be undone from now on, where it says how. */
  keep(at: string): void
  /** Leaves what is inside a step; what was under way there may have happened, so it is undone like what was done. */
  leaveInside(at: string): void

  /** Goes on in the middle of what one commit should have brought, and a crash has cut. */
  rekindle(): void

  /** Whether it holds; a fault of the expression is a detail. */
  test(condition: Condition, at: string): boolean | { readonly detail: string }
  /** Submits the intent of a frame. */
  wish(frame: Frame, intent: Intent): void
  /** What a frame says that is looked at in so many ms; for undefined nothing. */
  after(ms: number | undefined): Pick<Frame, 'wakeAt'>
  stepOf(at: string): Step | undefined
  /** For people. */
  nameOf(at: string): string
  change(at: string, more: Partial<Frame>): void
  isOver(): boolean
  /** What the next entry says. */
  say(detail: string): void
  /** Takes what was to be said. */
  said(): string
}

/** A frame of a step that is come to, and more of it. */
export type Begun = (more: Partial<Frame>) => Frame

/** Writes down that steps inside a step are under way. */
export type Inside = (more?: Partial<Frame>) => void

export interface FailedHow {
  /** Nothing keeps it. */
  readonly fatal?: boolean
  /** Its intent may have arrived all the same. */
  readonly may?: boolean
}
