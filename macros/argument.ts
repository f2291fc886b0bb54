import { isObject, type Json } from '../intents/json.ts'
import type { Argument } from './macro.ts'
import { isOfType, typeName } from '../intents/value-type.ts'

/** What started the run, where that was a trigger or a schedule: an argument of every macro, which none can declare. */
export const triggerArg = 'trigger'

/** Why a macro may not run with an argument, or without one. `name`: null, it is about all of them. */
export interface ArgumentFault {
  readonly fault: 'not-named' | 'unknown' | 'missing' | 'type'
  readonly name: string | null
  readonly detail: string
}

/** Every fault of what a macro is given. `isOpen`: what is known only when it runs, as an expression is. */
export function* argumentFaults(
  id: string,
  declared: Readonly<Record<string, Argument>>,
  given: Json,
  isOpen: (value: Json) => boolean = () => false,
): Iterable<ArgumentFault> {
  if (isOpen(given)) return
  const names = Object.keys(declared)
  if (!isObject(given) && !(Array.isArray(given) && given.length === 0)) {
    const detail = `${id} takes its arguments by name: ${names.join(', ')}`
    yield { fault: 'not-named', name: null, detail }
    return
  }
  const named = isObject(given) ? given : {}
  for (const name of Object.keys(named))
    if (name !== triggerArg && !Object.hasOwn(declared, name))
      yield { fault: 'unknown', name, detail: `${id} has no argument ${name}` }
  for (const [name, argument] of Object.entries(declared)) {
    const value = named[name]
    const what = typeName(argument.type)
    if (value === undefined && argument.default === undefined)
      yield { fault: 'missing', name, detail: `${id} needs ${name}, ${what}` }
    if (value !== undefined && !isOpen(value) && !isOfType(argument.type, value))
      yield { fault: 'type', name, detail: `${name} of ${id} must be ${what}` }
  }
}
