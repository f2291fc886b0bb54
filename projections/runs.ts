import type { Recorded } from '../bus/entry.ts'
import type { Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Actor } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Frame } from '../intents/run-event.ts'
import { foldAdvance, foldIntent, newRun, type RunState } from '../intents/run-state.ts'
import type { Projection } from './projection.ts'

export interface Run {
  readonly run: RunId
  readonly macro: MacroId
  readonly args: Json
  readonly startedBy: Actor
  readonly startedAt: Instant
  readonly changedAt: Instant
  readonly trace: string
  readonly step: number
  readonly state: 'running' | 'done' | 'stopped' | 'cancelled'
  readonly wakeAt: Instant | null
  readonly detail: string
  /** The step's own intent, once it is accepted or refused; null between steps and while it waits. */
  readonly stepIntent: IntentId | null
  /** A digest of the steps with which it began; absent before, and of runs that older hubs began. */
  readonly of?: string
  /** Of a run that is done: the first step that failed on the way, and why; absent: none did, or it was kept. */
  readonly flaw?: string
  /** Where it stands, as far as `step`, `wakeAt` and `stepIntent` do not say it. */
  readonly more?: Omit<RunState, 'state' | 'step'>
}

/** Where a run stands. */
export function stateOfRun({ state, step, wakeAt, stepIntent, more }: Run): RunState {
  if (more !== undefined || state !== 'running') return { ...newRun, ...more, state, step }
  const frame: Frame = {
    at: String(step),
    phase: 'at',
    ...(wakeAt === null ? {} : { wakeAt }),
    ...(stepIntent === null ? {} : { intent: stepIntent }),
  }
  return { ...newRun, state, step, frames: [frame], taken: step + 1 }
}

/** Whether nothing of it is recorded but that it was asked for; then it is begun. */
export function isUnbegun({ state, step, wakeAt, stepIntent, detail, more }: Run): boolean {
  return (
    state === 'running' &&
    step === 0 &&
    wakeAt === null &&
    stepIntent === null &&
    detail === '' &&
    more === undefined
  )
}

export interface Runs {
  /** Every run under way and the newest {@link keptRuns}, in the order they started. */
  readonly runs: Map<RunId, Run>
}

/** How many runs stay at hand. */
const keptRuns = 200

export const runs: Projection<Runs> = {
  name: 'runs',
  version: 3,
  initial: () => ({ runs: new Map() }),
  evolve,
  save: (state) => [...state.runs.values()] as unknown as readonly Json[], // runs hold nothing but JSON
  load: (lines) => ({
    runs: new Map((lines as unknown as readonly Run[]).map((run) => [run.run, run])),
  }),
}

function evolve({ runs }: Runs, { at, event }: Recorded): void {
  if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
    const { id, intent, actor, cause, trace } = event.submission
    if (intent.verb === 'run' && event.type === 'IntentAccepted') {
      const run = id as string as RunId // a run is named by the intent that started it
      if (runs.has(run)) return
      runs.set(run, {
        run,
        macro: intent.macro,
        args: intent.args,
        startedBy: actor,
        startedAt: at,
        changedAt: at,
        trace,
        step: 0,
        state: 'running',
        wakeAt: null,
        detail: '',
        stepIntent: null,
      })
      forget(runs)
    }
    const parent = cause === null ? undefined : runs.get(cause.intent as string as RunId)
    if (cause === null || parent === undefined || actor.type !== 'macro') return
    const { step, at: ticket = String(step) } = cause
    const known = { ...parent, changedAt: at }
    // of a run that is over: what comes to its rescue
    if (parent.more === undefined && (ticket === String(parent.step) || ticket === 'rescue'))
      runs.set(parent.run, { ...known, stepIntent: id })
    if (parent.more !== undefined)
      runs.set(parent.run, { ...known, more: moreOf(foldIntent(stateOfRun(parent), ticket, id)) })
    return
  }
  if (event.type !== 'RunAdvanced') return
  const run = runs.get(event.run)
  if (run?.state !== 'running') return // the first end counts
  const { step, state, wakeAt, detail, of } = event
  const { more: _, ...known } = run
  const begun = of === undefined ? {} : { of }
  const next = { ...known, step, state, wakeAt, detail, changedAt: at, stepIntent: null, ...begun }
  if (state !== 'running' || event.change === undefined) {
    const flaw = event.change?.flaw ?? run.more?.flaw
    runs.set(run.run, state === 'running' || flaw === undefined ? next : { ...next, flaw })
    return
  }
  // before its first entry it is nowhere
  const before = isUnbegun(run) ? newRun : stateOfRun(run)
  runs.set(run.run, { ...next, more: moreOf(foldAdvance(before, event)) })
}

function moreOf({
  state: _state,
  step: _step,
  ...more
}: RunState): Omit<RunState, 'state' | 'step'> {
  return more
}

function forget(runs: Map<RunId, Run>): void {
  if (runs.size <= keptRuns) return
  for (const run of runs.values()) {
    if (run.state === 'running') continue
    runs.delete(run.run)
    return
  }
}
