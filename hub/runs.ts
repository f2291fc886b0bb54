import type { Clock } from '../bus/clock.ts'
import type { Recorded } from '../bus/entry.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent, RunEvent } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import type { IntentId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { sameJson } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import { succeeded, worse, type Outcome } from '../intents/outcome.ts'
import type { Macro, Step } from '../macros/macro.ts'
import { decideRun, type RunCommand } from '../macros/run.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import type { Devices } from '../projections/devices.ts'
import type { Run, Runs } from '../projections/runs.ts'
import type { InnerWish } from './intake.ts'

/** What carries macros out: it turns what is recorded into the next step. The rules are in macros/run.ts. */
export interface RunKeeper {
  /** The next entries, after the projections have folded them. */
  apply(batch: readonly Recorded[]): void
  /** Start-up: what was under way is resumed or abandoned, by each macro's own policy. */
  recover(awayMs: number): void
  close(): void
}

export interface RunKeeperParts {
  readonly clock: Clock
  config(): Config
  readonly runs: () => Runs
  readonly deliveries: () => Deliveries
  readonly devices: () => Devices
  /** Records, again and again until it is recorded. */
  record(events: readonly BusEvent[]): void
  /** Submits, again and again until it is recorded. */
  submit(wish: InnerWish): void
}

/** A macro may run others so deep: a macro that runs itself ends here. */
const maxDepth = 16

