import type { Frame } from '../intents/run-event.ts'
import type { Step } from './macro.ts'
import type { Walk } from './walk.ts'

/** Steps that are begun, and nothing of them is under way. */
export function rekindle(walk: Walk): void {
  const { draft } = walk
  const { frames, ending } = draft.state()
  if (frames.length === 0 && ending !== null) return walk.nextUndo(0)
  // the innermost first: what was begun first goes on first
  for (const { at } of frames.toSorted((a, b) => depthOf(b.at) - depthOf(a.at))) {
    const frame = draft.frame(at)
    const step = walk.stepOf(at)
    if (frame === undefined || step === undefined || walk.isOver()) continue
    if (frame.phase === 'at' && isInstant(step)) {
      if ('checkpoint' in step) draft.undone('all')
      walk.complete(at)
    } else if (frame.phase === 'inside') goOnInside(walk, at, step, frame)
  }
}

function goOnInside(walk: Walk, at: string, step: Step, frame: Frame): void {
  if ('together' in step) return walk.moreBranches(at)
  if (walk.draft.state().frames.some((one) => one.at.startsWith(`${at}/`))) return
  if (frame.stage !== undefined) return walk.open(at, frame.stage)
  if (frame.items !== undefined || frame.over !== undefined || frame.round !== undefined)
    return walk.nextRound(at)
  walk.begin(
    step,
    at,
    (more) => ({ ...frame, ...more }),
    () => {}, // that it is begun is on record
  )
}

function depthOf(at: string): number {
  return at.split('/').length
}

/** Whether it is over as soon as it is on record. */
function isInstant(step: Step): boolean {
  return 'checkpoint' in step || 'note' in step || 'let' in step
}
