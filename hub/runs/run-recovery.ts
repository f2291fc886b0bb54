import { failed } from '../../intents/failure.ts'
import type { RunId } from '../../intents/id.ts'
import { newRun } from '../../intents/run-state.ts'
import type { RunEvent } from '../../intents/run-event.ts'
import { isUnbegun, type Run } from '../../projections/runs.ts'
import type { RunCarrier } from './run-carrier.ts'
import { endOfRun, intentOf, rescueOf } from './run-end.ts'
import type { RunParts } from './run-parts.ts'
import { steeringOf } from './steering.ts'

/** What a hub that comes to runs under way does with them, beside what it does with every run. */
export interface RunsFound {
  readonly begin: (run: Run) => void
  readonly arrive: (run: Run) => void
  readonly stepEnded: (intent: ReturnType<typeof intentOf>) => void
}

/** Start-up, or after another hub: what is under way goes on or ends, by each macro's own policy; then what was asked of it. */
export function recoverRuns(
  parts: RunParts,
  carrier: RunCarrier,
  found: RunsFound,
  awayMs: number,
): void {
  const { macroOf, stateOf, isOver, submitStep } = carrier
  const cancelled = recoverCancels()
  for (const run of [...parts.runs().runs.values()]) {
    if (cancelled.has(run.run)) continue
    if (run.state === 'running') recoverRun(run)
    else recoverEnd(run)
  }
  recoverSteering()

  function recoverRun(run: Run): void {
    if (isLeft(run)) return submitStep(run, { verb: 'cancel', run: run.run }, run.step, 'cancel')
    const isNew = isUnbegun(run)
    carrier.tell(run, { type: 'crash', awayMs })
    if (isOver(run)) return
    if (isNew || stateOf(run).queued) return found.begin(run)
    for (const { intent } of stateOf(run).frames)
      if (intent !== undefined && parts.deliveries().intents.get(intent)?.outcome != null)
        found.stepEnded(intent)
    if (!isOver(run)) carrier.tell(run, { type: 'look' })
    if (!carrier.isAhead(run.run)) found.arrive(run)
  }

  /** A run that a step of another has started, which is over or does not wait for it any more. */
  function isLeft(run: Run): boolean {
    if (run.startedBy.type !== 'macro') return false
    const parent = parts.runs().runs.get(run.startedBy.run)
    const { cause } = parts.deliveries().intents.get(intentOf(run))?.submission ?? {}
    if (parent === undefined || cause?.at === 'rescue' || parent.stepIntent === intentOf(run))
      return false
    return !stateOf(parent).frames.some(({ intent }) => intent === intentOf(run))
  }

  /** A `cancel` that was accepted, and the hub died before it was carried out. Gives the runs that it ends or undoes now. */
  function recoverCancels(): ReadonlySet<RunId> {
    const ends = new Set<RunId>()
    for (const { submission, outcome } of parts.deliveries().intents.values()) {
      const { id, intent } = submission
      if (outcome !== null || intent.verb !== 'cancel') continue
      const run = parts.runs().runs.get(intent.run)
      if (run === undefined) {
        refuse(id, `the run ${intent.run} is no longer known`)
        continue
      }
      // one that is being undone already refuses it, and is undone on like every other
      if (run.state === 'running' && stateOf(run).ending === null) ends.add(run.run)
      carrier.obey(run, { type: 'cancel' }, id)
    }
    return ends
  }

  /** What was said to a run and accepted, and the hub died before it was carried out. */
  function recoverSteering(): void {
    for (const { submission, outcome } of parts.deliveries().intents.values()) {
      const steering = outcome === null ? steeringOf(submission.intent) : null
      if (steering?.ok !== true) continue
      const run = parts.runs().runs.get(steering.run as RunId) // looked up, whatever it is
      if (run === undefined) refuse(submission.id, `the run ${steering.run} is no longer known`)
      else carrier.obey(run, steering.command, submission.id)
    }
  }

  function refuse(intent: ReturnType<typeof intentOf>, detail: string): void {
    const failure = failed('not-found', detail)
    parts.record([{ type: 'IntentEnded', intent, outcome: 'refused', failure, by: null }])
  }

  /** A run that is over, and the hub died before its intent's end was kept. */
  function recoverEnd(run: Run): void {
    const { run: id, macro, step, state, wakeAt, detail, flaw } = run
    if (parts.deliveries().intents.get(intentOf(run))?.outcome !== null) return
    const last: RunEvent = { type: 'RunAdvanced', run: id, macro, step, state, wakeAt, detail }
    const rescue = rescueOf(macroOf(run), last)
    if (rescue !== null && run.stepIntent === null) submitStep(run, rescue, step, 'rescue')
    const kept = flaw === undefined ? {} : { flaw }
    const was = { ...newRun, taken: 1, flawed: true, ...kept }
    const end = endOfRun(run, last, was, parts.deliveries())
    if (end !== null) parts.record([end])
  }
}