export function openRunKeeper(parts: RunKeeperParts): RunKeeper {
  const { clock } = parts
  const wakes = new Map<RunId, () => void>()
  /** Runs whose end is being recorded: nothing else may end them a second time meanwhile. */
  const ending = new Set<RunId>()
  /** Until `recover` has looked at what is folded, what start-up itself records is not acted on twice. */
  let recovered = false

  const macroOf = (run: Run): Macro | undefined => parts.config().macros.get(run.macro)
  const stepOf = (run: Run): Step | undefined => macroOf(run)?.steps[run.step]

  function tell(run: Run, command: RunCommand): void {
    if (ending.has(run.run)) return
    const macro = macroOf(run)
    const events = macro === undefined ? gone(run) : decideRun(run.run, macro, command, run)
    const [advanced] = events
    if (advanced === undefined) return
    if (advanced.state !== 'running') ending.add(run.run)
    unwake(run.run)
    const step = advanced.state === 'running' ? macro?.steps[advanced.step] : undefined
    if (step !== undefined && 'do' in step) {
      submitStep(run, step.do, advanced)
      return
    }
    const end = endOfRun(run, advanced, null)
    const rescue = command.type === 'stepFailed' ? rescueOf(macro, advanced) : null
    if (rescue === null) return parts.record(end === null ? events : [...events, end])
    // with the stop in one commit, and before the run's own end: a crash between them loses no rescue
    submitStep(run, rescue, advanced)
    if (end !== null) parts.record([end])
  }

  function submitStep(run: Run, intent: Intent, lead?: RunEvent): void {
    parts.submit({
      intent,
      actor: { type: 'macro', run: run.run },
      source: `macro:${run.macro}`,
      trace: run.trace,
      cause: { intent: run.run as string as IntentId, step: lead?.step ?? run.step }, // a run is named by its intent
      ...(lead === undefined ? {} : { lead: [lead] }),
    })
  }

  /** The end of the run's own intent: as its worst step where it is done. */
  function endOfRun(run: Run, advanced: RunEvent, by: IntentId | null): BusEvent | null {
    if (advanced.state === 'running') return null
    const intent = run.run as string as IntentId // a run is named by its intent
    const failure =
      advanced.state === 'stopped'
        ? ({ code: 'refused', reached: 'maybe', detail: advanced.detail } as const)
        : null
    return { type: 'IntentEnded', intent, outcome: outcomeOf(intent, advanced), failure, by }
  }

  function outcomeOf(intent: IntentId, { state }: RunEvent): Outcome {
    if (state === 'cancelled') return 'cancelled'
    if (state === 'stopped') return 'failed'
    const { intents } = parts.deliveries()
    return (intents.get(intent)?.children ?? [])
      .map((child): Outcome => intents.get(child)?.outcome?.type ?? 'confirmed')
      .reduce(worse, 'confirmed')
  }

  function unwake(run: RunId): void {
    wakes.get(run)?.()
    wakes.delete(run)
  }

  /** What a run that has just come to a step waits for. */
  function arrive(run: Run): void {
    const step = stepOf(run)
    if (run.state !== 'running' || step === undefined || 'do' in step || run.wakeAt === null) return
    if ('until' in step && holds(step)) return tell(run, { type: 'stepDone', now: clock.now() })
    const wake = () => woken(run.run)
    unwake(run.run)
    wakes.set(run.run, clock.after(run.wakeAt - clock.now(), wake))
  }

  function woken(id: RunId): void {
    const run = parts.runs().runs.get(id)
    const step = run === undefined ? undefined : stepOf(run)
    if (run === undefined || step === undefined || 'do' in step) return
    const now = clock.now()
    if ('waitMs' in step) return tell(run, { type: 'stepDone', now })
    const { until, withinMs } = step
    const became =
      'up' in until
        ? `the link to ${until.device} did not ${until.up ? 'come up' : 'go down'}`
        : `${until.device} ${until.path} did not become ${JSON.stringify(until.equals)}`
    tell(run, { type: 'stepFailed', now, detail: `${became} within ${withinMs} ms` })
  }

  function holds({ until }: Extract<Step, { readonly until: unknown }>): boolean {
    const device = parts.devices().devices.get(until.device)
    if ('up' in until) return device?.link.up === until.up // null is neither: nobody knows
    const reported = device?.reported.get(until.path)
    return reported !== undefined && sameJson(reported.value, until.equals)
  }

  function stepEnded(id: IntentId, outcome: Outcome, detail: string): void {
    const cause = parts.deliveries().intents.get(id)?.submission
    if (cause?.cause == null || cause.actor.type !== 'macro') return
    const run = parts.runs().runs.get(cause.actor.run)
    if (run?.state !== 'running' || run.stepIntent !== id) return
    const now = clock.now()
    tell(
      run,
      succeeded(outcome)
        ? { type: 'stepDone', now }
        : { type: 'stepFailed', now, detail: detail || outcome },
    )
  }

  function begin(run: Run): void {
    if (depthOf(run) <= maxDepth) return tell(run, { type: 'begin', now: clock.now() })
    const detail = `macros run each other deeper than ${maxDepth}`
    const advanced = {
      type: 'RunAdvanced',
      run: run.run,
      macro: run.macro,
      step: 0,
      state: 'stopped',
      wakeAt: null,
      detail,
    } as const
    const end = endOfRun(run, advanced, null)
    parts.record(end === null ? [advanced] : [advanced, end])
  }

  function depthOf(run: Run): number {
    let depth = 0
    for (
      let at: Run | undefined = run;
      at?.startedBy.type === 'macro' && depth <= maxDepth;
      depth++
    )
      at = parts.runs().runs.get(at.startedBy.run)
    return depth
  }

  function cancel(run: Run, by: IntentId): void {
    const [advanced] = ending.has(run.run)
      ? []
      : macroOf(run) === undefined
        ? gone(run)
        : decideRun(run.run, { ...noMacro, id: run.macro }, { type: 'cancel' }, run)
    if (advanced !== undefined) ending.add(run.run)
    unwake(run.run)
    const end = advanced === undefined ? null : endOfRun(run, advanced, by)
    parts.record([
      ...(advanced === undefined || end === null ? [] : [advanced, end]),
      { type: 'IntentEnded', intent: by, outcome: 'confirmed', failure: null, by: null },
    ])
  }

  function react({ event }: Recorded): void {
    const { runs } = parts.runs()
    switch (event.type) {
      case 'IntentAccepted': {
        const { id, intent } = event.submission
        if (intent.verb === 'run') {
          const run = runs.get(id as string as RunId) // a run is named by its intent
          if (run !== undefined) begin(run)
        } else if (intent.verb === 'cancel') {
          const run = runs.get(intent.run)
          if (run !== undefined) cancel(run, id)
        }
        break
      }
      case 'RunAdvanced': {
        const run = runs.get(event.run)
        if (event.state !== 'running') ending.delete(event.run)
        if (run !== undefined && run.step === event.step) arrive(run)
        break
      }
      case 'DeviceReported':
      case 'LinkChanged':
        for (const id of wakes.keys()) {
          const run = runs.get(id)
          const step = run === undefined ? undefined : stepOf(run)
          if (run !== undefined && step !== undefined && 'until' in step && holds(step))
            tell(run, { type: 'stepDone', now: clock.now() })
        }
        break
      default: {
        const end = endOf(event)
        if (end === null) return
        const detail = 'failure' in event && event.failure !== null ? event.failure.detail : ''
        stepEnded(end.intent, end.outcome, detail)
      }
    }
  }

  return {
    apply(batch) {
      if (!recovered) return
      for (const recorded of batch) react(recorded)
    },
    recover(awayMs) {
      recovered = true
      const cancelled = recoverCancels()
      for (const run of parts.runs().runs.values()) {
        if (cancelled.has(run.run)) continue
        if (run.state !== 'running') {
          recoverEnd(run)
          continue
        }
        const macro = macroOf(run)
        const events =
          macro === undefined
            ? gone(run)
            : decideRun(run.run, macro, { type: 'crash', awayMs }, run)
        if (events.length > 0) tell(run, { type: 'crash', awayMs })
        else resume(run)
      }
    },
    close() {
      for (const cancelWake of wakes.values()) cancelWake()
      wakes.clear()
    },
  }

  /** A `cancel` that was accepted, and the hub died before it was carried out. Gives the runs that it ends now. */
  function recoverCancels(): ReadonlySet<RunId> {
    const ends = new Set<RunId>()
    for (const { submission, outcome } of parts.deliveries().intents.values()) {
      const { id, intent } = submission
      if (outcome !== null || intent.verb !== 'cancel') continue
      const run = parts.runs().runs.get(intent.run)
      if (run === undefined) {
        const failure = failed('not-found', `the run ${intent.run} is no longer known`)
        parts.record([{ type: 'IntentEnded', intent: id, outcome: 'refused', failure, by: null }])
        continue
      }
      if (run.state === 'running') ends.add(run.run)
      cancel(run, id)
    }
    return ends
  }

  /** A run that is over, and the hub died before its intent's end was kept. */
  function recoverEnd(run: Run): void {
    const { run: id, macro, step, state, wakeAt, detail } = run
    if (parts.deliveries().intents.get(id as string as IntentId)?.outcome !== null) return // a run is named by its intent
    const rescue = rescueOf(macroOf(run), run)
    if (rescue !== null && run.stepIntent === null) submitStep(run, rescue)
    const end = endOfRun(
      run,
      { type: 'RunAdvanced', run: id, macro, step, state, wakeAt, detail },
      null,
    )
    if (end !== null) parts.record([end])
  }

  function resume(run: Run): void {
    const step = stepOf(run)
    if (step === undefined) return begin(run)
    if (!('do' in step)) return run.wakeAt === null ? begin(run) : arrive(run)
    const outcome =
      run.stepIntent === null ? undefined : parts.deliveries().intents.get(run.stepIntent)?.outcome
    if (run.stepIntent === null) return submitStep(run, step.do, entered(run))
    if (outcome != null) stepEnded(run.stepIntent, outcome.type, outcome.failure?.detail ?? '')
  }
}

/** What a run that was stopped by a failed step leads to; null for nothing. */
function rescueOf(
  macro: Macro | undefined,
  { state, detail }: Pick<RunEvent, 'state' | 'detail'>,
): Intent | null {
  const onFailure = macro?.onFailure
  return state === 'stopped' && detail.startsWith('step ') && typeof onFailure === 'object'
    ? { verb: 'run', macro: onFailure.run, args: {} }
    : null
}

const noMacro = { steps: [], onFailure: 'stop', onCrash: 'abandon', resumeWithinMs: 0 } as const

/** A step that was come to, or about to be, and whose intent was never accepted: it is entered again. */
function entered(run: Run): RunEvent {
  const { macro, step } = run
  return {
    type: 'RunAdvanced',
    run: run.run,
    macro,
    step,
    state: 'running',
    wakeAt: null,
    detail: '',
  }
}

/** The end of a run whose macro is no longer in the config. */
function gone(run: Run): readonly RunEvent[] {
  if (run.state !== 'running') return []
  const detail = `the macro ${run.macro} is no longer in the config`
  return [
    {
      type: 'RunAdvanced',
      run: run.run,
      macro: run.macro,
      step: run.step,
      state: 'stopped',
      wakeAt: null,
      detail,
    },
  ]
}
