import type { RunFailure } from '../intents/run-event.ts'
import type { Walk } from './walk.ts'

// The branches of a `together`, side by side.

export function moreBranches(walk: Walk, at: string): void {
  const { draft } = walk
  const step = walk.stepOf(at)
  if (step === undefined || !('together' in step)) return walk.changed(at)
  const { together, limit = together.length } = step
  for (;;) {
    // a branch that was over at once may have ended the step, or begun its next try
    const { phase, round = 0, over = 0 } = draft.frame(at) ?? {}
    if (walk.isOver() || phase !== 'inside') return
    if (round >= together.length || round - over >= limit) break
    walk.change(at, { round: round + 1 })
    walk.open(at, `b${round}`)
  }
  const { over = 0, failed } = draft.frame(at) ?? {}
  if (over < together.length) return
  if (failed === undefined) walk.complete(at)
  else walk.pass(at, failed)
}

export function branchOver(walk: Walk, at: string, failure: RunFailure | null): void {
  const step = walk.stepOf(at)
  const frame = walk.draft.frame(at)
  if (step === undefined || !('together' in step) || frame === undefined) return walk.changed(at)
  if (failure?.fatal === true) return walk.pass(at, failure)
  const { finish } = step
  if (finish === 'first' || (finish === 'any' && failure === null)) {
    walk.leaveInside(at)
    return failure === null ? walk.complete(at) : walk.pass(at, failure)
  }
  const failed = frame.failed ?? failure
  walk.change(at, { over: (frame.over ?? 0) + 1, ...(failed === null ? {} : { failed }) })
  walk.moreBranches(at)
}
