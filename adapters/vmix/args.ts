import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { failed, type Failure } from '../../intents/failure.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { unknownName } from '../template-names.ts'
import type { Call } from './call.ts'
import { argsSchema, functionOf, functions, type VmixFunction } from './functions.ts'
import { maxTextLength, parameterNames } from './functions/parameter.ts'
import { shown } from './protocol.ts'
import { standardNames } from './standard.ts'

export type Called =
  { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly failure: Failure }

/** 32: no function of vMix takes more than six; passing through is not for carrying documents. */
const maxParams = 32
const plainName = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const spelling: ReadonlyMap<string, string> = new Map(
  parameterNames.map((name) => [name.toLowerCase(), name]),
)

const refuse = (detail: string): Called => ({ ok: false, failure: failed('malformed', detail) })

/** The action that carries any function by name. */
export const rawAction = 'FUNCTION'
export const rawSchema = Type.Object(
  { Function: Type.String({ pattern: plainName.source, description: 'Name of the function' }) },
  { additionalProperties: Type.Union([Type.String(), Type.Number(), Type.Boolean()]) },
)
const names = [...standardNames, ...functions.map(({ name }) => name), rawAction]

/**
 * A `fire` of a native function as a call. `args` is an object of vMix's parameter names in any case; a list in the order of
 * the table; or one value, which is the first parameter of the table.
 */
export function callOf(action: string, args: Json): Called {
  if (action === rawAction) return rawCall(args)
  const known = functionOf(action)
  if (known === null) return unknownName('action', action, names)
  const order = known.params.map((param) => param.name)
  const given = named(args, order)
  if (given === null)
    return refuse(`${known.name} takes at most ${order.length} arguments in a list`)
  const written = paramsOf(known.name, given, (name, value) => checked(known, name, value))
  if (!written.ok) return written
  const { params } = written.call
  const missing = known.params.find((one) => one.required && !Object.hasOwn(params, one.name))
  if (missing !== undefined)
    return refuse(`${known.name} needs ${missing.name}; it takes ${order.join(', ')}`)
  // in the table's order, so that equal calls are equal bytes
  return { ok: true, call: { name: known.name, params: sorted(known, params), unless: null } }
}

/** A call of any function, also of one that is newer than the table: its name is the arg `Function`. */
function rawCall(args: Json): Called {
  const { Function: name, ...rest }: JsonObject = isObject(args) ? args : {}
  if (typeof name !== 'string' || !plainName.test(name))
    return refuse(
      `${rawAction} needs Function, the name of a function: a letter, then letters and digits`,
    )
  return paramsOf(name, Object.entries(rest), passed)
}

function paramsOf(
  action: string,
  given: readonly (readonly [string, Json])[],
  write: (name: string, value: Json) => string | Called,
): Called {
  if (given.length > maxParams) return refuse(`${action}: more than ${maxParams} parameters`)
  const params: Record<string, string> = {}
  for (const [key, value] of given) {
    const name = spelling.get(key.toLowerCase()) ?? key
    if (Object.hasOwn(params, name)) return refuse(`${action}: ${shown(name)} is given twice`)
    const text = write(name, value)
    if (typeof text !== 'string') return text
    params[name] = text
  }
  return { ok: true, call: { name: action, params, unless: null } }
}

/** `args` as pairs; null for a list longer than `order`. */
function named(args: Json, order: readonly string[]): readonly (readonly [string, Json])[] | null {
  if (args === null) return []
  if (isObject(args)) return Object.entries(args)
  const list: readonly Json[] = Array.isArray(args) ? (args as readonly Json[]) : [args]
  if (list.length > order.length) return null
  return list.map((value, index) => [order[index] ?? '', value])
}

function sorted({ params }: VmixFunction, given: Readonly<Record<string, string>>) {
  const all: Record<string, string> = {}
  for (const { name } of params) {
    const value = given[name]
    if (value !== undefined) all[name] = value
  }
  return all
}

function checked(known: VmixFunction, name: string, given: Json): string | Called {
  const param = known.params.find((one) => one.name === name)
  if (param === undefined) {
    const takes = known.params.map((one) => one.name).join(', ')
    return refuse(`${known.name} has no parameter ${shown(name)}; it takes ${takes || 'none'}`)
  }
  const value = numeric(param.schema, given)
  if (Value.Check(param.schema, value)) return written(name, value)
  return refuse(`${known.name}: ${name} must be ${expectation(known, name)}`)
}

/** Lines of text carry numbers as text: `Value=80`. Only where the table wants a number and nothing else. */
function numeric(schema: object, given: Json): Json {
  const wants = 'type' in schema && (schema.type === 'number' || schema.type === 'integer')
  const isText = typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given)
  if (wants) return isText ? Number(given) : given
  // a text field takes a number as its digits
  const isTextField = 'type' in schema && schema.type === 'string'
  return isTextField && typeof given === 'number' ? String(given) : given
}

interface Bounds {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly description?: string
  readonly anyOf?: readonly { readonly const?: string }[]
}

function expectation(known: VmixFunction, name: string): string {
  const schema = argsSchema(known).properties[name]
  if (schema === undefined) return 'left out'
  // the table's own schemas: these keywords hold what JSON Schema says they hold
  const { type, minimum, maximum, maxLength, pattern, anyOf, description } = schema as Bounds
  if (type === 'number' || type === 'integer')
    return `${type === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`
  if (pattern !== undefined) return `of the form: ${description}`
  if (type === 'string') return `text of at most ${maxLength} characters`
  const words = (anyOf ?? []).flatMap((one) => (one.const === undefined ? [] : [one.const]))
  if (words.length > 0) return `one of ${words.join(', ')}`
  return 'an input: a number from -1 to 1000, a title or a key'
}

function passed(name: string, value: Json): string | Called {
  if (!plainName.test(name)) return refuse(`${shown(name)} is no name of a parameter`)
  return written(name, value)
}

function written(name: string, value: Json): string | Called {
  if (value === null || typeof value === 'object')
    return refuse(`${name} must be text, a number or a boolean`)
  // vMix writes and reads True and False
  const text = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
  if (text.length > maxTextLength)
    return refuse(`${name} is longer than ${maxTextLength} characters`)
  // half a surrogate pair has no bytes in UTF-8
  if (/[\ud800-\udfff]/u.test(text)) return refuse(`${name} is no valid Unicode text`)
  return text
}
