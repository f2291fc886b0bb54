import type { Question } from '../intents/question.ts'
import type { RunState } from '../intents/run-state.ts'
import type { Macro } from './macro.ts'
import { stepAt } from './place.ts'
import type { Walk } from './walk.ts'

// What a run asks a person: the `ask` of a step, and after a crash what is to become of it.

/** What is asked after a crash, where the macro says so. */
const crashChoices = ['resume', 'abandon', 'compensate'] as const

/** The place of that question. */
export const crashPlace = 'crash'

export function questionsOf(macro: Macro, state: RunState): readonly Question[] {
  const ground = { steps: macro.steps, done: state.done }
  return state.frames.flatMap(({ at, phase, wakeAt = null }): readonly Question[] => {
    if (phase === 'asked') {
      const text = `The hub was restarted in the middle of ${macro.id}.`
      return [{ at, text, choices: crashChoices, otherwise: 'abandon', until: wakeAt }]
    }
    const step = stepAt(ground, at)
    if (phase !== 'at' || step === undefined || !('ask' in step)) return []
    const { ask: text, choices, otherwise = null } = step
    return [{ at, text, choices, otherwise, until: wakeAt }]
  })
}

/** An answer to the question of a step. */
export function take(walk: Walk, at: string, choice: string): void {
  const { draft } = walk
  const step = walk.stepOf(at)
  if (step === undefined || !('ask' in step)) return walk.skip(at)
  if (step.as !== undefined) draft.assign({ [step.as]: choice })
  draft.emit(`answered ${choice}`)
  if (step.as !== undefined || choice === step.choices[0]) walk.complete(at)
  else walk.fail(at, `the answer was ${choice}`)
}
