import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { failed, type Failure } from '../../intents/failure.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { kind, quoted } from '../template.ts'
import type { Call } from './call.ts'
import {
  type Field,
  fieldSchema,
  innerOf,
  maxTextLength,
  type ObsRequest,
  wordsOf,
} from './requests.ts'

export type Called =
  { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly failure: Failure }

/** 1 MiB: far above any settings object, far below what would hold up OBS. */
const maxDataLength = 1024 * 1024

export function refuse(detail: string): Called {
  return { ok: false, failure: failed('malformed', detail.slice(0, 500)) }
}

/** A request with nothing to see to first. */
export function plain(name: string, data: JsonObject = {}): Called {
  return { ok: true, call: { name, data, first: null } }
}

/** What calls of a request are looked at with. */
interface Shape {
  /** The order of arguments in a list: the protocol's, without what only a machine would say. */
  readonly order: readonly string[]
  /** What can be given, by its name in small letters. */
  readonly takes: ReadonlyMap<string, { readonly field: Field; readonly schema: TSchema }>
}

const shapes = new WeakMap<ObsRequest, Shape>()

/** Made at its first call. */
function shapeOf(request: ObsRequest): Shape {
  const known = shapes.get(request)
  if (known !== undefined) return known
  const { fields } = request
  const outer = fields.filter(({ name }) => !name.includes('.'))
  const shape: Shape = {
    order: outer.map(({ name }) => name).filter((name) => !name.endsWith('Uuid')),
    takes: new Map(
      outer.map((field) => [
        field.name.toLowerCase(),
        { field, schema: innerOf(fields, field) ?? fieldSchema(field) },
      ]),
    ),
  }
  shapes.set(request, shape)
  return shape
}

/**
 * A `fire` of a request with its data as the protocol wants it. `args` is an object of the protocol's fields in any case, a
 * list in their order without UUIDs, or one value, which is the first of them.
 */
export function callOf(request: ObsRequest, args: Json): Called {
  const { name, fields, oneOf } = request
  const { order, takes } = shapeOf(request)
  const given = named(args, order)
  if (given === null) return refuse(`${name} takes at most ${order.length} arguments in a list`)
  const found = new Map<string, Json>()
  for (const [key, value] of given) {
    const taken = takes.get(key.toLowerCase())
    if (taken === undefined) {
      const all = [...takes.values()].map((one) => one.field.name).join(', ')
      return refuse(`${name} has no field ${quoted(key)}; it takes ${all || 'none'}`)
    }
    const { field, schema } = taken
    if (found.has(field.name)) return refuse(`${name}: ${field.name} is given twice`)
    const typed = ofText(field, value)
    if (!Value.Check(schema, typed) || !isSayable(field, typed))
      return refuse(`${name}: ${field.name} must be ${wanted(field)}, not ${kind(value)}`)
    found.set(field.name, typed)
  }
  const missing = fields.find((one) => one.required && !found.has(one.name))
  if (missing !== undefined)
    return refuse(`${name} needs ${missing.name}; it takes ${order.join(', ')}`)
  const unsaid = oneOf.find((names) => !names.some((each) => found.has(each)))
  if (unsaid !== undefined) return refuse(`${name} needs ${unsaid.join(' or ')}`)
  // in the protocol's order, so that equal calls are equal texts
  const data = Object.fromEntries(
    fields.flatMap((one) => (found.has(one.name) ? [[one.name, found.get(one.name) ?? null]] : [])),
  )
  if (JSON.stringify(data).length > maxDataLength)
    return refuse(`${name}: the data are longer than ${maxDataLength} characters`)
  return plain(name, data)
}

/** `args` as pairs; null for a list longer than `order`. */
function named(args: Json, order: readonly string[]): readonly (readonly [string, Json])[] | null {
  if (args === null) return []
  if (isObject(args)) return Object.entries(args)
  const list: readonly Json[] = Array.isArray(args) ? (args as readonly Json[]) : [args]
  if (list.length > order.length) return null
  return list.map((value, index) => [order[index] ?? '', value])
}

/** Lines of text carry numbers and flags as text: `inputMuted=true`. Only where the protocol wants them. */
function ofText({ type }: Field, value: Json): Json {
  if (type === 'Number' && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value))
    return Number(value)
  if (type === 'Boolean' && (value === 'true' || value === 'false')) return value === 'true'
  // a name may be written as a number: `SetCurrentProgramScene 2`
  if (type === 'String' && typeof value === 'number') return String(value)
  return value
}

/** Half a surrogate pair has no bytes in UTF-8. */
function isSayable({ type }: Field, value: Json): boolean {
  return type !== 'String' || (typeof value === 'string' && value.isWellFormed())
}

function wanted({ name, type, least, most }: Field): string {
  const words = wordsOf.get(name)
  if (words !== undefined) return `one of ${words.join(', ')}`
  switch (type) {
    case 'Boolean':
      return 'true or false'
    case 'Number':
      return `a number${least === null ? '' : ` from ${least}`}${most === null ? '' : ` to ${most}`}`
    case 'String':
      return `text of at most ${maxTextLength} characters`
    case 'Object':
      return 'an object of what the protocol describes'
    case 'Any':
      return 'any value'
    default:
      return type satisfies never
  }
}
