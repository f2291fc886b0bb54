import { isObject, sameJson, type Json, type JsonObject } from '../../intents/json.ts'
import type { LinkContext } from '../adapter.ts'
import type { Entity } from './entity.ts'
import type { HaOptions } from './options.ts'

/** 2,000 entities and 20,000 paths: more than anybody has buttons and macros for. What is left out is said. */
const mostReported = 2000
const mostPaths = 20_000

/** Tells the hub what it wants to know of Home Assistant, and only what changed. */
export interface Reporter {
  entity(id: string, entity: Entity | null): void
  /** One entity with all its attributes, whatever the options leave out; from now on. */
  whole(id: string, entity: Entity): void
  /** How many entities are wanted and too many to be reported. */
  leftOut(): number
  /** Values at paths that begin with `prefix`; what was there and is not given any more is told as null. */
  group(prefix: string, values: ReadonlyMap<string, Json>): void
  value(path: string, value: Json): void
}

export function openReporter(options: HaOptions, context: LinkContext): Reporter {
  const told = new Map<string, Json>()
  /** The paths of each entity that is reported. */
  const paths = new Map<string, Set<string>>()
  const wanted = options.entities.map(matcher)
  const names = new Set(options.attributes)
  const all = names.has('*')
  /** Somebody asked for all of these. */
  const wholes = new Set<string>()
  const leftOut = new Set<string>()

  function tell(path: string, value: Json): void {
    const before = told.get(path)
    if (before !== undefined ? sameJson(before, value) : told.size >= mostPaths) return
    told.set(path, value)
    context.report(path, value)
  }

  /** It is not there any more. */
  function untell(path: string): void {
    if (!told.delete(path)) return
    context.report(path, null)
  }

  function tellEntity(id: string, { state, attributes }: Entity): void {
    const isWhole = all || wholes.has(id)
    const before = paths.get(id)
    const now = new Set([id])
    paths.set(id, now)
    tell(id, state)
    for (const [name, value] of attributes) {
      if (!isWhole && !names.has(name)) continue
      now.add(`${id}/${name}`)
      tell(`${id}/${name}`, value)
    }
    for (const path of before ?? []) if (!now.has(path)) untell(path)
  }

  return {
    entity(id, entity) {
      if (entity === null) {
        for (const path of paths.get(id) ?? []) untell(path)
        paths.delete(id)
        wholes.delete(id)
        leftOut.delete(id)
        return
      }
      if (!paths.has(id)) {
        if (!wanted.some((matches) => matches(id))) return
        if (paths.size >= mostReported) {
          leftOut.add(id)
          return
        }
      }
      tellEntity(id, entity)
    },
    whole(id, entity) {
      wholes.add(id)
      tellEntity(id, entity)
    },
    leftOut: () => leftOut.size,
    group(prefix, values) {
      for (const [path, value] of values) tell(`${prefix}/${path}`, value)
      for (const path of told.keys())
        if (path.startsWith(`${prefix}/`) && !values.has(path.slice(prefix.length + 1)))
          untell(path)
    },
    value: tell,
  }
}

/** Whether an id is one of a pattern: `light.*`, `*.studio_*`. A star is any number of any characters. */
export function matcher(pattern: string): (id: string) => boolean {
  const parts = pattern.split('*')
  const [head = '', ...rest] = parts
  if (rest.length === 0) return (id) => id === pattern
  const tail = rest.pop() ?? ''
  return (id) => {
    if (!id.startsWith(head) || id.length < head.length + tail.length || !id.endsWith(tail))
      return false
    // each part at its first place: linear, whatever the pattern is
    let at = head.length
    for (const part of rest) {
      const found = id.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= id.length - tail.length
  }
}

/** Text of a field, short enough to be reported; empty where there is none. */
export function textIn(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value.slice(0, 200) : ''
}

/** The objects of a list from outside, at most `most`. */
export function objectsIn(value: Json, most: number): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject).slice(0, most) : []
}
