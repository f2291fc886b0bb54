import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { standardActions } from '../intents/standard.ts'
import { quoted } from './template.ts'

export type StandardArgs =
  { readonly ok: true; readonly args: JsonObject } | { readonly ok: false; readonly detail: string }

/** The arguments of a standard action, checked; else the one that is wrong, by its name. Null where there is no such action. */
export function standardArgs(action: string, args: Json): StandardArgs | null {
  const standard = standardActions.get(action)
  if (standard === undefined) return null
  const given = args === null ? {} : args
  if (isObject(given) && Value.Check(standard.args, given)) return { ok: true, args: given }
  const fields: Readonly<Record<string, TSchema>> = standard.args.properties
  const takes = `${action} takes an object of: ${Object.keys(fields).join(', ') || 'nothing'}`
  if (!isObject(given)) return { ok: false, detail: takes }
  for (const [key, value] of Object.entries(given)) {
    const schema = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (schema === undefined) return { ok: false, detail: `${takes}, and no ${quoted(key)}` }
    if (!Value.Check(schema, value))
      return { ok: false, detail: `${action}: ${key} must be ${wanted(schema)}` }
  }
  const needed: readonly string[] = standard.args.required ?? []
  const missing = Object.keys(fields).find(
    (key) => !Object.hasOwn(given, key) && needed.includes(key),
  )
  return {
    ok: false,
    detail: missing === undefined ? takes : `${action} needs ${missing}; ${takes}`,
  }
}

function wanted(schema: TSchema): string {
  const form = schema as {
    readonly minimum?: number
    readonly maximum?: number
    readonly description?: string
  } // our own table
  const range =
    form.minimum === undefined || form.maximum === undefined
      ? 'as its schema says'
      : `a number from ${form.minimum} to ${form.maximum}`
  return form.description === undefined ? range : `${range} (${form.description})`
}
