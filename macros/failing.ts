import type { Frame, RunFailure } from '../intents/run-event.ts'
import type { Step } from './macro.ts'
import { listName, placeOf, undoOf } from './place.ts'
import { isUndoRoot, missed } from './undoing.ts'
import type { FailedHow, Walk } from './walk.ts'

// What a failure leads to: the next try, another macro instead, and then the step around it, up to the macro itself.

/** What is said of the first failure at the end. Characters. */
const longestFlaw = 500

export function fail(
  walk: Walk,
  at: string,
  detail: string,
  { fatal: isFatal = false, may = false }: FailedHow = {},
): void {
  const step = walk.stepOf(at)
  if (step === undefined) return walk.changed(at)
  const { onFailure } = step
  const policy = onFailure === 'stop' || onFailure === 'compensate' ? onFailure : null
  const failure: RunFailure = { detail: `${walk.nameOf(at)}: ${detail}`, fatal: isFatal, policy }
  if (may) walk.keep(at)
  pass(walk, at, failure, may)
}

export function pass(walk: Walk, at: string, failure: RunFailure, may = false): void {
  const { draft } = walk
  const step = walk.stepOf(at)
  if (step === undefined) return walk.changed(at)
  const tries = draft.frame(at)?.tries ?? 0
  if (draft.frame(at)?.phase === 'inside') walk.leaveInside(at)
  draft.leave(at)
  const { retry, onFailure } = step
  const isOnceOnly = may && 'do' in step && step.do.verb !== 'set'
  if (!failure.fatal && retry !== undefined && tries < retry.times && !isOnceOnly) {
    draft.put({ at, phase: 'retry', tries: tries + 1, ...walk.after(retry.everyMs) })
    return draft.emit(failure.detail)
  }
  if (!failure.fatal && typeof onFailure === 'object') {
    const frame: Frame = { at, phase: 'instead', ...(tries === 0 ? {} : { tries }) }
    draft.put({ ...frame, ...walk.after(step.withinMs) })
    walk.wish(frame, { verb: 'run', macro: onFailure.run, args: {} })
    return draft.emit(failure.detail)
  }
  raise(walk, at, failure)
}

export function failedInstead(walk: Walk, at: string, detail: string): void {
  const failure = { detail: `${walk.nameOf(at)}: ${detail}`, fatal: false, policy: null }
  walk.draft.leave(at)
  raise(walk, at, failure)
}

export function finally_(walk: Walk, at: string, failed: RunFailure | null): void {
  walk.change(at, { stage: 'always', ...(failed === null ? {} : { failed }) })
  walk.open(at, 'always')
}

export function fatal(walk: Walk, detail: string): void {
  const { ending } = walk.draft.state()
  if (ending !== null) return walk.draft.end({ ...ending, detail: `${ending.detail}; ${detail}` })
  atTop(walk, { detail, fatal: true, policy: null })
}

/** To the step around it. */
function raise(walk: Walk, at: string, failure: RunFailure): void {
  const { draft } = walk
  const { parent, slot, index } = placeOf(at)
  if (isUndoRoot(parent)) {
    missed(walk, failure.detail)
    return failure.fatal ? walk.nextUndo(1) : walk.goTo(parent, slot, index + 1)
  }
  if (!failure.fatal && isGoneOn(walk, at, failure)) {
    walk.say(failure.detail)
    const { flaw = failure.detail.slice(0, longestFlaw) } = draft.state()
    if (undoOf(at) === null) draft.set({ flawed: true, flaw })
    return walk.goTo(parent, slot, index + 1)
  }
  if (parent === '') return atTop(walk, failure)
  const around = walk.stepOf(parent)
  if (around === undefined) return walk.changed(parent)
  if ('together' in around) return walk.branchOver(parent, failure)
  if (!('try' in around))
    return pass(walk, parent, { ...failure, policy: policyOf(around, failure) })
  const list = listName(slot)
  if (list === 'always') return pass(walk, parent, failure)
  if (list === 'try' && !failure.fatal && (around.recover ?? []).length > 0) {
    walk.change(parent, { stage: 'recover', local: { failure: failure.detail } })
    walk.say(failure.detail)
    return walk.open(parent, 'recover')
  }
  finally_(walk, parent, failure)
}

/** Whether the next step follows all the same: as the step itself is told, or as the macro is and nothing nearer is. */
function isGoneOn(walk: Walk, at: string, { policy }: RunFailure): boolean {
  const asTold = walk.stepOf(at)?.onFailure
  if (asTold !== undefined) return asTold === 'continue'
  return policy === null && walk.draft.macro.onFailure === 'continue' && !isInTry(walk, at)
}

function policyOf({ onFailure }: Step, { policy }: RunFailure): RunFailure['policy'] {
  return onFailure === 'stop' || onFailure === 'compensate' ? onFailure : policy
}

function isInTry(walk: Walk, at: string): boolean {
  const { parent, slot } = placeOf(at)
  if (parent === '' || isUndoRoot(parent)) return false
  const around = walk.stepOf(parent)
  if (around !== undefined && 'try' in around && listName(slot) === 'try') return true
  return isInTry(walk, parent)
}

function atTop({ draft, undo }: Walk, { detail, policy }: RunFailure): void {
  const wanted = policy ?? draft.macro.onFailure
  if (wanted === 'compensate') return undo({ state: 'stopped', detail })
  draft.end({ state: 'stopped', detail: policy === 'stop' ? `told to stop: ${detail}` : detail })
}
