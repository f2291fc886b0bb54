import type { Intent } from '../intents/intent.ts'
import type { Condition, Step } from './macro.ts'

/** What a step does, for people: its own name, else in a few words. */
export function stepName(step: Step): string {
  if (step.name !== undefined) return step.name
  if ('do' in step) return intentName(step.do)
  if ('waitMs' in step) return `wait ${seconds(step.waitMs)}`
  if ('time' in step) return `wait until ${step.time}`
  if ('until' in step) return `until ${conditionName(step.until)}`
  if ('if' in step) return `if ${conditionName(step.if)}`
  if ('choose' in step) return 'choose'
  if ('repeat' in step) return 'repeat'
  if ('together' in step) return 'together'
  if ('try' in step) return 'try'
  if ('ask' in step) return `ask: ${step.ask}`
  if ('checkpoint' in step) return `checkpoint ${step.checkpoint}`
  if ('note' in step) return `note: ${step.note}`
  if ('abort' in step) return `abort: ${step.abort}`
  return `let ${Object.keys(step.let).join(', ')}`
}

function intentName(intent: Intent): string {
  switch (intent.verb) {
    case 'set':
      return `set ${intent.device} ${intent.path}`
    case 'fire':
      return `fire ${intent.device} ${intent.action}`
    case 'do':
      return `do ${intent.name}`
    case 'run':
      return `run ${intent.macro}`
    case 'cancel':
      return 'cancel a run'
    case 'hold':
      return intent.on ? 'hold' : 'release the hold'
    default:
      return intent satisfies never
  }
}

function conditionName(condition: Condition): string {
  if ('expr' in condition) return condition.expr
  if ('up' in condition) return `${condition.device} is ${condition.up ? 'up' : 'down'}`
  return `${condition.device} ${condition.path} is ${JSON.stringify(condition.equals)}`
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}
