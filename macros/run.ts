import type { Instant } from '../intents/id.ts'
import { succeeded } from '../intents/outcome.ts'
import type { RunState } from '../intents/run-state.ts'
import { answerCrash, crash, goOn } from './crash.ts'
import { openDraft, type Decision, type World } from './draft.ts'
import { look } from './look.ts'
import type { Macro } from './macro.ts'
import { openWalk } from './open-walk.ts'
import { crashPlace, questionsOf, take } from './question.ts'
import type { RunCommand } from './run-command.ts'
import { clockSet } from './clock-set.ts'
import type { Walk } from './walk.ts'

// One run of a macro, as a pure state machine over what is recorded of it:
//
//   begin ──▶ running: frames, one for each step under way ──▶ done
//                │  ended, look, answer, skip: one step is over; the next are begun, or it failed (walk.ts)
//                ├── a failure that nothing keeps ──▶ by `onFailure`: stopped, or undone first
//                ├── cancel ──▶ cancelled, or undone first
//                ├── pause ⇄ resume; step: what is ready is begun one by one
//                └── crash ──▶ by `onCrash`: goes on, stopped, undone first, or a person is asked
//   while it is undone ──▶ nothing but the end of that ends it

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
  const refused = obey(command, walk, startedAt)
  return draft.decision(refused)
}

function obey(command: RunCommand, walk: Walk, startedAt: Instant): string | null {
  const { draft } = walk
  const { macro } = draft
  const { paused, ending, frames } = draft.state()
  switch (command.type) {
    case 'begin':
      if (draft.state().queued) draft.set({ queued: false })
      walk.start()
      return null
    case 'queue':
      draft.set({ queued: true })
      draft.emit('waits for its turn')
      return null
    case 'drop':
      draft.end({ state: 'stopped', detail: command.detail })
      return null
    case 'ended':
      ended(command, walk)
      return null
    case 'look':
      look(walk, startedAt)
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
      goOn(walk, startedAt)
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
      walk.skip(leaf.at, `${walk.nameOf(leaf.at)} was skipped`)
      return null
    }
    case 'answer':
      return answer(command, walk, startedAt)
    case 'clock':
      clockSet(walk, command)
      return null
    case 'crash':
      crash(walk, command.awayMs)
      return null
    default:
      return command satisfies never
  }
}

function ended(
  { intent, outcome, detail, may }: Extract<RunCommand, { readonly type: 'ended' }>,
  walk: Walk,
): void {
  const { draft } = walk
  const frame = draft.state().frames.find((one) => one.intent === intent)
  if (frame === undefined) return
  const { at, phase } = frame
  if (!succeeded(outcome)) {
    const why = detail || outcome
    if (phase === 'instead') return walk.failedInstead(at, `what was to take its place: ${why}`)
    return walk.fail(at, why, { may })
  }
  if (phase === 'instead') return walk.skip(at)
  const step = walk.stepOf(at)
  if (step?.waitFor === 'confirmed' && outcome !== 'confirmed')
    return walk.fail(at, 'it was sent, and the device did not confirm it', { may: true })
  walk.complete(at)
}

function answer(
  { at, choice }: Extract<RunCommand, { readonly type: 'answer' }>,
  walk: Walk,
  startedAt: Instant,
): string | null {
  const { draft } = walk
  const open = questionsOf(draft.macro, draft.state())
  const question = open.find((one) => at === null || one.at === at)
  if (question === undefined) return 'nothing is asked there'
  if (at === null && open.length > 1)
    return `${open.length} questions are open: say which, by its place`
  if (!question.choices.includes(choice)) return `it asks for ${question.choices.join(', ')}`
  if (question.at === crashPlace) answerCrash(walk, choice, startedAt)
  else take(walk, question.at, choice)
  return null
}
