import type { Failure } from '../../intents/failure.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { malformed } from '../template.ts'
import type { Target } from './command.ts'
import { targetFields } from './service.ts'

/** What an entity is called: `light.key` (developer documents, "Entity"). */
export const entityId = /^[a-z0-9_]{1,128}\.[a-z0-9_]{1,128}$/

/** A lone text or a list of texts is whom it is for. */
export function asTarget(args: Json): Json {
  return typeof args === 'string' || Array.isArray(args) ? { entity_id: args } : args
}

export type Split =
  | { readonly ok: true; readonly target: Target; readonly data: JsonObject }
  | { readonly ok: false; readonly failure: Failure }

/** Whom a call is for, apart from what it says. Entities are a list afterwards; `a, b` was one in every version. */
export function targetOf({ entity_id: entities = [], ...rest }: JsonObject): Split {
  const list: readonly Json[] = Array.isArray(entities) ? (entities as readonly Json[]) : [entities]
  const ids = list.flatMap((each) => (typeof each === 'string' ? each.split(/\s*,\s*/) : [null]))
  const named = ids.filter(
    (id) => id !== null && (entityId.test(id) || id === 'all' || id === 'none'),
  )
  if (named.length !== ids.length)
    return malformed('argument "entity_id": expected ids such as light.key, or a list of them')
  const groups: Record<string, Json> = {}
  const data: Record<string, Json> = {}
  for (const [key, value] of Object.entries(rest))
    if (key in targetFields) groups[key] = value
    else data[key] = value
  return { ok: true, data, target: { entities: named.filter((id) => id !== null), groups } }
}
