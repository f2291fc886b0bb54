import { isObject, type Json, type JsonObject } from '../../intents/json.ts'

/** What is kept of an entity's state. */
export interface Entity {
  /** At most 255 characters, as Home Assistant itself allows. */
  readonly state: string
  readonly attributes: ReadonlyMap<string, Json>
  /** About how much it takes to keep. Characters. */
  readonly size: number
}

/** 255: the longest state Home Assistant has. */
const longestState = 255
/** 64: a media player with everything has about thirty. */
const mostAttributes = 64
/** 255: a longer text is a document. */
const longestText = 255
/** 32 items: the effects of a light, the sources of a receiver. */
const mostItems = 32

/** A camera's attributes let whoever has them see its pictures: they are not for a journal. */
const secret = new Set(['access_token', 'entity_picture', 'entity_picture_local'])

/** An entity as it came, cut to what may be kept: hostile. */
export function entityOf(state: Json | undefined, attributes: Json | undefined): Entity {
  const given = isObject(attributes) ? Object.entries(attributes) : []
  return made(textOf(state), given)
}

/** The entity after a difference of `subscribe_entities`: `+` adds, `-` takes away. */
export function changed(before: Entity, added: JsonObject, removed: JsonObject): Entity {
  const { s: state, a: more } = added
  const { a: gone } = removed
  const isGone = new Set<unknown>(Array.isArray(gone) ? gone : [])
  if (!isObject(more) && isGone.size === 0)
    return state === undefined ? before : { ...before, state: textOf(state) }
  const kept = [...before.attributes].filter(([name]) => !isGone.has(name))
  const all = new Map<string, Json>(kept)
  for (const [name, value] of isObject(more) ? Object.entries(more) : []) all.set(name, value)
  return made(state === undefined ? before.state : textOf(state), [...all])
}

function made(state: string, given: readonly (readonly [string, Json])[]): Entity {
  const attributes = new Map<string, Json>()
  let size = state.length
  for (const [name, value] of given) {
    if (attributes.size === mostAttributes) break
    if (name.length > 64 || secret.has(name) || !isSmall(value)) continue
    attributes.set(name, value)
    size += name.length + sizeOf(value)
  }
  return { state, attributes, size }
}

function textOf(state: Json | undefined): string {
  return typeof state === 'string' ? state.slice(0, longestState) : 'unknown'
}

/** Plain values and short lists of them: what a button or a macro can use. */
function isSmall(value: Json): boolean {
  if (Array.isArray(value))
    return value.length <= mostItems && value.every((each: Json) => isPlain(each))
  return isPlain(value)
}

function isPlain(value: Json): boolean {
  return typeof value === 'string'
    ? value.length <= longestText
    : typeof value !== 'object' || value === null
}

function sizeOf(value: Json): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each: Json) => sum + sizeOf(each), 0)
  return typeof value === 'string' ? value.length : 8
}
