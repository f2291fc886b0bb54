import type { Failure } from '../intents/failure.ts'
import { isObject, type Json } from '../intents/json.ts'
import { fill, type Read, type Template, template, type Values, type Writing } from './template.ts'

/** JSON with places, compiled. */
export interface JsonTemplate {
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  /** Names that stand alone in a text, and so may have any value. */
  readonly typed: ReadonlySet<string>
  make(values: Values): Read<Json>
}

const free: Writing = { write: (text) => text, expected: 'text' }

/** Keys are as they stand, texts are templates; a text that is one place becomes the argument with its type. */
export function jsonTemplate(json: Json): JsonTemplate {
  const names: string[] = []
  const typed = new Set<string>()
  const make = compiled(json, names, typed)
  return {
    names: [...new Set(names)],
    typed,
    make(values) {
      try {
        return { ok: true, value: make(values) }
      } catch (error) {
        if (error instanceof Refused) return { ok: false, failure: error.failure }
        throw error
      }
    },
  }
}

/** Carries a refusal out of the depth of the JSON; never leaves this file. */
class Refused extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.detail)
    this.failure = failure
  }
}

function compiled(json: Json, names: string[], typed: Set<string>): (values: Values) => Json {
  if (typeof json === 'string') {
    const text = template(json)
    names.push(...text.names)
    const [name] = text.names
    if (name !== undefined && text.names.length === 1 && text.texts.every((each) => each === '')) {
      typed.add(name)
      return (values) => values.get(name) ?? null
    }
    return (values) => filled(text, values)
  }
  if (json instanceof Array) {
    const items = json.map((item) => compiled(item, names, typed))
    return (values) => items.map((item) => item(values))
  }
  if (!isObject(json)) return () => json
  const entries = Object.entries(json).map(
    ([key, item]) => [key, compiled(item, names, typed)] as const,
  )
  return (values) => Object.fromEntries(entries.map(([key, item]) => [key, item(values)]))
}

function filled(text: Template, values: Values): string {
  const read = fill(text, values, free)
  if (!read.ok) throw new Refused(read.failure)
  return read.value
}
