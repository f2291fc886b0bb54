import { type Static, Type } from 'typebox'
import { sameJson, type Json } from '../intents/json.ts'
import { dataPath, find } from './data-path.ts'
import { pattern } from './pattern.ts'
import type { Said } from './said.ts'

/** What an answer must look like. */
export const conditionSchema = Type.Union([
  Type.String({ description: 'A regular expression that the answer matches.' }),
  Type.Object(
    {
      at: Type.String({ description: 'A path in its JSON or XML: status.code, items.0.name.' }),
      equals: Type.Optional(
        Type.Unsafe<Json>({
          description: 'What stands there; without it anything there is enough.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
])

/** Plain data, so that a command may carry it. */
export type Condition = Static<typeof conditionSchema>

export type CompiledCondition =
  | { readonly ok: true; readonly holds: (said: Said) => boolean }
  | { readonly ok: false; readonly detail: string }

/** Where arguments have been filled in as they stand. Characters. */
const longestFilled = 4000

/** A condition, or why the config's cannot be used. */
export function condition(condition: Condition): CompiledCondition {
  if (typeof condition === 'string') {
    const compiled = pattern(condition, longestFilled)
    return compiled.ok ? { ok: true, holds: ({ text }) => compiled.matches(text) } : compiled
  }
  const { at, equals } = condition
  const path = dataPath(at)
  if (!path.ok) return path
  return {
    ok: true,
    holds(said) {
      const tree = said.tree()
      const value = tree === null ? undefined : find(tree, path.path)
      if (value === undefined) return false
      // only JSON knows types: 1 in the config is the text 1 elsewhere
      return (
        equals === undefined ||
        sameJson(value, equals) ||
        (tree?.kind !== 'json' && typeof equals !== 'object' && value === String(equals))
      )
    },
  }
}
