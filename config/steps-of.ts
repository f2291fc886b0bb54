import type { Expression, Step, StepBody, StepRules, Steps } from '../macros/macro.ts'
import { conditionOf } from './condition.ts'
import { intentOf } from './form.ts'
import type { StepForm } from './step.ts'

// What the written steps stand for.

/** The steps that a checked list stands for. */
export function stepsOf(list: readonly object[]): Steps {
  return list.map((one) => stepOf(one as StepForm)) // the schema has checked it: it is one of its own forms
}

/** The step that a checked short form stands for. */
function stepOf(step: StepForm): Step {
  return { ...bodyOf(step), ...rulesOf(step) }
}

function rulesOf(step: StepForm): StepRules {
  const { name, retry, onFailure, undo } = step
  return {
    ...(name === undefined ? {} : { name }),
    ...(retry === undefined ? {} : { retry: { times: retry.times, everyMs: retry.every } }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(undo === undefined ? {} : { undo: stepsOf(undo) }),
    ...('within' in step && step.within !== undefined ? { withinMs: step.within } : {}),
    ...('waitFor' in step && step.waitFor !== undefined ? { waitFor: step.waitFor } : {}),
  }
}

function bodyOf(step: StepForm): StepBody {
  if ('wait' in step)
    return {
      waitMs: step.wait,
      ...(step.jitter === undefined ? {} : { jitterMs: step.jitter }),
    }
  if ('waitUntil' in step)
    return { time: step.waitUntil, ...(step.zone === undefined ? {} : { zone: step.zone }) }
  if ('until' in step)
    return {
      until: { device: step.until, path: step.path, equals: step.equals },
      withinMs: step.within,
    }
  if ('link' in step)
    return { until: { device: step.link, up: step.is === 'up' }, withinMs: step.within }
  if ('untilTrue' in step) return { until: { expr: step.untilTrue }, withinMs: step.within }
  if ('if' in step)
    return {
      if: conditionOf(step.if),
      then: stepsOf(step.then),
      ...(step.else === undefined ? {} : { else: stepsOf(step.else) }),
    }
  if ('choose' in step)
    return {
      choose: step.choose.map((one) => ({
        when: conditionOf(one.when),
        steps: stepsOf(one.steps),
      })),
      ...(step.otherwise === undefined ? {} : { otherwise: stepsOf(step.otherwise) }),
    }
  if ('repeat' in step)
    return { repeat: { times: expressionOf(step.repeat) }, steps: stepsOf(step.steps) }
  if ('while' in step)
    return { repeat: { while: conditionOf(step.while) }, steps: stepsOf(step.steps) }
  if ('forEach' in step)
    return {
      repeat: { each: expressionOf(step.forEach), as: step.as },
      steps: stepsOf(step.steps),
    }
  if ('together' in step)
    return {
      together: step.together.map(stepsOf),
      finish: step.finish,
      ...(step.limit === undefined ? {} : { limit: step.limit }),
    }
  if ('try' in step)
    return {
      try: stepsOf(step.try),
      ...(step.recover === undefined ? {} : { recover: stepsOf(step.recover) }),
      ...(step.always === undefined ? {} : { always: stepsOf(step.always) }),
    }
  if ('ask' in step)
    return {
      ask: step.ask,
      choices: step.choices,
      withinMs: step.within,
      ...(step.otherwise === undefined ? {} : { otherwise: step.otherwise }),
      ...(step.as === undefined ? {} : { as: step.as }),
    }
  if ('checkpoint' in step) return { checkpoint: step.checkpoint }
  if ('note' in step) return { note: step.note }
  if ('abort' in step) return { abort: step.abort }
  if ('let' in step) return { let: step.let }
  return { do: intentOf(step) }
}

function expressionOf<T>(value: T | string): T | Expression {
  return typeof value === 'string' ? { expr: value } : value
}
