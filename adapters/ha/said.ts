import { sameJson, type Json, type JsonObject } from '../../intents/json.ts'
import type { House, Thing } from './house.ts'

// How Home Assistant says states: whole, as an event, and compressed (core, `State.as_compressed_state`).

/** A state as `get_states` and `state_changed` have it. */
export function stateOf(house: House, id: string, context: JsonObject): JsonObject {
  return full(id, house.things.get(id) ?? { state: 'unknown', attributes: {} }, context)
}

function full(id: string, { state, attributes }: Thing, context: JsonObject): JsonObject {
  const now = new Date().toISOString().replace('Z', '000+00:00')
  return { entity_id: id, state, attributes, last_changed: now, last_updated: now, context }
}

/** The event of a change. */
function stateChanged(
  house: House,
  id: string,
  before: Thing | null,
  context: JsonObject,
): JsonObject {
  const now = house.things.get(id)
  return {
    event_type: 'state_changed',
    data: {
      entity_id: id,
      old_state: before === null ? null : full(id, before, context),
      new_state: now === undefined ? null : full(id, now, context),
    },
    origin: 'LOCAL',
    time_fired: new Date().toISOString(),
    context,
  }
}

/** All states, compressed. */
export function added(house: House, context: JsonObject): JsonObject {
  return Object.fromEntries(
    [...house.things].map(([id, thing]) => [id, compressed(thing, context)]),
  )
}

function compressed({ state, attributes }: Thing, { id }: JsonObject): JsonObject {
  return { s: state, a: attributes, c: id ?? '', lc: Date.now() / 1000 }
}

/** What `subscribe_entities` says of a change: `a` new, `r` gone, `c` what is different. */
function difference(
  house: House,
  id: string,
  before: Thing | null,
  context: JsonObject,
): JsonObject {
  const now = house.things.get(id)
  if (now === undefined) return { r: [id] }
  if (before === null) return { a: { [id]: compressed(now, context) } }
  const more: Record<string, Json> = {}
  for (const [name, value] of Object.entries(now.attributes))
    if (!sameJson(before.attributes[name], value)) more[name] = value
  const gone = Object.keys(before.attributes).filter((name) => !(name in now.attributes))
  const isSame = before.state === now.state
  const plus: JsonObject = {
    ...(isSame ? { lu: Date.now() / 1000 } : { s: now.state, lc: Date.now() / 1000 }),
    c: context['id'] ?? '',
    ...(Object.keys(more).length === 0 ? {} : { a: more }),
  }
  return { c: { [id]: { '+': plus, ...(gone.length === 0 ? {} : { '-': { a: gone } }) } } }
}

/** What a subscription is told of a change; null where it is about something else. */
export function eventOf(
  topic: string,
  house: House,
  id: string,
  before: Thing | null,
  context: JsonObject,
): JsonObject | null {
  if (topic === 'entities') return difference(house, id, before, context)
  return topic === 'state_changed' ? stateChanged(house, id, before, context) : null
}
