import type { Failure } from '../intents/failure.ts'
import { isObject, type Json } from '../intents/json.ts'

// `RELAY {n} ON`: what the config says is sent, with places for arguments. A place is `{` a name `}`; every other
// brace stands for itself, so that JSON needs no escapes. Compiled once per options object, filled per intent.

export interface Template {
  /** Literal text and names of arguments, in turn: text, name, text … text. */
  readonly texts: readonly string[]
  readonly names: readonly string[]
}

/** How a value becomes text in its place, and what is not let in. */
export interface Writing {
  /** Null where `text` must not stand here. */
  write(text: string): string | null
  /** What may stand here, for the refusal. */
  readonly expected: string
}

export type Values = ReadonlyMap<string, Json>
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

/** Linear: no part of it can match in two ways. */
const place = /\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}/

export function template(text: string): Template {
  // a split by a pattern with one group gives text, group, text, group … text
  const pieces = text.split(place)
  return {
    texts: pieces.filter((_, i) => i % 2 === 0),
    names: pieces.filter((_, i) => i % 2 === 1),
  }
}

/** A line break in an argument would be a second command to the device, so none is let in. */
export const lineText: Writing = {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  write: (text) => (/[\u0000-\u001f\u007f]/.test(text) ? null : text),
  expected: 'text without line breaks or control characters',
}

/**
 * The arguments by name: an object as it is, an array in the order of `names`, a single value for a single name,
 * null for none. One too few or too many is refused by its name.
 */
export function readArgs(names: readonly string[], args: Json): Read<Values> {
  const given = byName(names, args)
  const takes = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`
  for (const name of given.keys())
    if (!names.includes(name)) return malformed(`argument ${quoted(name)} is not known: ${takes}`)
  for (const name of names)
    if (!given.has(name)) return malformed(`argument ${quoted(name)} is missing: ${takes}`)
  return { ok: true, value: given }
}

function byName(names: readonly string[], args: Json): Values {
  if (args === null) return new Map()
  if (isObject(args)) return new Map(Object.entries(args))
  const list: readonly Json[] = args instanceof Array ? args : [args]
  return new Map(list.map((value, i) => [names[i] ?? String(i + 1), value]))
}

/** The text of a template. `values` has all its names: see {@link readArgs}. */
export function fill(template: Template, values: Values, writing: Writing): Read<string> {
  let text = template.texts[0] ?? ''
  for (const [i, name] of template.names.entries()) {
    const value = values.get(name)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return malformed(
        `argument ${quoted(name)}: expected text, a number or a boolean, got ${kind(value)}`,
      )
    const written = writing.write(String(value))
    if (written === null) return malformed(`argument ${quoted(name)}: expected ${writing.expected}`)
    text += written + (template.texts[i + 1] ?? '')
  }
  return { ok: true, value: text }
}

/** A name from outside, short enough for a failure's text. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name)
}

/** What a value is, in words. */
export function kind(value: Json | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  if (value instanceof Array) return 'a list'
  return { object: 'an object', string: 'text', number: 'a number', boolean: 'a boolean' }[
    typeof value as 'object' | 'string' | 'number' | 'boolean' // the kinds JSON has
  ]
}

/** A refusal before anything was sent. */
export function malformed(detail: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code: 'malformed', reached: 'no', detail } }
}
