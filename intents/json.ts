/** A JSON value, as RFC 8259 defines it. Numbers are finite IEEE 754 doubles. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Narrows to a plain JSON object (not an array, not null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether two JSON values are equal; key order does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}

/**
 * A value as JSON can say it and RFC 8785 can hash it: half a surrogate pair becomes U+FFFD, a number without a JSON
 * form null. For what comes from outside and must be recorded whatever it holds.
 */
export function sayable(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(sayable)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toWellFormed(), sayable(inner)]),
  )
}

/** Levels of lists and objects that are taken from outside: no device, service or file of a studio needs half of them. */
const deepest = 64

/**
 * JSON from outside; undefined where it is none, or is nested deeper than 64 levels. JSON.parse itself takes any depth, and
 * whoever walks such a value afterwards, as every record of it does, would run out of stack.
 */
export function jsonIn(text: string): Json | undefined {
  let value: Json
  try {
    value = JSON.parse(text) as Json // JSON.parse makes nothing else
  } catch {
    return undefined // the parser's own words say where, which nobody asks here
  }
  let level: readonly Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return undefined
    level = level.flatMap((each): readonly Json[] =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    )
  }
  return value
}
