import type { Instant } from '../intents/id.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Done, Ending, Frame, RunFailure } from '../intents/run-event.ts'
import { isWithin, ticketOf } from '../intents/run-state.ts'
import { daySeconds, nextDaytime } from './daytime.ts'
import type { Draft } from './draft.ts'
import { defaultLimits, type Condition, type RepeatStep, type Step } from './macro.ts'
import {
  listAt,
  listName,
  outermost,
  placeIn,
  placeName,
  placeOf,
  slotOf,
  stepAt,
  undoOf,
} from './place.ts'
import { resolve, resolveIntent } from './value.ts'

// How a run goes from step to step. A step is entered, and is then done or has failed; what that leads to is the business of the
// step around it. Nothing here waits: a step that does is a frame, and what ends it is another command.

/** So many steps that take no time are taken in one go; then the run is recorded before it goes on. */
const stepsAtOnce = 256

/** An item more than this is more than a studio has of anything. */
const mostItems = 10_000

export interface Walk {
  /** Comes to the first step of the macro. */
  begin(): void
  /** Begins a step; while the run is paused only where `isForced`. */
  enter(at: string, tries?: number, isForced?: boolean): void
  complete(at: string): void
  /** `may`: its intent may have arrived all the same. */
  fail(at: string, detail: string, how?: { readonly fatal?: boolean; readonly may?: boolean }): void
  /** Goes on behind a step, as if it had been done; the next entry says why. */
  skip(at: string, detail?: string): void
  /** Goes on in the middle of what one commit should have brought, and a crash has cut. */
  rekindle(): void
  /** Whether it holds; a fault of the expression is a detail. */
  test(condition: Condition, at: string): boolean | { readonly detail: string }
  /** Takes back what was done, newest first, then ends so. */
  undo(ending: Ending): void
  /** The other macro that was to take a step's place did not. */
  failedInstead(at: string, detail: string): void
}

