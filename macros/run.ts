import type { BusEvent, RunEvent } from '../intents/event.ts'
import type { Instant, RunId } from '../intents/id.ts'
import type { Macro, Step } from './macro.ts'

// One run of a macro, as a pure state machine over what is recorded of it:
//
//   begin ──▶ running at step 0 ──stepDone──▶ running at step 1 … ──stepDone──▶ done
//                │   └──stepFailed──▶ by `onFailure`: stopped, or running at the next step
//                └──cancel──▶ cancelled        (after a crash) ──resume or abandon, by `onCrash`

/** Where a run stands: the newest `RunAdvanced`. */
export interface RunState {
  readonly step: number
  readonly state: RunEvent['state']
}

export type RunCommand =
  | { readonly type: 'begin'; readonly now: Instant }
  | { readonly type: 'stepDone'; readonly now: Instant }
  | { readonly type: 'stepFailed'; readonly now: Instant; readonly detail: string }
  | { readonly type: 'cancel' }
  /** Found under way at start-up, the hub having been away for `awayMs`. */
  | { readonly type: 'crash'; readonly awayMs: number }

/** The next entries of `run`. Empty where nothing is recorded: a run that is over stays as it is. */
export function decideRun(
  run: RunId,
  macro: Macro,
  command: RunCommand,
  at: RunState,
): readonly RunEvent[] {
  if (at.state !== 'running') return []
  const end = (state: RunEvent['state'], detail: string): readonly RunEvent[] => [
    { type: 'RunAdvanced', run, macro: macro.id, step: at.step, state, wakeAt: null, detail },
  ]
  const enter = (step: number, now: Instant, detail: string): readonly RunEvent[] => {
    const next = macro.steps[step]
    return [
      next === undefined
        ? { type: 'RunAdvanced', run, macro: macro.id, step, state: 'done', wakeAt: null, detail }
        : {
            type: 'RunAdvanced',
            run,
            macro: macro.id,
            step,
            state: 'running',
            wakeAt: wakeAt(next, now),
            detail,
          },
    ]
  }
  switch (command.type) {
    case 'begin':
      return enter(0, command.now, '')
    case 'stepDone':
      return enter(at.step + 1, command.now, '')
    case 'stepFailed': {
      const detail = `step ${at.step + 1}: ${command.detail}`
      return macro.onFailure === 'continue'
        ? enter(at.step + 1, command.now, detail)
        : end('stopped', detail)
    }
    case 'cancel':
      return end('cancelled', 'cancelled')
    case 'crash':
      if (macro.onCrash === 'abandon')
        return end('stopped', 'abandoned: the hub was restarted in the middle (onCrash: abandon)')
      return command.awayMs <= macro.resumeWithinMs
        ? []
        : end(
            'stopped',
            `abandoned: the hub was away for ${command.awayMs} ms, longer than resumeWithin`,
          )
    default:
      return command satisfies never
  }
}

function wakeAt(step: Step, now: Instant): Instant | null {
  if ('waitMs' in step) return (now + step.waitMs) as Instant // ms since the epoch
  return 'until' in step ? ((now + step.withinMs) as Instant) : null
}

/** Where `event` leaves the run. */
export function evolveRun(state: RunState, event: BusEvent): RunState {
  return event.type === 'RunAdvanced' ? { step: event.step, state: event.state } : state
}
