import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { IntentId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { succeeded, worse, type Outcome } from '../intents/outcome.ts'
import type { RunEvent } from '../intents/run-event.ts'
import type { RunState } from '../intents/run-state.ts'
import type { Macro } from '../macros/macro.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import type { Run } from '../projections/runs.ts'

// How the intent that started a run ends, and what a run that was stopped leads to.

/** A run is named by its intent. */
export function intentOf({ run }: Pick<Run, 'run'>): IntentId {
  return run as string as IntentId
}

/** The end of the run's own intent: as its worst step where it is done; null while it is under way. */
export function endOfRun(
  run: Run,
  last: RunEvent,
  state: RunState,
  was: RunState,
  deliveries: Deliveries,
): BusEvent | null {
  if (state.state === 'running') return null
  const refused = was.taken === 0 && was.frames.length === 0 && last.detail.startsWith('not begun')
  const failure: Failure | null =
    last.state === 'stopped'
      ? { code: 'refused', reached: refused ? 'no' : 'maybe', detail: last.detail.slice(0, 500) }
      : null
  const outcome = refused ? 'refused' : outcomeOf(run, last, was.flawed, deliveries)
  return { type: 'IntentEnded', intent: intentOf(run), outcome, failure, by: null }
}

function outcomeOf(
  run: Run,
  { state }: RunEvent,
  isFlawed: boolean,
  { intents }: Deliveries,
): Outcome {
  if (state === 'cancelled') return 'cancelled'
  if (state === 'stopped') return 'failed'
  const ends = (intents.get(intentOf(run))?.children ?? []).map(
    (child): Outcome => intents.get(child)?.outcome?.type ?? 'confirmed',
  )
  // a failure that was kept by a retry or a recovery is none of the run's
  const counting = isFlawed ? ends : ends.filter(succeeded)
  return counting.reduce(worse, 'confirmed')
}

/** What a run that was stopped by a failed step leads to; null for nothing. */
export function rescueOf(macro: Macro | undefined, last: RunEvent | undefined): Intent | null {
  const onFailure = macro?.onFailure
  return last?.state === 'stopped' &&
    last.detail.startsWith('step ') &&
    typeof onFailure === 'object'
    ? { verb: 'run', macro: onFailure.run, args: {} }
    : null
}
