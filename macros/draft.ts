import type { Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Done, Ending, Frame, RunChange, RunEvent } from '../intents/run-event.ts'
import { foldAdvance, isWithin, type RunState } from '../intents/run-state.ts'
import type { Condition, Expression, Macro, Scope } from './macro.ts'
import { outermost, undoOf, type Ground } from './place.ts'
import type { Evaluate } from './value.ts'

/** What a run can see of the world, as it is at this moment. */
export interface World {
  readonly run: RunId
  readonly now: Instant
  /** What clocks on walls show: after a step back another time than `now`. */
  readonly wall: Instant
  readonly args: Json
  readonly evaluate: Evaluate
  /** Whether a device, or its link, is so. */
  holds(condition: Exclude<Condition, Expression>): boolean
  /** From 0 up to 1. */
  random(): number
}

/** An intent to be submitted, with what its cause says. */
export interface Submit {
  readonly ticket: string
  readonly step: number
  readonly intent: Intent
}

/** What follows of a command: entries, then what is done once they are recorded. */
export interface Decision {
  readonly events: readonly RunEvent[]
  readonly submits: readonly Submit[]
  /** Intents of steps that were left before they had ended: a run among them is cancelled. */
  readonly dropped: readonly IntentId[]
  /** Why the command was not obeyed; null where it was, or needed not be. */
  readonly refused: string | null
}

/** The run as it becomes while something is decided. What is changed is on record with the next `emit`. */
export interface Draft {
  readonly macro: Macro
  readonly world: World
  readonly state: () => RunState
  readonly ground: () => Ground
  frame(at: string): Frame | undefined
  put(frame: Frame): void
  /** With all inside it. */
  leave(at: string): void
  did(done: Done): void
  undone(count: number | 'all'): void
  assign(vars: JsonObject): void
  set(change: Pick<RunChange, 'paused' | 'queued' | 'ending' | 'flawed' | 'flaw' | 'aheadMs'>): void
  /** One more step is taken. */
  take(): number
  submit(submit: Submit): void
  emit(detail?: string): void
  end(ending: Ending | { readonly state: 'done'; readonly detail: string }): void
  scope(at: string): Scope
  decision(refused?: string | null): Decision
}

/** What of a run is not recorded yet. */
interface Unsaid {
  put: Map<string, Frame>
  left: string[]
  did: Done[]
  undone: number | 'all'
  more: Pick<RunChange, 'vars' | 'paused' | 'queued' | 'ending' | 'flawed' | 'flaw' | 'aheadMs'>
}

const nothing = (): Unsaid => ({ put: new Map(), left: [], did: [], undone: 0, more: {} })

