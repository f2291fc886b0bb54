import type { RunId } from '../../intents/id.ts'
import type { Frame } from '../../intents/run-event.ts'
import { newRun } from '../../intents/run-state.ts'
import type { Macro } from '../../macros/macro.ts'
import { placeName, stepAt, type Ground } from '../../macros/place.ts'
import { questionsOf } from '../../macros/question.ts'
import { stepName } from '../../macros/step-name.ts'
import { isUnbegun, stateOfRun, type Run, type Runs } from '../../projections/runs.ts'
import type { FaceRun, RunView, UnderView } from '../../surfaces/http/run-view.ts'

// How runs look to those who ask: pure.

export function runView(run: Run, macro: Macro | undefined): RunView {
  const { step, state, startedBy, startedAt, changedAt, wakeAt, detail } = run
  const now = isUnbegun(run) ? newRun : stateOfRun(run)
  const isRunning = state === 'running'
  const ground: Ground = { steps: macro?.steps ?? [], done: now.done }
  return {
    run: run.run,
    macro: run.macro,
    step,
    steps: macro?.steps.length ?? step,
    state,
    startedBy,
    startedAt,
    changedAt,
    wakeAt,
    detail,
    paused: isRunning && now.paused,
    queued: isRunning && now.queued,
    undoing: isRunning && now.ending !== null,
    taken: now.taken,
    parent: startedBy.type === 'macro' ? startedBy.run : null,
    under: isRunning
      ? now.frames
          .map((frame) => underView(frame, ground))
          .toSorted((a, b) => a.at.localeCompare(b.at, 'en', { numeric: true }))
      : [],
    questions: macro === undefined || !isRunning ? [] : questionsOf(macro, now),
  }
}

function underView(frame: Frame, ground: Ground): UnderView {
  const { at, phase, wakeAt = null, tries = 0, intent } = frame
  const step = stepAt(ground, at)
  return {
    at,
    name: phase === 'asked' ? 'after the restart' : placeName(ground, at),
    what: step === undefined ? 'not in the macro any more' : stepName(step),
    phase,
    wakeAt,
    tries,
    count: countOf(frame, step),
    run:
      intent !== undefined &&
      (phase === 'instead' || (step !== undefined && 'do' in step && step.do.verb === 'run'))
        ? (intent as string as RunId) // a run is named by the intent that started it
        : null,
  }
}

function countOf(
  { phase, round = 0, over = 0, items }: Frame,
  step: ReturnType<typeof stepAt>,
): UnderView['count'] {
  if (step === undefined || phase !== 'inside') return null
  if ('together' in step) return { unit: 'branch', at: over, of: step.together.length }
  if (!('repeat' in step)) return null
  const { repeat } = step
  // how often a `times` is repeated stands where branches have how many are over
  const of = 'each' in repeat ? (items?.length ?? 0) : 'times' in repeat ? over : null
  return { unit: 'round', at: round, of }
}

/** Which macro a run follows; undefined: nobody knows. */
export type MacroOf = (run: Run) => Macro | undefined

/** The newest run under way that a control has started, `page/row/col`; null: none. */
export function faceRun(place: string, { runs }: Runs, macroOf: MacroOf): FaceRun | null {
  let newest: Run | null = null
  for (const run of runs.values())
    if (run.state === 'running' && controlOfRun(run) === place) newest = run
  if (newest === null) return null
  const view = runView(newest, macroOf(newest))
  return {
    run: view.run,
    macro: view.macro,
    share: view.steps === 0 ? 0 : Math.min(1, view.step / view.steps),
    text: textOf(view),
    question: questionUnder(newest, { runs }, macroOf),
  }
}

/** The control of the grid from which a run was started; null: from none. */
export function controlOfRun({ startedBy }: Run): string | null {
  return startedBy.type === 'operator' && /^\d+\/\d+\/\d+$/.test(startedBy.control)
    ? startedBy.control
    : null
}

/** The run at the top of those that started each other. */
export function topOf(run: Run, { runs }: Runs): Run {
  let top = run
  // a run that started itself there cannot be: each is older than what it starts
  for (let next: Run | undefined = run; next !== undefined;) {
    top = next
    next = next.startedBy.type === 'macro' ? runs.get(next.startedBy.run) : undefined
  }
  return top
}

function questionUnder(top: Run, runs: Runs, macroOf: MacroOf): FaceRun['question'] {
  for (const run of runs.runs.values()) {
    const macro = macroOf(run)
    if (run.state !== 'running' || macro === undefined || topOf(run, runs) !== top) continue
    const [question] = isUnbegun(run) ? [] : questionsOf(macro, stateOfRun(run))
    if (question !== undefined) return { ...question, run: run.run }
  }
  return null
}

function textOf({ step, steps, paused, queued, undoing }: RunView): string {
  const where = `step ${Math.min(step + 1, Math.max(1, steps))} of ${steps}`
  if (queued) return 'waits for its turn'
  if (undoing) return `${where}, undoing`
  return paused ? `${where}, paused` : where
}
