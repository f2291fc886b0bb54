import type { Instant } from '../intents/id.ts'
import type { Frame } from '../intents/run-event.ts'
import { defaultLimits, type Step } from './macro.ts'
import { take } from './question.ts'
import type { Walk } from './walk.ts'

/** Whatever is due, holds, or is ready. Ends: each frame is looked at once, and what it leads to is begun by the walk. */
export function look(walk: Walk, startedAt: Instant): void {
  const { draft } = walk
  const { macro, world } = draft
  const { withinMs } = macro.limits ?? defaultLimits
  const { ending, aheadMs = 0 } = draft.state()
  // what undoes it has as long again
  if (world.now - aheadMs - startedAt >= withinMs * (ending === null ? 1 : 2)) {
    const detail = `it took longer than ${withinMs} ms`
    if (ending !== null) return draft.end({ ...ending, detail: `${ending.detail}; ${detail}` })
    if (macro.onFailure === 'compensate') return walk.undo({ state: 'stopped', detail })
    return draft.end({ state: 'stopped', detail })
  }
  for (const { at } of draft.state().frames) {
    const frame = draft.frame(at)
    if (draft.state().state !== 'running') return
    if (frame !== undefined) lookAt(walk, frame)
  }
}

function lookAt(walk: Walk, frame: Frame): void {
  const { draft } = walk
  const { at, phase, wakeAt, tries = 0 } = frame
  const isDue = wakeAt !== undefined && wakeAt <= draft.world.now
  const { paused, ending } = draft.state()
  switch (phase) {
    case 'ready':
      if (!paused || ending !== null) walk.enter(at, tries)
      return
    case 'retry':
      if (isDue) walk.enter(at, tries)
      return
    case 'asked':
      if (isDue) draft.end({ state: 'stopped', detail: 'abandoned: nobody said what to do' })
      return
    case 'instead':
      if (isDue) walk.failedInstead(at, 'what was to take its place was not over in time')
      return
    case 'inside':
      if (isDue) walk.fail(at, lateText(walk.stepOf(at)))
      return
    case 'at':
      return lookAtLeaf(walk, at, isDue)
    default:
      phase satisfies never
  }
}

function lookAtLeaf(walk: Walk, at: string, isDue: boolean): void {
  const step = walk.stepOf(at)
  if (step === undefined) return walk.skip(at) // it says that the macro was changed
  if ('until' in step) {
    const holds = walk.test(step.until, at)
    if (holds === true) return walk.complete(at)
    if (typeof holds === 'object') return walk.fail(at, holds.detail)
  }
  if (!isDue) return
  if ('waitMs' in step || 'time' in step) return walk.complete(at)
  if ('ask' in step && step.otherwise !== undefined) return take(walk, at, step.otherwise)
  walk.fail(at, lateText(step), { may: 'do' in step })
}

function lateText(step: Step | undefined): string {
  const withinMs = step?.withinMs ?? 0
  if (step === undefined || !('until' in step))
    return step !== undefined && 'ask' in step
      ? `nobody answered within ${withinMs} ms`
      : `it was not over within ${withinMs} ms`
  const { until } = step
  const became =
    'expr' in until
      ? `${until.expr} did not become true`
      : 'up' in until
        ? `the link to ${until.device} did not ${until.up ? 'come up' : 'go down'}`
        : `${until.device} ${until.path} did not become ${JSON.stringify(until.equals)}`
  return `${became} within ${withinMs} ms`
}
