import type { IntentId } from '../intents/id.ts'
import type { Outcome } from '../intents/outcome.ts'

/** What happens to a run, or is asked of it. */
export type RunCommand =
  | { readonly type: 'begin' }
  /** It has to wait for others of its macro. */
  | { readonly type: 'queue' }
  /** It may not run beside those that are under way. */
  | { readonly type: 'drop'; readonly detail: string }
  /** The intent of a step has ended. */
  | {
      readonly type: 'ended'
      readonly intent: IntentId
      readonly outcome: Outcome
      readonly detail: string
      /** It may have arrived all the same. */
      readonly may: boolean
    }
  /** Time has passed, a device has reported, or steps are ready. */
  | { readonly type: 'look' }
  | { readonly type: 'cancel' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** One step of a run that is paused. */
  | { readonly type: 'step' }
  /** The step at that place, or the first that is under way, is left as if it had been done. */
  | { readonly type: 'skip'; readonly at: string | null }
  /** To the question of the step at that place, or to the only one. */
  | { readonly type: 'answer'; readonly at: string | null; readonly choice: string }
  /** The wall clock was set by `setMs`, and the hub's has followed by `followedMs`. */
  | { readonly type: 'clock'; readonly setMs: number; readonly followedMs: number }
  /** Found under way at start-up, the hub having been away for `awayMs`. */
  | { readonly type: 'crash'; readonly awayMs: number }
