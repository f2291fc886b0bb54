import type { DeviceId, MacroId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { ValueType } from '../intents/value-type.ts'

/** A named sequence of steps, as data. Durations are milliseconds. */
export interface Macro {
  readonly id: MacroId
  readonly steps: readonly Step[]
  /** Required: a half-run macro has no safe default. `compensate`: what was done is undone, newest first. */
  readonly onFailure: 'stop' | 'continue' | 'compensate' | { readonly run: MacroId }
  /**
   * What a restart does with a run that was under way: `resume` goes on where it was, `abandon` ends it, `compensate` undoes
   * what was done and ends it, `ask` waits for a person.
   */
  readonly onCrash: 'resume' | 'abandon' | 'compensate' | 'ask'
  /** `resume` holds only so long after the run's last sign of life; later it is abandoned: late is wrong. */
  readonly resumeWithinMs: number
  /** What a `cancel` does with what was done. Default: stop, and leave it. */
  readonly onCancel?: 'stop' | 'compensate'
  /** By name; a `run` that leaves out one without a default is refused. Default: any arguments, unchecked. */
  readonly args?: Readonly<Record<string, Argument>>
  /** Default: as many at once as are asked for. */
  readonly concurrency?: Concurrency
  /** Default: {@link defaultLimits}. */
  readonly limits?: Limits
}

export interface Argument {
  readonly type: ValueType
  /** Absent: it must be given. */
  readonly default?: Json
}

/** What a second run does while others are under way. */
export type Concurrency =
  /** It waits until fewer than `most` are under way. */
  | { readonly policy: 'queue'; readonly most: number }
  /** It is refused while `most` are under way. */
  | { readonly policy: 'drop'; readonly most: number }
  /** The others are cancelled; it begins when they are over. */
  | { readonly policy: 'restart'; readonly most: 1 }

export interface Limits {
  /** Steps that one run takes, those in repeats counted each time. */
  readonly steps: number
  /** From its start to its end, pauses included. */
  readonly withinMs: number
}

/** 10,000 steps end a repeat that never does; 30 days are longer than any show, and than a watch of a week. */
export const defaultLimits: Limits = { steps: 10_000, withinMs: 30 * 24 * 3_600_000 }

/** One minute: a restart by a supervisor is well inside it, a repair is not. */
export const defaultResumeWithinMs = 60_000

/** What is computed when the step is come to. Anywhere in arguments and values: an object with this one key. */
export interface Expression {
  readonly expr: string
}

/** What a step can test, and wait for. */
export type Condition =
  /** The device reports this. */
  | { readonly device: DeviceId; readonly path: string; readonly equals: Json }
  /** Its link is up, or down: it answers, or it is gone. */
  | { readonly device: DeviceId; readonly up: boolean }
  /** The expression gives true. */
  | Expression

/** One step: what it does, and what holds for it. */
export type Step = StepBody & StepRules

export type Steps = readonly Step[]

export interface StepRules {
  /** For people: what the console and the record call it. */
  readonly name?: string
  /** How long one try may take; then it has failed. An `until` and an `ask` must have it. */
  readonly withinMs?: number
  /** How often it is tried again after it has failed. Never a `fire` that may have arrived. */
  readonly retry?: { readonly times: number; readonly everyMs: number }
  /** What its failure leads to, after the last try. Default: what holds for the macro. `run`: the other macro takes its place. */
  readonly onFailure?: 'stop' | 'continue' | 'compensate' | { readonly run: MacroId }
  /** When an intent is done: `confirmed` takes `sent` for a failure. Default: sent. */
  readonly waitFor?: 'sent' | 'confirmed'
  /** What takes it back, where a later step fails and the run compensates. */
  readonly undo?: Steps
}

export type StepBody =
  | IntentStep
  | WaitStep
  | TimeStep
  | UntilStep
  | IfStep
  | ChooseStep
  | RepeatStep
  | TogetherStep
  | TryStep
  | AskStep
  | CheckpointStep
  | NoteStep
  | AbortStep
  | LetStep

/** Done when the intent has ended; anything but `sent` and `confirmed` is a failure of the step. */
export interface IntentStep {
  readonly do: Intent
}

/** `jitterMs`: up to so much longer, by chance. */
export interface WaitStep {
  readonly waitMs: number
  readonly jitterMs?: number
}

/** Until that time of day comes next: `18:30` or `18:30:15`, in the zone (IANA name; default: UTC). */
export interface TimeStep {
  readonly time: string
  readonly zone?: string
}

export interface UntilStep {
  readonly until: Condition
  readonly withinMs: number
}

export interface IfStep {
  readonly if: Condition
  readonly then: Steps
  readonly else?: Steps
}

/** The first whose condition holds. */
export interface ChooseStep {
  readonly choose: readonly { readonly when: Condition; readonly steps: Steps }[]
  readonly otherwise?: Steps
}

export interface RepeatStep {
  readonly repeat:
    | { readonly times: number | Expression }
    | { readonly while: Condition }
    /** `as`: the name of the variable that holds the item. */
    | { readonly each: readonly Json[] | Expression; readonly as: string }
  readonly steps: Steps
}

/**
 * Branches side by side, `limit` at once. `all`: until all have ended, and failed where one has. `any`: until one has succeeded.
 * `first`: until one has ended, however. What is then still under way is left, and runs that it started are cancelled.
 */
export interface TogetherStep {
  readonly together: readonly Steps[]
  readonly finish: 'all' | 'any' | 'first'
  readonly limit?: number
}

/** `recover` where a step of `try` fails; `always` after either, whatever became of them. */
export interface TryStep {
  readonly try: Steps
  readonly recover?: Steps
  readonly always?: Steps
}

/**
 * A person answers on a surface. With `as` the answer is a variable; without it the first choice goes on, and any other is a
 * failure of the step. `otherwise`: the answer when nobody gives one in time; absent: a failure.
 */
export interface AskStep {
  readonly ask: string
  readonly choices: readonly string[]
  readonly otherwise?: string
  readonly as?: string
  readonly withinMs: number
}

/** From here on nothing before it is undone. */
export interface CheckpointStep {
  readonly checkpoint: string
}

/** Recorded, and nothing else. */
export interface NoteStep {
  readonly note: string
}

/** Ends the run as failed; no `recover` keeps it. */
export interface AbortStep {
  readonly abort: string
}

/** Variables of the run: values, or expressions over what was there before. */
export interface LetStep {
  readonly let: JsonObject
}

/** What expressions are over. */
export interface Scope {
  readonly args: Json
  /** Of the run, those of the repeats around the step included. */
  readonly vars: JsonObject
  readonly now: number
}
