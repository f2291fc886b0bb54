import type { TObject } from 'typebox'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { fileSchema, panelOptions } from './schema.ts'

/**
 * The JSON Schema (2020-12) of `infra.yaml` for editors, with one branch for each adapter and kind of surface.
 * It cannot say everything that `loadConfig` checks: references between names, for one.
 */
export function configJsonSchema(
  adapters: ReadonlyMap<string, TObject>,
  surfaces: ReadonlyMap<string, TObject>,
): JsonObject {
  // through text, so that only what is JSON is left of typebox's objects
  const schema = JSON.parse(
    JSON.stringify(fileSchema(adapters, new Map([['web', panelOptions], ...surfaces]))),
  ) as JsonObject
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'infra.yaml',
    ...forEditors(schema),
  }
}

/** Keys with a default may be left out, lists of keys are closed, and our own keywords mean nothing to others. */
function forEditors(schema: JsonObject): JsonObject {
  const { properties, required } = schema
  const out: Record<string, Json> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) continue
    if ((key === 'properties' || key === 'patternProperties') && isObject(value))
      out[key] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, nested(inner)]),
      )
    else out[key] = key === 'default' || key === 'const' || key === 'enum' ? value : nested(value)
  }
  if (!isObject(properties)) return out
  out['additionalProperties'] ??= false
  const needed = (Array.isArray(required) ? required : []).filter((name) => {
    const rule = typeof name === 'string' ? properties[name] : undefined
    return !isObject(rule) || rule['default'] === undefined
  })
  if (needed.length > 0) out['required'] = needed
  else delete out['required']
  return out
}

function nested(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => nested(item))
  return isObject(value) ? forEditors(value) : value
}
