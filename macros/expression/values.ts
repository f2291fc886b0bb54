import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { isObject, type Json } from '../../intents/json.ts'

// JSON as the language sees it, and back: whole numbers are its `int`, others its `double`, mappings are Maps, so that no
// name in them is a member of JavaScript's.

/** Results nest at most so deep; everything that walks them may then recurse. */
const maxDepth = 32

export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (!isObject(value)) return value
  return new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]))
}

/** What has no form in JSON, in words for people. */
class NoJson extends Error {
  override readonly name = 'NoJson'
}

/** A result: a time is written as RFC 3339 with milliseconds, a duration is in milliseconds. @throws NoJson */
export function toJson(value: unknown, depth = 0): Json {
  if (depth > maxDepth) throw new NoJson(`the result nests deeper than ${maxDepth}`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return wholeNumber(value)
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw new NoJson(`the result is ${value}, which is no number that can be sent`)
  }
  if (value instanceof UnsignedInt) return wholeNumber(value.valueOf())
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Duration) return value.valueOf()
  if (Array.isArray(value) || value instanceof Set)
    return [...(value as Iterable<unknown>)].map((item) => toJson(item, depth + 1)) // of the language's own values
  const entries = entriesOf(value)
  if (entries === null)
    throw new NoJson('the result is neither a value nor a list or mapping of values')
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      typeof key === 'string' ? key : JSON.stringify(toJson(key)),
      toJson(inner, depth + 1),
    ]),
  )
}

function wholeNumber(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new NoJson(`${value} is too large for a number: at most 2^53 can be sent`)
}

/** A mapping's entries, of either kind that the language makes; null for anything else. */
export function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | null {
  if (value instanceof Map) return [...value]
  if (typeof value !== 'object' || value === null) return null
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : null
}
