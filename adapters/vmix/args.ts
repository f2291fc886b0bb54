import { Value } from 'typebox/value'
import { failed, type Failure } from '../../intents/failure.ts'
import { isObject, type Json } from '../../intents/json.ts'
import type { Call } from './call.ts'
import {
  argsSchema,
  functionOf,
  maxTextLength,
  parameterNames,
  type VmixFunction,
} from './functions.ts'
import { shown } from './protocol.ts'

export type Called =
  { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly failure: Failure }

/** 32: no function of vMix takes more than six; passing through is not for carrying documents. */
const maxParams = 32
const functionName = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const spelling: ReadonlyMap<string, string> = new Map(
  parameterNames.map((name) => [name.toLowerCase(), name]),
)

const refuse = (detail: string): Called => ({ ok: false, failure: failed('malformed', detail) })

/**
 * A `fire` of a native function as a call. `args` is an object of vMix's parameter names in any case; a list in the
 * order of the table; or one value, which is the first parameter of the table and `Value` for a function that is not
 * in it.
 */
export function callOf(action: string, args: Json): Called {
  if (!functionName.test(action))
    return refuse(`${shown(action)} is no name of a vMix function: a letter, letters, digits`)
  const known = functionOf(action)
  const order = known === null ? ['Value'] : known.params.map((param) => param.name)
  const given = named(args, order)
  if (given === null)
    return refuse(`${known?.name ?? action} takes at most ${order.length} arguments in a list`)
  if (given.length > maxParams) return refuse(`${action}: more than ${maxParams} parameters`)

  const params: Record<string, string> = {}
  for (const [key, value] of given) {
    const name = spelling.get(key.toLowerCase()) ?? key
    if (Object.hasOwn(params, name)) return refuse(`${action}: ${name} is given twice`)
    const text = known === null ? passed(name, value) : checked(known, name, value)
    if (typeof text !== 'string') return text
    params[name] = text
  }
  const missing = known?.params.find((one) => one.required && !Object.hasOwn(params, one.name))
  if (missing !== undefined)
    return refuse(`${known?.name ?? action} needs ${missing.name}; it takes ${order.join(', ')}`)
  // in the table's order, so that equal calls are equal bytes
  const inOrder = known === null ? params : sorted(known, params)
  return { ok: true, call: { name: known?.name ?? action, params: inOrder, unless: null } }
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
  return Object.fromEntries(
    params.flatMap(({ name }) => {
      const value = given[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
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
}

function expectation(known: VmixFunction, name: string): string {
  const schema = argsSchema(known).properties[name]
  if (schema === undefined) return 'left out'
  // the table's own schemas: these keywords hold what JSON Schema says they hold
  const { type, minimum, maximum, maxLength } = schema as Bounds
  if (type === 'number' || type === 'integer')
    return `${type === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`
  if (type === 'string') return `text of at most ${maxLength} characters`
  return 'an input: a number from -1 to 1000, a title or a key'
}

function passed(name: string, value: Json): string | Called {
  if (!functionName.test(name)) return refuse(`${shown(name)} is no name of a parameter`)
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
