import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { changed, type Entity, entityOf } from './entity.ts'
import { entityId } from './target.ts'

/** 5,000 entities: houses with everything have some hundreds, hotels a few thousand. */
const mostEntities = 5000
/** 32 million characters in all, for a server that means no good. */
const mostCharacters = 32 * 1024 * 1024

/** What Home Assistant says of its entities, as it says it; in the order of its connection, so it is never older than an answer. */
export interface States {
  readonly entities: ReadonlyMap<string, Entity>
  /** How many there are beyond what is kept. */
  readonly leftOut: number
  /** An event of `subscribe_entities`: `a` all of these, `c` differences, `r` gone. */
  compressed(event: JsonObject): void
  /** An event of `subscribe_events` with `state_changed`. */
  stateChanged(event: JsonObject): void
  /** The answer of `get_states`: what is not in it is gone. False: it is no list of states. */
  replace(states: Json): boolean
  /** Begins anew: the next event with `a` is all there is. */
  restart(): void
}

/** @param told called for each entity that changed, or is gone (null) */
export function openStates(told: (id: string, entity: Entity | null) => void): States {
  const entities = new Map<string, Entity>()
  const leftOut = new Set<string>()
  let size = 0
  let isFirst = false

  function put(id: string, entity: Entity): void {
    const before = entities.get(id)
    const next = size - (before?.size ?? 0) + entity.size
    if (!entityId.test(id)) return
    if ((before === undefined && entities.size >= mostEntities) || next > mostCharacters) {
      if (leftOut.size < mostEntities) leftOut.add(id)
      return
    }
    size = next
    entities.set(id, entity)
    told(id, entity)
  }

  function remove(id: string): void {
    const before = entities.get(id)
    leftOut.delete(id)
    if (before === undefined) return
    size -= before.size
    entities.delete(id)
    told(id, null)
  }

  function keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...entities.keys()]) if (!ids.has(id)) remove(id)
  }

  return {
    entities,
    get leftOut() {
      return leftOut.size
    },
    compressed({ a: added, c: changes, r: removed }) {
      if (isObject(added)) {
        if (isFirst) keepOnly(new Set(Object.keys(added)))
        isFirst = false
        for (const [id, full] of Object.entries(added))
          if (isObject(full)) put(id, entityOf(full['s'], full['a']))
      }
      for (const [id, difference] of isObject(changes) ? Object.entries(changes) : []) {
        const before = entities.get(id)
        if (before === undefined || !isObject(difference)) continue
        const { '+': more, '-': less } = difference
        put(id, changed(before, isObject(more) ? more : {}, isObject(less) ? less : {}))
      }
      for (const id of Array.isArray(removed) ? (removed as readonly Json[]) : [])
        if (typeof id === 'string') remove(id)
    },
    stateChanged({ data }) {
      if (!isObject(data)) return
      const { entity_id: id, new_state: now } = data
      if (typeof id !== 'string') return
      if (isObject(now)) put(id, entityOf(now['state'], now['attributes']))
      else remove(id)
    },
    replace(states) {
      if (!Array.isArray(states)) return false
      const seen = new Set<string>()
      for (const one of states as readonly Json[]) {
        if (!isObject(one)) return false
        const { entity_id: id, state, attributes } = one
        if (typeof id !== 'string') return false
        seen.add(id)
        put(id, entityOf(state, attributes))
      }
      keepOnly(seen)
      return true
    },
    restart() {
      isFirst = true
    },
  }
}
