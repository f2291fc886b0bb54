import type { Ending } from '../intents/run-event.ts'
import { isWithin } from '../intents/run-state.ts'
import { undoOf } from './place.ts'
import type { Walk } from './walk.ts'

// What was done is taken back, newest first, once, and what may have been done as well.

/** What is longer nobody reads to its end; each failure is in an entry of its own. Characters. */
const mostSaid = 500

/** Whether the steps of a list are what undoes one step. */
export function isUndoRoot(parent: string): boolean {
  return undoOf(parent) !== null && !parent.includes('/')
}

export function undo(walk: Walk, ending: Ending): void {
  const { draft } = walk
  const { frames } = draft.state()
  for (const { at, phase } of frames) if (phase === 'at') walk.keep(at)
  for (const { at } of frames) draft.leave(at)
  draft.set({ paused: false, ending })
  const count = draft.state().done.length
  draft.emit(`${ending.detail}; ${count} to undo`)
  nextUndo(walk, 0)
}

export function nextUndo(walk: Walk, over: number): void {
  const { draft } = walk
  if (walk.isOver()) return
  if (over > 0) {
    const at = `undo${draft.state().done.length - over}`
    draft.leave(at)
    draft.undone(over)
  }
  const { done, ending } = draft.state()
  if (ending === null) return
  if (done.length > 0) return walk.goTo(`undo${done.length - 1}`, 'u', 0)
  draft.end(ending)
}

/** An undo has failed: the next follows, and the run's end tells of it. */
export function missed(walk: Walk, detail: string): void {
  const { draft } = walk
  const { ending } = draft.state()
  walk.say(detail)
  if (ending === null || ending.detail.length > mostSaid) return
  draft.set({ ending: { ...ending, detail: `${ending.detail}; ${detail}` } })
}

/** Nothing that undoes is undone itself. */
export function keep(walk: Walk, at: string): void {
  const { draft } = walk
  if (draft.state().ending !== null || (walk.stepOf(at)?.undo ?? []).length === 0) return
  draft.did({ at, local: draft.scope(at).vars })
}

export function leaveInside(walk: Walk, at: string): void {
  const inside = walk.draft
    .state()
    .frames.filter((frame) => frame.at !== at && isWithin(frame.at, at))
  for (const frame of inside) if (frame.phase === 'at') walk.keep(frame.at)
  for (const frame of inside) walk.draft.leave(frame.at)
}
