import { isObject, type Json } from '../intents/json.ts'
import type { Macro } from '../macros/macro.ts'
import { isOfType, typeName } from '../macros/variable.ts'
import type { Refusal } from '../surfaces/surface.ts'
import { refusal, unknown } from './refuse.ts'

/** What started the run, where that was a trigger: an argument of every macro. */
const triggerArg = 'trigger'

/** Why a macro may not run with these arguments; null where it may. */
export function argsFault({ id, args }: Macro, given: Json): Refusal | null {
  if (args === undefined) return null
  const names = Object.keys(args)
  if (!isObject(given) && !(Array.isArray(given) && given.length === 0))
    return bad('', `${id} takes its arguments by name: ${names.join(', ')}`)
  const named = isObject(given) ? given : {}
  for (const name of Object.keys(named))
    if (name !== triggerArg && !Object.hasOwn(args, name))
      return unknown('argument', `intent.args.${name}`, name, names)
  for (const [name, argument] of Object.entries(args)) {
    const value = named[name]
    if (value === undefined && argument.default === undefined)
      return bad(`.${name}`, `${id} needs ${name}, ${typeName(argument.type)}`)
    if (value !== undefined && !isOfType(argument.type, value))
      return bad(`.${name}`, `${name} of ${id} must be ${typeName(argument.type)}`)
  }
  return null
}

/** The arguments with what was left out. */
export function withDefaults(macro: Macro | undefined, given: Json): Json {
  if (macro?.args === undefined) return given
  const defaults = Object.entries(macro.args).flatMap(([name, argument]) =>
    argument.default === undefined ? [] : [[name, argument.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...(isObject(given) ? given : {}) }
}

function bad(field: string, detail: string): Refusal {
  return refusal('bad-argument', `intent.args${field}`, 'malformed', detail)
}
