import { isObject, type Json, type JsonObject } from '../intents/json.ts'

// How an export's fields are read: it is hostile, so each may be of any type, and what is not of the right one is not there.

export function text(from: JsonObject, key: string): string | null {
  const value = own(from, key)
  return typeof value === 'string' ? value : null
}

/** Text, also of a number, true or false; null for anything else. */
export function words(value: Json | undefined): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null
}

/** A finite number, also one that stands there as text. */
export function number(from: JsonObject, key: string): number | null {
  const value = own(from, key)
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : null
}

export function flag(from: JsonObject, key: string): boolean | null {
  const value = own(from, key)
  return typeof value === 'boolean' ? value : null
}

/** A mapping; an empty one where there is none. */
export function mapping(from: JsonObject, key: string): JsonObject {
  const value = own(from, key)
  return isObject(value) ? value : {}
}

/** The mappings of a list, or of a mapping by number, in its order. */
export function mappings(value: Json | undefined): readonly JsonObject[] {
  const items = Array.isArray(value)
    ? (value as readonly Json[])
    : isObject(value)
      ? Object.values(value)
      : []
  return items.filter((item) => isObject(item))
}

/** What is under a key of its own. */
export function own(from: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(from, key) ? from[key] : undefined
}

/** The mappings under whole numbers, in their order: pages, rows, columns. */
export function numbered(from: JsonObject): readonly (readonly [number, JsonObject])[] {
  return Object.entries(from)
    .flatMap(([key, value]): (readonly [number, JsonObject])[] =>
      /^-?\d{1,6}$/.test(key) && isObject(value) ? [[Number(key), value]] : [],
    )
    .toSorted(([a], [b]) => a - b)
}
