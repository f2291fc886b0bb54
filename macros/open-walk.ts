import type { Instant } from '../intents/id.ts'
import type { Frame } from '../intents/run-event.ts'
import { ticketOf } from '../intents/run-state.ts'
import { begin } from './begin.ts'
import { branchOver, moreBranches } from './branches.ts'
import type { Draft } from './draft.ts'
import { fail, failedInstead, fatal, finally_, pass } from './failing.ts'
import { defaultLimits } from './macro.ts'
import {
  listAt,
  listName,
  outermost,
  placeIn,
  placeName,
  placeOf,
  slotOf,
  stepAt,
} from './place.ts'
import { rekindle } from './rekindle.ts'
import { nextRound } from './rounds.ts'
import { isUndoRoot, keep, leaveInside, nextUndo, undo } from './undoing.ts'
import type { Walk } from './walk.ts'

/** So many steps that take no time are taken in one go; then the run is recorded before it goes on. */
const stepsAtOnce = 256

/** One walk on, over one draft; see {@link Walk}. */
export function openWalk(draft: Draft): Walk {
  const { macro, world } = draft
  const limits = macro.limits ?? defaultLimits
  let taken = 0
  let unsaid = ''

  const walk: Walk = {
    draft,
    start: () => goTo('', '', 0),
    enter,
    begin: (...step) => begin(walk, ...step),
    complete,
    skip(at, detail = '') {
      unsaid = detail
      leave(at)
    },
    goTo,
    open: (at, slot) => goTo(at, slotOf(slot, draft.frame(at)?.tries ?? 0), 0),
    listOver,
    nextRound: (at) => nextRound(walk, at),
    moreBranches: (at) => moreBranches(walk, at),
    branchOver: (at, failure) => branchOver(walk, at, failure),
    finally: (at, failed) => finally_(walk, at, failed),
    fail: (at, detail, how) => fail(walk, at, detail, how),
    pass: (at, failure, may) => pass(walk, at, failure, may),
    fatal: (detail) => fatal(walk, detail),
    failedInstead: (at, detail) => failedInstead(walk, at, detail),
    changed(at) {
      draft.end({
        state: 'stopped',
        detail: `the macro was changed while it ran: ${walk.nameOf(at)} is not what it was`,
      })
    },
    undo: (ending) => undo(walk, ending),
    nextUndo: (over) => nextUndo(walk, over),
    keep: (at) => keep(walk, at),
    leaveInside: (at) => leaveInside(walk, at),
    rekindle: () => rekindle(walk),
    test(condition, at) {
      if (!('expr' in condition)) return world.holds(condition)
      const found = world.evaluate(condition.expr, draft.scope(at))
      return found.ok ? found.value === true : { detail: found.detail }
    },
    wish(frame, intent) {
      const step = outermost(frame.at) ?? draft.state().step
      draft.submit({ ticket: ticketOf(frame), step, intent })
    },
    // ms since the epoch
    after: (ms) => (ms === undefined ? {} : { wakeAt: (world.now + ms) as Instant }),
    stepOf: (at) => stepAt(draft.ground(), at),
    nameOf: (at) => placeName(draft.ground(), at),
    change(at, more) {
      const frame = draft.frame(at)
      if (frame !== undefined) draft.put({ ...frame, ...more })
    },
    isOver: () => draft.state().state !== 'running',
    say: (detail) => void (unsaid = detail),
    said() {
      const was = unsaid
      unsaid = ''
      return was
    },
  }

  function goTo(parent: string, slot: string, index: number): void {
    if (walk.isOver()) return
    const list = listAt(draft.ground(), parent, slot)
    if (list === undefined) return walk.changed(parent)
    if (index < list.length) return enter(placeIn(parent, slot, index))
    if (parent === '') draft.end({ state: 'done', detail: walk.said() })
    else if (isUndoRoot(parent)) walk.nextUndo(1)
    else listOver(parent, slot)
  }

  function enter(at: string, tries = 0, isForced = false): void {
    if (walk.isOver()) return
    const step = walk.stepOf(at)
    if (step === undefined) return walk.changed(at)
    const again = tries === 0 ? {} : { tries }
    const { paused, ending } = draft.state()
    if ((paused && ending === null && !isForced) || taken >= stepsAtOnce) {
      draft.put({ at, phase: 'ready', ...again })
      return draft.emit(walk.said())
    }
    taken++
    // what undoes has as many of its own: it ends, too
    if (draft.take() > limits.steps * (ending === null ? 1 : 2))
      return walk.fatal(`it took more than ${limits.steps} steps: does it repeat without end?`)
    const frame = (more: Partial<Frame>): Frame => ({ at, phase: 'at', ...again, ...more })
    walk.begin(step, at, frame, (more = {}) => {
      draft.put(frame({ phase: 'inside', ...walk.after(step.withinMs), ...more }))
      draft.emit(walk.said())
    })
  }

  function listOver(parent: string, slot: string): void {
    const step = walk.stepOf(parent)
    if (step === undefined) return walk.changed(parent)
    if ('repeat' in step) return walk.nextRound(parent)
    if ('together' in step) return walk.branchOver(parent, null)
    if (!('try' in step)) return complete(parent)
    if (listName(slot) !== 'always') return walk.finally(parent, null)
    const failed = draft.frame(parent)?.failed
    if (failed === undefined) complete(parent)
    else walk.pass(parent, failed)
  }

  function complete(at: string): void {
    walk.keep(at)
    leave(at)
  }

  function leave(at: string): void {
    const step = walk.stepOf(at)
    draft.leave(at)
    if (step === undefined) return walk.changed(at)
    const { parent, slot, index } = placeOf(at)
    goTo(parent, slot, index + 1)
  }

  return walk
}
