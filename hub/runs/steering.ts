import { isObject, type Json } from '../../intents/json.ts'
import type { Intent } from '../../intents/intent.ts'
import type { RunCommand } from '../../macros/run-command.ts'
import type { Refusal } from '../../surfaces/surface.ts'
import { refusal, unknown } from '../refuse.ts'

// What a person says to a run that is under way, as named intents: every surface can say them, and they are recorded like others.

/** By name, what may be said beside the run. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'run.pause': [],
  'run.resume': [],
  'run.step': [],
  'run.skip': ['at'],
  'run.answer': ['choice', 'at'],
}

export const steeringNames: readonly string[] = Object.keys(wanted)

/** What an intent says to which run; null where it says nothing to any. */
export type Steering =
  | { readonly ok: true; readonly run: string; readonly command: RunCommand }
  | { readonly ok: false; readonly refusal: Refusal }

export function steeringOf(intent: Intent): Steering | null {
  if (intent.verb !== 'do' || !Object.hasOwn(wanted, intent.name)) return null
  const { name } = intent
  const args = isObject(intent.args) ? intent.args : {}
  const known = ['run', ...(wanted[name] ?? [])]
  const stray = Object.keys(args).find((key) => !known.includes(key))
  if (stray !== undefined)
    return { ok: false, refusal: unknown('argument', `intent.args.${stray}`, stray, known) }
  const { run, at = null, choice } = args
  if (typeof run !== 'string') return no('run', `${name} needs run=ID: which run?`)
  if (at !== null && typeof at !== 'string')
    return no('at', `at is the place of a step, as 2/then.0`)
  const command = commandOf(name, at, choice)
  return command === null
    ? no('choice', 'run.answer needs choice=ANSWER')
    : { ok: true, run, command }
}

function no(field: string, detail: string): Steering {
  return {
    ok: false,
    refusal: refusal('bad-argument', `intent.args.${field}`, 'malformed', detail),
  }
}

function commandOf(name: string, at: string | null, choice: Json | undefined): RunCommand | null {
  switch (name) {
    case 'run.pause':
      return { type: 'pause' }
    case 'run.resume':
      return { type: 'resume' }
    case 'run.step':
      return { type: 'step' }
    case 'run.skip':
      return { type: 'skip', at }
    default:
      return typeof choice === 'string' ? { type: 'answer', at, choice } : null
  }
}
