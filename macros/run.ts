import type { Instant, IntentId } from '../intents/id.ts'
import type { Frame } from '../intents/run-event.ts'
import { ticketOf, type RunState } from '../intents/run-state.ts'
import { succeeded, type Outcome } from '../intents/outcome.ts'
import { openDraft, type Decision, type Draft, type World } from './draft.ts'
import { defaultLimits, type Macro, type Step } from './macro.ts'
import { outermost, placeName, stepAt } from './place.ts'
import { resolveIntent } from './value.ts'
import { openWalk, type Walk } from './walk.ts'

// One run of a macro, as a pure state machine over what is recorded of it:
//
//   begin ──▶ running: frames, one for each step under way ──▶ done
//                │  ended, look, answer, skip: one step is over; the next are begun, or it failed (macros/walk.ts)
//                ├── a failure that nothing keeps ──▶ by `onFailure`: stopped, or undone first
//                ├── cancel ──▶ cancelled, or undone first
//                ├── pause ⇄ resume; step: what is ready is begun one by one
//                └── crash ──▶ by `onCrash`: goes on, stopped, undone first, or a person is asked
//   while it is undone ──▶ nothing but the end of that ends it

export type RunCommand =
  | { readonly type: 'begin' }
  /** It has to wait for others of its macro. */
  | { readonly type: 'queue' }
  /** It may not run beside those that are under way. */
  | { readonly type: 'drop'; readonly detail: string }
  /** The intent of a step has ended. */
  | {
      readonly type: 'ended'
      readonly intent: IntentId
      readonly outcome: Outcome
      readonly detail: string
      /** It may have arrived all the same. */
      readonly may: boolean
    }
  /** Time has passed, a device has reported, or steps are ready. */
  | { readonly type: 'look' }
  | { readonly type: 'cancel' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** One step of a run that is paused. */
  | { readonly type: 'step' }
  /** The step at that place, or the first that is under way, is left as if it had been done. */
  | { readonly type: 'skip'; readonly at: string | null }
  /** To the question of the step at that place, or to the only one. */
  | { readonly type: 'answer'; readonly at: string | null; readonly choice: string }
  /** Found under way at start-up, the hub having been away for `awayMs`. */
  | { readonly type: 'crash'; readonly awayMs: number }

/** What is asked after a crash, where the macro says so. */
const crashChoices = ['resume', 'abandon', 'compensate'] as const

/** The place of that question. */
const crashPlace = 'crash'

/** The next entries of a run, and what is to be done once they are recorded. A run that is over stays as it is. */
export function decideRun(
  macro: Macro,
  was: RunState,
  command: RunCommand,
  world: World,
  startedAt: Instant,
): Decision {
  const draft = openDraft(macro, was, world)
  if (was.state !== 'running') return draft.decision('it is over')
  const walk = openWalk(draft)
  const refused = obey(command, draft, walk, startedAt)
  return draft.decision(refused)
}

function obey(command: RunCommand, draft: Draft, walk: Walk, startedAt: Instant): string | null {
  const { macro } = draft
  const { paused, ending, frames } = draft.state()
  switch (command.type) {
    case 'begin':
      if (draft.state().queued) draft.set({ queued: false })
      walk.begin()
      return null
    case 'queue':
      draft.set({ queued: true })
      draft.emit('waits for its turn')
      return null
    case 'drop':
      draft.end({ state: 'stopped', detail: command.detail })
      return null
    case 'ended':
      ended(command, draft, walk)
      return null
    case 'look':
      look(draft, walk, startedAt)
      return null
    case 'cancel':
      if (ending !== null) return 'it is being undone already'
      if (macro.onCancel === 'compensate') walk.undo({ state: 'cancelled', detail: 'cancelled' })
      else draft.end({ state: 'cancelled', detail: 'cancelled' })
      return null
    case 'pause':
      if (ending !== null) return 'it is being undone'
      if (paused) return 'it is paused already'
      draft.set({ paused: true })
      draft.emit('paused')
      return null
    case 'resume':
      if (!paused) return 'it is not paused'
      if (draft.frame(crashPlace) !== undefined) return 'it waits for an answer'
      goOn(draft, walk, startedAt)
      return null
    case 'step': {
      if (!paused) return 'it is not paused'
      const ready = frames.find(({ phase }) => phase === 'ready')
      if (ready === undefined) return 'no step is ready: the one before is still under way'
      walk.enter(ready.at, ready.tries, true)
      return null
    }
    case 'skip': {
      const { at } = command
      const leaf = frames.find((frame) =>
        at === null ? frame.phase !== 'inside' && frame.at !== crashPlace : frame.at === at,
      )
      if (leaf === undefined) return 'no such step is under way'
      walk.skip(leaf.at, `${placeName(draft.ground(), leaf.at)} was skipped`)
      return null
    }
    case 'answer':
      return answer(command, draft, walk, startedAt)
    case 'crash':
      crash(command.awayMs, draft, walk)
      return null
    default:
      return command satisfies never
  }
}

function ended(
  { intent, outcome, detail, may }: Extract<RunCommand, { readonly type: 'ended' }>,
  draft: Draft,
  walk: Walk,
): void {
  const frame = draft.state().frames.find((one) => one.intent === intent)
  if (frame === undefined) return
  const { at, phase } = frame
  if (!succeeded(outcome)) {
    const why = detail || outcome
    if (phase === 'instead') return walk.failedInstead(at, `what was to take its place: ${why}`)
    return walk.fail(at, why, { may })
  }
  if (phase === 'instead') return walk.skip(at)
  const step = stepAt(draft.ground(), at)
  if (step?.waitFor === 'confirmed' && outcome !== 'confirmed')
    return walk.fail(at, 'it was sent, and the device did not confirm it', { may: true })
  walk.complete(at)
}

/** Whatever is due, holds, or is ready. Ends: each frame is looked at once, and what it leads to is begun by the walk. */
function look(draft: Draft, walk: Walk, startedAt: Instant): void {
  const { macro, world } = draft
  const { withinMs } = macro.limits ?? defaultLimits
  const { ending } = draft.state()
  // what undoes it has as long again
  if (world.now - startedAt >= withinMs * (ending === null ? 1 : 2)) {
    const detail = `it took longer than ${withinMs} ms`
    if (ending !== null) return draft.end({ ...ending, detail: `${ending.detail}; ${detail}` })
    if (macro.onFailure === 'compensate') return walk.undo({ state: 'stopped', detail })
    return draft.end({ state: 'stopped', detail })
  }
  for (const { at } of draft.state().frames) {
    const frame = draft.frame(at)
    if (draft.state().state !== 'running') return
    if (frame !== undefined) lookAt(frame, draft, walk)
  }
}

function lookAt(frame: Frame, draft: Draft, walk: Walk): void {
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
      if (isDue) walk.fail(at, lateText(stepAt(draft.ground(), at)))
      return
    case 'at':
      return lookAtLeaf(at, isDue, draft, walk)
    default:
      phase satisfies never
  }
}

