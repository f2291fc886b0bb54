import type { TSchema } from 'typebox'

/** The schema that was meant, or the constant that names no alternative. */
export type Alternative =
  | { readonly ok: true; readonly schema: TSchema }
  | { readonly ok: false; readonly pointer: string; readonly allowed: readonly unknown[] }

type Node = Readonly<Record<string, unknown>>

/**
 * Replaces every choice that a constant decides (`verb`, `type`) by the one alternative that `value` names, so that
 * an error is about what was meant and not about what was not.
 */
export function alternativeOf(schema: TSchema, value: unknown, pointer = ''): Alternative {
  if (!isNode(value)) return { ok: true, schema }
  const choice = constantsOf(schema)
  if (choice !== null) {
    const { key, branches } = choice
    const branch = branches.get(value[key])
    if (branch !== undefined) return alternativeOf(branch, value, pointer)
    return { ok: false, pointer: `${pointer}/${key}`, allowed: [...branches.keys()] }
  }
  const properties = 'properties' in schema && isNode(schema.properties) ? schema.properties : {}
  const meant: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(properties)) {
    if (!isNode(inner)) continue
    const found = alternativeOf(inner, value[key], `${pointer}/${key}`)
    if (!found.ok) return found
    meant[key] = found.schema
  }
  return { ok: true, schema: 'properties' in schema ? { ...schema, properties: meant } : schema }
}

/** The property whose constant tells a schema's alternatives apart; null where there is no such choice. */
function constantsOf(
  schema: TSchema,
): { readonly key: string; readonly branches: ReadonlyMap<unknown, TSchema> } | null {
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return null
  const all: readonly unknown[] = schema.anyOf
  for (const key of ['verb', 'type']) {
    const branches = new Map<unknown, TSchema>()
    for (const one of all) {
      const properties = isNode(one) ? one['properties'] : null
      const property = isNode(properties) ? properties[key] : null
      if (isNode(one) && isNode(property) && 'const' in property)
        branches.set(property['const'], one)
    }
    if (branches.size === all.length) return { key, branches }
  }
  return null
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
