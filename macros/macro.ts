import type { DeviceId, MacroId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'

/** A named sequence of intents, as data. Durations are milliseconds. */
export interface Macro {
  readonly id: MacroId
  readonly steps: readonly Step[]
  /** Required: a half-run macro has no safe default. */
  readonly onFailure: 'stop' | 'continue' | { readonly run: MacroId }
  /** What a restart does with a run that was under way: `resume` goes on with the next step, `abandon` ends it. */
  readonly onCrash: 'resume' | 'abandon'
  /** `resume` holds only so long after the run's last sign of life; later it is abandoned: late is wrong. */
  readonly resumeWithinMs: number
}

export type Step =
  /** Done when the intent has ended; anything but `sent` and `confirmed` is a failure of the step. */
  | { readonly do: Intent }
  | { readonly waitMs: number }
  | { readonly until: Condition; readonly withinMs: number }

/** What a step can wait for. */
export type Condition =
  /** The device reports this. */
  | { readonly device: DeviceId; readonly path: string; readonly equals: Json }
  /** Its link is up, or down: it answers, or it is gone. */
  | { readonly device: DeviceId; readonly up: boolean }

/** One minute: a restart by a supervisor is well inside it, a repair is not. */
export const defaultResumeWithinMs = 60_000
