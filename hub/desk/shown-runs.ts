import type { Recorded } from '../../bus/entry.ts'
import type { RunId } from '../../intents/id.ts'
import type { FaceRun, RunView } from '../../surfaces/http/run-view.ts'
import type { Room } from '../room.ts'
import { controlOfRun, faceRun, runView, topOf, type MacroOf } from '../runs/run-view.ts'

/** Runs of macros, for those who show them. */
export interface ShownRuns {
  /** Newest first. */
  all(): readonly RunView[]
  /** The newest run under way that the control of that name has started; null: none. */
  at(place: string): FaceRun | null
  /** Tells of each run that a batch has changed; to be called after it was folded. */
  apply(batch: readonly Recorded[]): void
  /** The controls that show those runs, `page/row/col`. */
  places(batch: readonly Recorded[]): ReadonlySet<string>
  /** Returns its own removal. */
  onRun(listener: (run: RunView) => void): () => void
}

export function openShownRuns(macroOf: MacroOf, room: Pick<Room, 'runs'>): ShownRuns {
  const listeners = new Set<(run: RunView) => void>()
  const known = (id: RunId) => room.runs.state.runs.get(id)

  return {
    all: () =>
      [...room.runs.state.runs.values()].toReversed().map((run) => runView(run, macroOf(run))),
    at: (place) => faceRun(place, room.runs.state, macroOf),
    apply(batch) {
      if (listeners.size === 0) return
      for (const id of changedIn(batch)) {
        const run = known(id)
        if (run === undefined) continue
        const view = runView(run, macroOf(run))
        for (const listener of listeners) listener(view)
      }
    },
    places(batch) {
      const places = new Set<string>()
      for (const id of changedIn(batch)) {
        const run = known(id)
        const place = run === undefined ? null : controlOfRun(topOf(run, room.runs.state))
        if (place !== null) places.add(place)
      }
      return places
    },
    onRun(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function changedIn(batch: readonly Recorded[]): ReadonlySet<RunId> {
  const runs = new Set<RunId>()
  for (const { event } of batch) {
    if (event.type === 'RunAdvanced') runs.add(event.run)
    if (event.type !== 'IntentAccepted') continue
    const { id, intent, actor } = event.submission
    if (intent.verb === 'run') runs.add(id as string as RunId) // a run is named by the intent that started it
    if (actor.type === 'macro') runs.add(actor.run)
  }
  return runs
}