export function openDraft(macro: Macro, was: RunState, world: World): Draft {
  const events: RunEvent[] = []
  const submits: Submit[] = []
  const dropped: IntentId[] = []
  let state = was
  let recorded = was
  let unsaid = nothing()
  let isDirty = false

  const macroId: MacroId = macro.id
  const entry = (step: number, is: RunEvent['state'], detail: string): RunEvent => ({
    type: 'RunAdvanced',
    run: world.run,
    macro: macroId,
    step,
    state: is,
    wakeAt: null,
    detail,
  })

  function record(event: RunEvent): void {
    events.push(event)
    recorded = foldAdvance(recorded, event)
    state = recorded
    unsaid = nothing()
    isDirty = false
  }

  function touch(next: Partial<RunState>): void {
    state = { ...state, ...next }
    isDirty = true
  }

  function changeOf(): RunChange {
    const { put, left, did, undone, more } = unsaid
    return {
      ...(put.size === 0 ? {} : { put: [...put.values()] }),
      ...(left.length === 0 ? {} : { left }),
      ...(did.length === 0 ? {} : { did }),
      ...(undone === 0 ? {} : { undone }),
      ...more,
      taken: state.taken,
    }
  }

  const draft: Draft = {
    macro,
    world,
    state: () => state,
    ground: () => ({ steps: macro.steps, done: state.done }),
    frame: (place) => state.frames.find(({ at }) => at === place),
    put(frame) {
      unsaid.put.set(frame.at, frame)
      touch({ frames: [...state.frames.filter(({ at }) => at !== frame.at), frame] })
    },
    leave(place) {
      for (const { at, intent } of state.frames)
        if (intent !== undefined && isWithin(at, place)) dropped.push(intent)
      for (const at of unsaid.put.keys()) if (isWithin(at, place)) unsaid.put.delete(at)
      // what was asked for and is left in the same moment is not wanted any more
      for (let i = submits.length - 1; i >= 0; i--)
        if (isWithin(submits[i]?.ticket.replace(/[#!].*$/, '') ?? '', place)) submits.splice(i, 1)
      unsaid.left.push(place)
      touch({ frames: state.frames.filter(({ at }) => !isWithin(at, place)) })
    },
    did(done) {
      unsaid.did.push(done)
      touch({ done: [...state.done, done] })
    },
    undone(count) {
      // what is done is recorded before any of it is undone
      if (unsaid.did.length > 0 || unsaid.undone !== 0) draft.emit()
      unsaid.undone = count
      touch({ done: count === 'all' ? [] : state.done.slice(0, state.done.length - count) })
    },
    assign(vars) {
      const all = { ...state.vars, ...vars }
      unsaid.more = { ...unsaid.more, vars: all }
      touch({ vars: all })
    },
    set(change) {
      unsaid.more = { ...unsaid.more, ...change }
      touch(change)
    },
    take() {
      touch({ taken: state.taken + 1 })
      return state.taken
    },
    submit: (submit) => void submits.push(submit),
    emit(detail = '') {
      const { frames } = state
      const step = stepOf(frames, state.step)
      const wakes = frames.flatMap(({ wakeAt }) => wakeAt ?? [])
      const wakeAt = wakes.length === 0 ? null : (Math.min(...wakes) as Instant) // one of them
      const plain = { ...entry(step, 'running', detail), wakeAt }
      record(isPlain(state, step) ? plain : { ...plain, change: changeOf() })
    },
    end({ state: is, detail }) {
      for (const { intent } of state.frames) if (intent !== undefined) dropped.push(intent)
      submits.length = 0
      const last = entry(is === 'done' ? macro.steps.length : state.step, is, detail)
      const { flawed, flaw } = unsaid.more
      // of what is not on record yet, that the last step has failed and it went on all the same
      record(
        flawed === true ? { ...last, change: { flawed, ...said(flaw), taken: state.taken } } : last,
      )
    },
    scope(at) {
      const locals = state.frames
        .filter((frame) => frame.local !== undefined && at.startsWith(`${frame.at}/`))
        .toSorted((a, b) => a.at.length - b.at.length)
      const undoing = undoOf(at)
      const local = undoing === null ? {} : state.done[undoing]?.local
      const vars = Object.assign({}, state.vars, local, ...locals.map((frame) => frame.local))
      return { args: world.args, vars, now: world.wall }
    },
    decision(refused = null) {
      if (isDirty && state.state === 'running') draft.emit()
      return { events, submits, dropped, refused }
    },
  }
  return draft
}

function said(flaw: string | undefined): Pick<RunChange, 'flaw'> {
  return flaw === undefined ? {} : { flaw }
}

/** The outermost step that is under way; where there is none, the last one. */
function stepOf(frames: readonly Frame[], last: number): number {
  for (const { at } of frames) {
    const step = outermost(at)
    if (step !== null) return step
  }
  return last
}

/** Whether the number of the step and its time say it all. */
function isPlain(state: RunState, step: number): boolean {
  const { frames, done, vars, paused, queued, ending, flawed, aheadMs = 0, taken } = state
  const [frame, ...others] = frames
  if (frame === undefined || others.length > 0 || taken !== step + 1) return false
  if (
    paused ||
    queued ||
    aheadMs !== 0 ||
    flawed ||
    ending !== null ||
    done.length > 0 ||
    Object.keys(vars).length > 0
  )
    return false
  const { at, phase, wakeAt: _, ...rest } = frame
  return at === String(step) && phase === 'at' && Object.keys(rest).length === 0
}