function lookAtLeaf(at: string, isDue: boolean, draft: Draft, walk: Walk): void {
  const step = stepAt(draft.ground(), at)
  if (step === undefined) return walk.skip(at) // it says that the macro was changed
  if ('until' in step) {
    const holds = walk.test(step.until, at)
    if (holds === true) return walk.complete(at)
    if (typeof holds === 'object') return walk.fail(at, holds.detail)
  }
  if (!isDue) return
  if ('waitMs' in step || 'time' in step) return walk.complete(at)
  if ('ask' in step && step.otherwise !== undefined) return take(at, step.otherwise, draft, walk)
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

function answer(
  { at, choice }: Extract<RunCommand, { readonly type: 'answer' }>,
  draft: Draft,
  walk: Walk,
  startedAt: Instant,
): string | null {
  const open = questionsOf(draft.macro, draft.state())
  const question = open.find((one) => at === null || one.at === at)
  if (question === undefined) return 'nothing is asked there'
  if (at === null && open.length > 1)
    return `${open.length} questions are open: say which, by its place`
  if (!question.choices.includes(choice)) return `it asks for ${question.choices.join(', ')}`
  if (question.at !== crashPlace) {
    take(question.at, choice, draft, walk)
    return null
  }
  draft.leave(crashPlace)
  if (choice === 'resume') goOn(draft, walk, startedAt)
  else if (choice === 'compensate')
    walk.undo({ state: 'stopped', detail: 'abandoned: the hub was restarted in the middle' })
  else draft.end({ state: 'stopped', detail: 'abandoned: the hub was restarted in the middle' })
  return null
}

/** An answer to the question of a step. */
function take(at: string, choice: string, draft: Draft, walk: Walk): void {
  const step = stepAt(draft.ground(), at)
  if (step === undefined || !('ask' in step)) return walk.skip(at)
  if (step.as !== undefined) draft.assign({ [step.as]: choice })
  draft.emit(`answered ${choice}`)
  if (step.as !== undefined || choice === step.choices[0]) walk.complete(at)
  else walk.fail(at, `the answer was ${choice}`)
}

function goOn(draft: Draft, walk: Walk, startedAt: Instant): void {
  draft.set({ paused: false })
  draft.emit('goes on')
  for (const frame of draft.state().frames) again(frame, draft)
  walk.rekindle()
  look(draft, walk, startedAt)
}

function crash(awayMs: number, draft: Draft, walk: Walk): void {
  const { macro } = draft
  const { ending, paused } = draft.state()
  const abandoned = (why: string) => ({ state: 'stopped' as const, detail: `abandoned: ${why}` })
  const inTheMiddle = 'the hub was restarted in the middle'
  // what was begun to be undone is undone, whatever the macro says; what a person has stopped waits for that person
  if (ending === null && !paused) {
    if (macro.onCrash === 'abandon')
      return draft.end(abandoned(`${inTheMiddle} (onCrash: abandon)`))
    if (macro.onCrash === 'compensate') return walk.undo(abandoned(inTheMiddle))
    if (macro.onCrash === 'ask') {
      const wakeAt = (draft.world.now + macro.resumeWithinMs) as Instant // ms since the epoch
      draft.put({ at: crashPlace, phase: 'asked', wakeAt })
      draft.set({ paused: true })
      return draft.emit(`${inTheMiddle}: resume, abandon or compensate?`)
    }
    if (awayMs > macro.resumeWithinMs)
      return draft.end(abandoned(`the hub was away for ${awayMs} ms, longer than resumeWithin`))
  }
  if (paused && ending === null) return
  for (const frame of draft.state().frames) again(frame, draft)
  walk.rekindle()
}

/** A step whose entry was recorded, and its intent was not: that never went anywhere, so it is submitted now. */
function again(frame: Frame, draft: Draft): void {
  const { at, phase, intent } = frame
  const step = stepAt(draft.ground(), at)
  if (intent !== undefined || step === undefined) return
  const ticket = ticketOf(frame)
  const number = outermost(at) ?? draft.state().step
  if (phase === 'instead' && typeof step.onFailure === 'object') {
    const { run } = step.onFailure
    return draft.submit({ ticket, step: number, intent: { verb: 'run', macro: run, args: {} } })
  }
  if (phase !== 'at' || !('do' in step)) return
  const { world } = draft
  const resolved = resolveIntent(step.do, draft.scope(at), world.evaluate)
  if (resolved.ok) draft.submit({ ticket, step: number, intent: resolved.intent })
}

/** What a run waits for a person to answer. */
export interface Question {
  readonly at: string
  readonly text: string
  /** The first is the one that goes on. */
  readonly choices: readonly string[]
  readonly until: Instant | null
}

export function questionsOf(macro: Macro, state: RunState): readonly Question[] {
  const ground = { steps: macro.steps, done: state.done }
  return state.frames.flatMap(({ at, phase, wakeAt = null }): readonly Question[] => {
    if (phase === 'asked') {
      const text = `The hub was restarted in the middle of ${macro.id}.`
      return [{ at, text, choices: crashChoices, until: wakeAt }]
    }
    const step = stepAt(ground, at)
    if (phase !== 'at' || step === undefined || !('ask' in step)) return []
    return [{ at, text: step.ask, choices: step.choices, until: wakeAt }]
  })
}

/** When a run is to be looked at next; null: not by the clock. Steps that are ready are looked at at once. */
export function wakeOf(macro: Macro, state: RunState, startedAt: Instant): Instant | null {
  if (state.state !== 'running' || state.queued) return null
  const { withinMs } = macro.limits ?? defaultLimits
  const latest = startedAt + withinMs * (state.ending === null ? 1 : 2)
  const wakes = state.frames.flatMap(({ wakeAt }) => wakeAt ?? [])
  return Math.min(latest, ...wakes) as Instant // one of them
}

/** Whether steps are ready, which only the next look begins. */
export function isReady({ frames, paused, ending }: RunState): boolean {
  return (!paused || ending !== null) && frames.some(({ phase }) => phase === 'ready')
}

/** Whether what this device says may end one of the steps that are under way. */
export function waitsFor(macro: Macro, { frames, done }: RunState, device: string): boolean {
  const ground = { steps: macro.steps, done }
  return frames.some(({ at, phase }) => {
    const step = phase === 'at' ? stepAt(ground, at) : undefined
    if (step === undefined || !('until' in step)) return false
    return 'expr' in step.until || step.until.device === device
  })
}
