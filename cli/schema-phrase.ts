import { isObject, type Json, type JsonObject } from '../intents/json.ts'

// JSON Schema in words for people: what a parameter may be. As a client it must get by with schemas that say more.

/** 12 choices are read at a glance; `--json` has all. */
const mostChoices = 12
/** Deeper than that nobody reads it in a line. */
const deepest = 3

/** `integer from 1 to 8`, `cut, fade or "two words"`, `list of texts`. */
export function typePhrase(schema: Json | undefined, depth = 0): string {
  if (!isObject(schema) || depth > deepest) return 'any value'
  if (schema['const'] !== undefined) return spoken(schema['const'])
  const { enum: choices, anyOf, oneOf } = schema
  if (isList(choices)) return either(choices.map(spoken))
  const kinds = isList(anyOf) ? anyOf : isList(oneOf) ? oneOf : null
  if (kinds !== null) return either(kinds.map((kind) => typePhrase(kind, depth + 1)))
  if (isList(schema['type']))
    return either(schema['type'].map((type) => typePhrase({ ...schema, type }, depth + 1)))
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return `${schema['type']}${rangePhrase(schema)}`
    case 'string':
      return textPhrase(schema)
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return listPhrase(schema, depth)
    case 'object':
      return objectPhrase(schema, depth)
    default:
      return 'any value'
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** A value as it is typed. */
export function spoken(value: Json): string {
  return typeof value === 'string' && /^[\w./+-]+$/.test(value) ? value : JSON.stringify(value)
}

function either(words: readonly string[]): string {
  const all = [...new Set(words)]
  const shown = all.slice(0, mostChoices)
  if (shown.length < all.length) return `${shown.join(', ')}, … (${all.length} in all)`
  const last = shown.pop() ?? 'any value'
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`
}

function rangePhrase(schema: JsonObject): string {
  const least = schema['minimum']
  const most = schema['maximum']
  const above = schema['exclusiveMinimum']
  const below = schema['exclusiveMaximum']
  const words = [
    ...(least === undefined ? [] : [`from ${spoken(least)}`]),
    ...(above === undefined ? [] : [`above ${spoken(above)}`]),
    ...(most === undefined ? [] : [`${least === undefined ? 'up ' : ''}to ${spoken(most)}`]),
    ...(below === undefined ? [] : [`below ${spoken(below)}`]),
  ]
  const isOpen = least !== undefined && most === undefined && below === undefined
  return words.length === 0 ? '' : ` ${words.join(' ')}${isOpen ? ' up' : ''}`
}

function textPhrase({ pattern, format }: JsonObject): string {
  if (typeof pattern === 'string') return `text of the form /${pattern}/`
  return typeof format === 'string' ? `text (${format})` : 'text'
}

function listPhrase({ items, minItems, maxItems }: JsonObject, depth: number): string {
  // a tuple says what each of its places is
  if (isList(items)) return `[${items.map((item) => typePhrase(item, depth + 1)).join(', ')}]`
  const of = items === undefined ? '' : `: ${typePhrase(items, depth + 1)}`
  if (minItems !== undefined && minItems === maxItems) return `list of ${spoken(minItems)}${of}`
  if (minItems !== undefined && minItems === maxItems) return `list of ${spoken(minItems)}${of}`
  const least = typeof minItems === 'number' && minItems > 0 ? ` of at least ${minItems}` : ''
  // a limit of hundreds is for the machine
  const most = typeof maxItems === 'number' && maxItems <= 64 ? ` of at most ${maxItems}` : ''
  return `list${least === '' ? most : least}${of}`
}

function objectPhrase({ properties, required }: JsonObject, depth: number): string {
  if (!isObject(properties) || Object.keys(properties).length === 0) return 'mapping'
  if (depth > 0) return `mapping of ${Object.keys(properties).join(', ')}`
  const needed = isList(required) ? required : []
  const words = Object.entries(properties).map(([key, value]) => {
    const isNeeded = needed.includes(key) && isObject(value) && value['default'] === undefined
    return `${key}${isNeeded ? '' : '?'}`
  })
  return `mapping { ${words.join(', ')} }`
}

/** One thing that can be given, by name. */
export interface Parameter {
  readonly name: string
  readonly schema: JsonObject
  /** It has to be given: there is no default. */
  readonly isNeeded: boolean
}

/** The parameters of an object's schema: those that have to be given first. Empty for what is no object. */
export function parametersOf(schema: Json | undefined): readonly Parameter[] {
  if (!isObject(schema) || !isObject(schema['properties'])) return []
  const needed = isList(schema['required']) ? schema['required'] : []
  const all = Object.entries(schema['properties']).map(([name, inner]): Parameter => {
    const own = isObject(inner) ? inner : {}
    return { name, schema: own, isNeeded: needed.includes(name) && own['default'] === undefined }
  })
  return [...all.filter(({ isNeeded }) => isNeeded), ...all.filter(({ isNeeded }) => !isNeeded)]
}

/** Whether a default says something to people: it is there, short, and not empty. */
export function isTold(standard: Json | undefined): standard is Json {
  if (standard === undefined || standard === '' || JSON.stringify(standard).length > 60)
    return false
  return typeof standard !== 'object' || standard === null || Object.keys(standard).length > 0
}

/** The description, and the default where there is one that says something. */
export function meaningPhrase({ description, default: standard }: JsonObject): string {
  const said = typeof description === 'string' ? description : ''
  if (!isTold(standard)) return said
  return `${said}${said === '' ? '' : ' '}(default ${spoken(standard)})`
}
