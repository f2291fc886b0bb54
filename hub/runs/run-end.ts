import type { BusEvent } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { IntentId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import { succeeded, worse, type Outcome } from '../../intents/outcome.ts'
import type { RunEvent } from '../../intents/run-event.ts'
import type { RunState } from '../../intents/run-state.ts'
import type { Macro } from '../../macros/macro.ts'
import type { Deliveries } from '../../projections/deliveries.ts'
import type { Run } from '../../projections/runs.ts'

// How the intent that started a run ends, and what a run that was stopped leads to.

/** A run is named by its intent. */
export function intentOf({ run }: Pick<Run, 'run'>): IntentId {
  return run as string as IntentId
}

/** The end of the run's own intent: as its worst step where it is done; null while it is under way. `was`: before `last`. */
export function endOfRun(
  run: Run,
  last: RunEvent,
  was: RunState,
  deliveries: Deliveries,
): BusEvent | null {
  if (last.state === 'running') return null
  const { flawed = was.flawed, flaw = was.flaw } = last.change ?? {}
  const refused = was.taken === 0 && was.frames.length === 0 && last.detail.startsWith('not begun')
  const outcome = refused ? 'refused' : outcomeOf(run, last, { flawed, flaw }, deliveries)
  const detail = last.state === 'stopped' ? last.detail : succeeded(outcome) ? null : flaw
  const failure: Failure | null =
    detail == null || last.state === 'cancelled'
      ? null
      : { code: 'refused', reached: refused ? 'no' : 'maybe', detail: detail.slice(0, 500) }
  return { type: 'IntentEnded', intent: intentOf(run), outcome, failure, by: null }
}

function outcomeOf(
  run: Run,
  { state }: RunEvent,
  { flawed, flaw }: Pick<RunState, 'flawed'> & { readonly flaw: string | undefined },
  { intents }: Deliveries,
): Outcome {
  if (state === 'cancelled') return 'cancelled'
  if (state === 'stopped') return 'failed'
  const ends = (intents.get(intentOf(run))?.children ?? []).map(
    (child): Outcome => intents.get(child)?.outcome?.type ?? 'confirmed',
  )
  // a failure that was kept by a retry or a recovery is none of the run's
  const counting = flawed ? ends : ends.filter(succeeded)
  const worst = counting.reduce<Outcome>(worse, 'confirmed')
  // a step that failed before it asked anybody for anything
  return flaw !== undefined && succeeded(worst) ? 'failed' : worst
}

/** Why a step failed, with the device: what an adapter says may name only an address. At most 500 characters. */
export function toldBy(intent: Intent, { detail }: Failure): string {
  return ('device' in intent ? `${intent.device}: ${detail}` : detail).slice(0, 500)
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
