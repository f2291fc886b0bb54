import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Failure } from '../../intents/failure.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { malformed, quoted } from '../template.ts'
import { wordOf } from './message.ts'

/** Lines of text carry numbers as text: `brightness=80`. Only where the field wants a number and nothing else. */
export function numeric(schema: TSchema | undefined, given: Json): Json {
  const { type } = (schema ?? {}) as { readonly type?: unknown } // JSON Schema's keyword
  const wants = type === 'number' || type === 'integer'
  return wants && typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given)
    ? Number(given)
    : given
}

/** What is wrong with arguments, by name; null where nothing is. */
export function faultIn(
  name: string,
  args: JsonObject,
  fields: Readonly<Record<string, TSchema>>,
  required: readonly string[],
): { readonly ok: false; readonly failure: Failure } | null {
  for (const [key, value] of Object.entries(args)) {
    const schema = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (schema === undefined) {
      const takes = Object.keys(fields).join(', ')
      return malformed(`${name} has no argument ${quoted(key)}; it takes ${takes}`.slice(0, 500))
    }
    if (!Value.Check(schema, value))
      return malformed(`${name}: argument ${quoted(key)} must be ${expectation(schema)}`)
  }
  const missing = required.find((key) => !Object.hasOwn(args, key))
  return missing === undefined ? null : malformed(`${name} needs the argument ${quoted(missing)}`)
}

interface Form {
  readonly type?: string
  readonly enum?: readonly Json[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly description?: string
}

function expectation(schema: TSchema): string {
  const form = schema as Form // our own tables': these keywords hold what JSON Schema says they hold
  if (form.enum !== undefined) return `one of ${form.enum.map(wordOf).join(', ')}`
  switch (form.type) {
    case 'integer':
      return `a whole number from ${form.minimum} to ${form.maximum}`
    case 'number':
      return `a number from ${form.minimum} to ${form.maximum}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return `text (${form.description ?? 'not empty'})`
    case 'array':
      return `a list (${form.description ?? ''})`
    default:
      return form.type === 'object' ? 'an object' : (form.description ?? 'something else')
  }
}
