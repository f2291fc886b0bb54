import type { Recorded } from '../bus/entry.ts'
import type { Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Actor } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
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
}

export interface Runs {
  /** Every run under way and the newest {@link keptRuns}, in the order they started. */
  readonly runs: Map<RunId, Run>
}

/** How many runs stay at hand. */
const keptRuns = 200

export const runs: Projection<Runs> = {
  name: 'runs',
  version: 2,
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
    if (parent !== undefined && actor.type === 'macro')
      runs.set(parent.run, { ...parent, stepIntent: id, changedAt: at })
    return
  }
  if (event.type !== 'RunAdvanced') return
  const run = runs.get(event.run)
  if (run?.state !== 'running') return // the first end counts
  const { step, state, wakeAt, detail } = event
  runs.set(run.run, { ...run, step, state, wakeAt, detail, changedAt: at, stepIntent: null })
}

function forget(runs: Map<RunId, Run>): void {
  if (runs.size <= keptRuns) return
  for (const run of runs.values()) {
    if (run.state === 'running') continue
    runs.delete(run.run)
    return
  }
}