export function openWalk(draft: Draft): Walk {
  const { macro, world } = draft
  const limits = macro.limits ?? defaultLimits
  let taken = 0

  const stepOf = (at: string): Step | undefined => stepAt(draft.ground(), at)
  const nameOf = (at: string) => placeName(draft.ground(), at)
  const after = (ms: number | undefined): { readonly wakeAt?: Instant } =>
    ms === undefined ? {} : { wakeAt: (world.now + ms) as Instant } // ms since the epoch
  const isOver = () => draft.state().state !== 'running'

  function change(at: string, more: Partial<Frame>): void {
    const frame = draft.frame(at)
    if (frame !== undefined) draft.put({ ...frame, ...more })
  }

  function test(condition: Condition, at: string): boolean | { readonly detail: string } {
    if (!('expr' in condition)) return world.holds(condition)
    const found = world.evaluate(condition.expr, draft.scope(at))
    return found.ok ? found.value === true : { detail: found.detail }
  }

  /** The next step of a list, or the end of the list. */
  function goTo(parent: string, slot: string, index: number): void {
    if (isOver()) return
    const list = listAt(draft.ground(), parent, slot)
    if (list === undefined) return changed(parent)
    if (index < list.length) return enter(placeIn(parent, slot, index))
    if (parent === '') draft.end({ state: 'done', detail: said() })
    else if (undoOf(parent) !== null && !parent.includes('/')) nextUndo(1)
    else listOver(parent, slot)
  }

  /** The first step of one of a step's lists. */
  function open(at: string, slot: string): void {
    goTo(at, slotOf(slot, draft.frame(at)?.tries ?? 0), 0)
  }

  let failureSaid = ''
  function said(): string {
    const was = failureSaid
    failureSaid = ''
    return was
  }

  function changed(at: string): void {
    draft.end({
      state: 'stopped',
      detail: `the macro was changed while it ran: ${nameOf(at)} is not what it was`,
    })
  }

  function enter(at: string, tries = 0, isForced = false): void {
    if (isOver()) return
    const step = stepOf(at)
    if (step === undefined) return changed(at)
    const again = tries === 0 ? {} : { tries }
    const { paused, ending } = draft.state()
    if ((paused && ending === null && !isForced) || taken >= stepsAtOnce) {
      draft.put({ at, phase: 'ready', ...again })
      return draft.emit(said())
    }
    taken++
    // what undoes has as many of its own: it ends, too
    if (draft.take() > limits.steps * (ending === null ? 1 : 2))
      return fatal(`it took more than ${limits.steps} steps: does it repeat without end?`)
    const frame = (more: Partial<Frame>): Frame => ({ at, phase: 'at', ...again, ...more })
    const inside = (more: Partial<Frame> = {}) => {
      draft.put(frame({ phase: 'inside', ...after(step.withinMs), ...more }))
      draft.emit(said())
    }
    begun(step, at, frame, inside)
  }

  function begun(
    step: Step,
    at: string,
    frame: (more: Partial<Frame>) => Frame,
    inside: (more?: Partial<Frame>) => void,
  ): void {
    const waits = (wakeAt: { readonly wakeAt?: Instant }) => {
      draft.put(frame(wakeAt))
      draft.emit(said())
    }
    const isOnce = (detail: string) => {
      draft.put(frame({}))
      draft.emit(detail)
      complete(at)
    }
    if ('do' in step) {
      const resolved = resolveIntent(step.do, draft.scope(at), world.evaluate)
      draft.put(frame(after(step.withinMs)))
      if (!resolved.ok) return fail(at, resolved.detail)
      wish(frame({}), resolved.intent)
      return draft.emit(said())
    }
    if ('waitMs' in step)
      return waits(after(step.waitMs + Math.floor(world.random() * (step.jitterMs ?? 0))))
    if ('time' in step)
      return waits({
        wakeAt: nextDaytime(daySeconds(step.time) ?? 0, step.zone ?? 'UTC', world.now),
      })
    if ('until' in step) {
      waits(after(step.withinMs))
      const holds = test(step.until, at)
      if (typeof holds === 'object') return fail(at, holds.detail)
      return holds ? complete(at) : undefined
    }
    if ('ask' in step) return waits(after(step.withinMs))
    if ('if' in step) {
      const holds = test(step.if, at)
      inside()
      return typeof holds === 'object' ? fail(at, holds.detail) : open(at, holds ? 'then' : 'else')
    }
    if ('choose' in step) {
      inside()
      for (const [i, { when }] of step.choose.entries()) {
        const holds = test(when, at)
        if (typeof holds === 'object') return fail(at, holds.detail)
        if (holds) return open(at, `c${i}`)
      }
      return open(at, 'otherwise')
    }
    if ('repeat' in step) return beginRepeat(step, at, inside)
    if ('together' in step) {
      inside()
      return moreBranches(at)
    }
    if ('try' in step) {
      inside({ stage: 'try' })
      return open(at, 'try')
    }
    if ('checkpoint' in step) {
      draft.put(frame({}))
      draft.undone('all')
      return isOnce(`checkpoint ${step.checkpoint}`)
    }
    if ('note' in step) return isOnce(step.note)
    if ('abort' in step) {
      draft.put(frame({}))
      return fail(at, step.abort, { fatal: true })
    }
    const vars = resolve(step.let, draft.scope(at), world.evaluate)
    draft.put(frame({}))
    if (!vars.ok) return fail(at, vars.detail)
    draft.assign(vars.value as JsonObject) // an object resolves to one
    return isOnce('')
  }

  function wish(frame: Frame, intent: Parameters<Draft['submit']>[0]['intent']): void {
    const step = outermost(frame.at) ?? draft.state().step
    draft.submit({ ticket: ticketOf(frame), step, intent })
  }

  function beginRepeat(
    { repeat }: RepeatStep,
    at: string,
    inside: (more?: Partial<Frame>) => void,
  ): void {
    const given = 'times' in repeat ? repeat.times : 'each' in repeat ? repeat.each : null
    const found = resolve(given as Json, draft.scope(at), world.evaluate) // numbers, lists and expressions are JSON
    inside()
    if (!found.ok) return fail(at, found.detail)
    if ('each' in repeat) {
      if (!Array.isArray(found.value)) return fail(at, 'what it is to be repeated for is no list')
      const items = found.value as readonly Json[] // isArray forgets what is in it
      if (items.length > mostItems)
        return fail(at, `${items.length} items are more than ${mostItems}`)
      change(at, { items })
    } else if ('times' in repeat) {
      if (!Number.isSafeInteger(found.value) || Number(found.value) < 0)
        return fail(at, 'how often it is to be repeated is no whole number from 0')
      // how many there are is known by how many items there are; they have no value
      change(at, { over: Number(found.value) })
    }
    nextRound(at)
  }

  function nextRound(at: string): void {
    const step = stepOf(at)
    const frame = draft.frame(at)
    if (step === undefined || !('repeat' in step) || frame === undefined) return changed(at)
    const { repeat } = step
    if (step.steps.length === 0) return complete(at) // however often nothing is done
    const { round = 0, items = [], over = 0 } = frame
    if ('while' in repeat) {
      const holds = test(repeat.while, at)
      if (typeof holds === 'object') return fail(at, holds.detail)
      if (!holds) return complete(at)
    } else if (round >= ('each' in repeat ? items.length : over)) return complete(at)
    const local = 'each' in repeat ? { [repeat.as]: items[round] ?? null } : { round }
    change(at, { round: round + 1, local })
    open(at, `r${round}`)
  }

  /** Begins branches as far as the limit allows; the step is over when there are none left. */
  function moreBranches(at: string): void {
    const step = stepOf(at)
    if (step === undefined || !('together' in step)) return changed(at)
    const { together, limit = together.length } = step
    for (;;) {
      // a branch that was over at once may have ended the step, or begun its next try
      const { phase, round = 0, over = 0 } = draft.frame(at) ?? {}
      if (isOver() || phase !== 'inside') return
      if (round >= together.length || round - over >= limit) break
      change(at, { round: round + 1 })
      open(at, `b${round}`)
    }
    const { over = 0, failed } = draft.frame(at) ?? {}
    if (over < together.length) return
    if (failed === undefined) complete(at)
    else pass(at, failed)
  }

  function branchOver(at: string, failure: RunFailure | null): void {
    const step = stepOf(at)
    const frame = draft.frame(at)
    if (step === undefined || !('together' in step) || frame === undefined) return changed(at)
    if (failure?.fatal === true) return pass(at, failure)
    const { finish } = step
    if (finish === 'first' || (finish === 'any' && failure === null)) {
      leaveUnderWay(at)
      return failure === null ? complete(at) : pass(at, failure)
    }
    const failed = frame.failed ?? failure
    change(at, { over: (frame.over ?? 0) + 1, ...(failed === null ? {} : { failed }) })
    moreBranches(at)
  }

  function listOver(parent: string, slot: string): void {
    const step = stepOf(parent)
    if (step === undefined) return changed(parent)
    if ('repeat' in step) return nextRound(parent)
    if ('together' in step) return branchOver(parent, null)
    if (!('try' in step)) return complete(parent)
    if (listName(slot) !== 'always') return finally_(parent, null)
    const failed = draft.frame(parent)?.failed
    if (failed === undefined) complete(parent)
    else pass(parent, failed)
  }

  function finally_(at: string, failed: RunFailure | null): void {
    change(at, { stage: 'always', ...(failed === null ? {} : { failed }) })
    open(at, 'always')
  }

  function complete(at: string): void {
    const undo = stepOf(at)?.undo ?? []
    if (undo.length > 0 && draft.state().ending === null) draft.did(doneAt(at))
    skip(at)
  }

  function doneAt(at: string): Done {
    const { vars } = draft.scope(at)
    return { at, local: vars }
  }

  function skip(at: string): void {
    draft.leave(at)
    const { parent, slot, index } = placeOf(at)
    goTo(parent, slot, index + 1)
  }

  /** Leaves what is inside a step; what was under way there may have happened, so it is undone like what was done. */
  function leaveUnderWay(at: string): void {
    const { frames, ending } = draft.state()
    for (const frame of frames) {
      if (!isWithin(frame.at, at) || frame.at === at) continue
      if (ending === null && frame.phase === 'at' && (stepOf(frame.at)?.undo ?? []).length > 0)
        draft.did(doneAt(frame.at))
    }
    for (const frame of frames) if (isWithin(frame.at, at) && frame.at !== at) draft.leave(frame.at)
  }

  function fail(
    at: string,
    detail: string,
    {
      fatal: isFatal = false,
      may = false,
    }: { readonly fatal?: boolean; readonly may?: boolean } = {},
  ): void {
    const step = stepOf(at)
    if (step === undefined) return changed(at)
    const { onFailure } = step
    const policy = onFailure === 'stop' || onFailure === 'compensate' ? onFailure : null
    const failure: RunFailure = { detail: `${nameOf(at)}: ${detail}`, fatal: isFatal, policy }
    if (may && (step.undo ?? []).length > 0 && draft.state().ending === null) draft.did(doneAt(at))
    pass(at, failure, may)
  }

  /** What a failed step, or a step in which one has failed, leads to. */
  function pass(at: string, failure: RunFailure, may = false): void {
    const step = stepOf(at)
    if (step === undefined) return changed(at)
    const tries = draft.frame(at)?.tries ?? 0
    if (draft.frame(at)?.phase === 'inside') leaveUnderWay(at)
    draft.leave(at)
    const { retry, onFailure } = step
    const isOnceOnly = may && 'do' in step && step.do.verb !== 'set'
    if (!failure.fatal && retry !== undefined && tries < retry.times && !isOnceOnly) {
      draft.put({ at, phase: 'retry', tries: tries + 1, ...after(retry.everyMs) })
      return draft.emit(failure.detail)
    }
    if (!failure.fatal && typeof onFailure === 'object') {
      const frame: Frame = { at, phase: 'instead', ...(tries === 0 ? {} : { tries }) }
      draft.put({ ...frame, ...after(step.withinMs) })
      wish(frame, { verb: 'run', macro: onFailure.run, args: {} })
      return draft.emit(failure.detail)
    }
    raise(at, failure)
  }

  /** To the step around it. */
  function raise(at: string, failure: RunFailure): void {
    const { parent, slot, index } = placeOf(at)
    const undoing = undoOf(at) !== null
    const isCaught = isInTry(at)
    const asTold = stepOf(at)?.onFailure
    const goesOn =
      asTold === 'continue' ||
      (asTold === undefined &&
        failure.policy === null &&
        macro.onFailure === 'continue' &&
        !isCaught)
    if (!failure.fatal && (goesOn || (undoing && isUndoRoot(parent)))) {
      failureSaid = failure.detail
      if (!undoing) draft.set({ flawed: true })
      return goTo(parent, slot, index + 1)
    }
    if (undoing && isUndoRoot(parent)) {
      failureSaid = failure.detail
      return nextUndo(1)
    }
    if (parent === '') return atTop(failure)
    const around = stepOf(parent)
    if (around === undefined) return changed(parent)
    if ('together' in around) return branchOver(parent, failure)
    if (!('try' in around)) return pass(parent, { ...failure, policy: policyOf(around, failure) })
    const list = listName(slot)
    if (list === 'always') return pass(parent, failure)
    if (list === 'try' && !failure.fatal && (around.recover ?? []).length > 0) {
      change(parent, { stage: 'recover', local: { failure: failure.detail } })
      failureSaid = failure.detail
      return open(parent, 'recover')
    }
    finally_(parent, failure)
  }

  function policyOf({ onFailure }: Step, { policy }: RunFailure): RunFailure['policy'] {
    return onFailure === 'stop' || onFailure === 'compensate' ? onFailure : policy
  }

  function isInTry(at: string): boolean {
    const { parent, slot } = placeOf(at)
    if (parent === '' || isUndoRoot(parent)) return false
    const around = stepOf(parent)
    if (around !== undefined && 'try' in around && listName(slot) === 'try') return true
    return isInTry(parent)
  }

  function atTop({ detail, policy }: RunFailure): void {
    const wanted = policy ?? macro.onFailure
    if (wanted === 'compensate') return undo({ state: 'stopped', detail })
    draft.end({ state: 'stopped', detail: policy === 'stop' ? `told to stop: ${detail}` : detail })
  }

  function fatal(detail: string): void {
    const { ending } = draft.state()
    if (ending !== null) return draft.end({ ...ending, detail: `${ending.detail}; ${detail}` })
    atTop({ detail, fatal: true, policy: null })
  }

  function undo(ending: Ending): void {
    const { frames } = draft.state()
    for (const { at, phase } of frames)
      if (phase === 'at' && (stepOf(at)?.undo ?? []).length > 0) draft.did(doneAt(at))
    for (const { at } of frames) draft.leave(at)
    draft.set({ paused: false, ending })
    const count = draft.state().done.length
    draft.emit(`${ending.detail}; ${count} to undo`)
    nextUndo(0)
  }

  function nextUndo(over: number): void {
    if (isOver()) return
    if (over > 0) {
      const at = `undo${draft.state().done.length - over}`
      draft.leave(at)
      draft.undone(over)
    }
    const { done, ending } = draft.state()
    if (ending === null) return
    if (done.length > 0) return goTo(`undo${done.length - 1}`, 'u', 0)
    const problem = said()
    draft.end(problem === '' ? ending : { ...ending, detail: `${ending.detail}; ${problem}` })
  }

  /** Steps that are begun, and nothing of them is under way. */
  function rekindle(): void {
    const { frames, ending } = draft.state()
    if (frames.length === 0 && ending !== null) return nextUndo(0)
    // the innermost first: what was begun first goes on first
    for (const { at } of frames.toSorted((a, b) => depthOf(b.at) - depthOf(a.at))) {
      const frame = draft.frame(at)
      const step = stepOf(at)
      if (frame === undefined || step === undefined || isOver()) continue
      if (frame.phase === 'at' && isInstant(step)) {
        if ('checkpoint' in step) draft.undone('all')
        complete(at)
      } else if (frame.phase === 'inside') goOnInside(at, step, frame)
    }
  }

  function goOnInside(at: string, step: Step, frame: Frame): void {
    if ('together' in step) return moreBranches(at)
    if (draft.state().frames.some((one) => one.at.startsWith(`${at}/`))) return
    if (frame.stage !== undefined) return open(at, frame.stage)
    if (frame.items !== undefined || frame.over !== undefined || frame.round !== undefined)
      return nextRound(at)
    begun(
      step,
      at,
      (more) => ({ ...frame, ...more }),
      () => {}, // that it is begun is on record
    )
  }

  return {
    begin: () => goTo('', '', 0),
    enter,
    complete,
    fail,
    rekindle,
    skip(at, detail = '') {
      failureSaid = detail
      skip(at)
    },
    test,
    undo,
    failedInstead(at, detail) {
      const failure = { detail: `${nameOf(at)}: ${detail}`, fatal: false, policy: null }
      draft.leave(at)
      raise(at, failure)
    },
  }
}

function depthOf(at: string): number {
  return at.split('/').length
}

/** Whether it is over as soon as it is on record. */
function isInstant(step: Step): boolean {
  return 'checkpoint' in step || 'note' in step || 'let' in step
}

function isUndoRoot(parent: string): boolean {
  return undoOf(parent) !== null && !parent.includes('/')
}
