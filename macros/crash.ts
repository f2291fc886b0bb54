import type { Instant } from '../intents/id.ts'
import { look } from './look.ts'
import { crashPlace } from './question.ts'
import { resolveIntent } from './value.ts'
import type { Walk } from './walk.ts'

// A hub was killed in the middle of a run, and one that has its log goes on.

const inTheMiddle = 'the hub was restarted in the middle'

/** After a pause, or after a crash where a person said so. */
export function goOn(walk: Walk, startedAt: Instant): void {
  const { draft } = walk
  draft.set({ paused: false })
  draft.emit('goes on')
  submitAgain(walk)
  walk.rekindle()
  look(walk, startedAt)
}

/** Found under way at start-up, the hub having been away for so many ms. */
export function crash(walk: Walk, awayMs: number): void {
  const { draft } = walk
  const { macro } = draft
  const { ending, paused } = draft.state()
  const abandoned = (why: string) => ({ state: 'stopped' as const, detail: `abandoned: ${why}` })
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
  submitAgain(walk)
  walk.rekindle()
}

/** What was asked after a crash is answered. */
export function answerCrash(walk: Walk, choice: string, startedAt: Instant): void {
  const { draft } = walk
  const ending = { state: 'stopped', detail: `abandoned: ${inTheMiddle}` } as const
  draft.leave(crashPlace)
  if (choice === 'resume') goOn(walk, startedAt)
  else if (choice === 'compensate') walk.undo(ending)
  else draft.end(ending)
}

/** Steps whose entry was recorded, and their intent was not: that never went anywhere, so it is submitted now. */
function submitAgain(walk: Walk): void {
  const { draft } = walk
  for (const { at } of draft.state().frames) {
    const frame = draft.frame(at)
    const step = walk.stepOf(at)
    if (frame === undefined || frame.intent !== undefined || step === undefined) continue
    if (frame.phase === 'instead' && typeof step.onFailure === 'object')
      walk.wish(frame, { verb: 'run', macro: step.onFailure.run, args: {} })
    else if (frame.phase === 'at' && 'do' in step) {
      const resolved = resolveIntent(step.do, draft.scope(at), draft.world.evaluate)
      if (resolved.ok) walk.wish(frame, resolved.intent)
      else walk.fail(at, resolved.detail)
    }
  }
}
