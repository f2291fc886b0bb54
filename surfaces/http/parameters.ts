import type { TSchema } from 'typebox'

/**
 * The parts of an address are text: where the schema wants a whole number, and the text is one, it becomes that.
 * Everything else stays as it came, for the schema to judge.
 */
export function parametersOf(schema: TSchema, raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]: [string, unknown]) => [
      key,
      wantsInteger(schema, key) && typeof value === 'string' && /^-?\d{1,15}$/.test(value)
        ? Number(value)
        : value,
    ]),
  )
}

function wantsInteger(schema: TSchema, key: string): boolean {
  const properties: unknown = 'properties' in schema ? schema.properties : null
  if (typeof properties !== 'object' || properties === null) return false
  const property: unknown = (properties as Readonly<Record<string, unknown>>)[key]
  return (
    typeof property === 'object' &&
    property !== null &&
    'type' in property &&
    property.type === 'integer'
  )
}
