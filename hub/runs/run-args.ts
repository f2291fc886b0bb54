import { isObject, type Json } from '../../intents/json.ts'
import { argumentFaults } from '../../macros/argument.ts'
import type { Macro } from '../../macros/macro.ts'
import type { Refusal } from '../../surfaces/surface.ts'
import { refusal, unknown } from '../refuse.ts'

/** Why a macro may not run with these arguments; null where it may. */
export function argsFault({ id, args }: Macro, given: Json): Refusal | null {
  if (args === undefined) return null
  const [first] = argumentFaults(id, args, given)
  if (first === undefined) return null
  const { fault, name, detail } = first
  const field = `intent.args${name === null ? '' : `.${name}`}`
  return fault === 'unknown' && name !== null
    ? unknown('argument', field, name, Object.keys(args))
    : refusal('bad-argument', field, 'malformed', detail)
}

/** The arguments with what was left out. */
export function withDefaults(macro: Macro | undefined, given: Json): Json {
  if (macro?.args === undefined) return given
  const defaults = Object.entries(macro.args).flatMap(([name, argument]) =>
    argument.default === undefined ? [] : [[name, argument.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...(isObject(given) ? given : {}) }
}
