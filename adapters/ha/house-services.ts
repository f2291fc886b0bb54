import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import type { House, Thing } from './house.ts'
import { wordOf } from './message.ts'
import { services } from './services.ts'

/** What became of a call: done, with what the service answers, or Home Assistant's error. */
export type Done =
  | { readonly ok: true; readonly response: Json }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** The services of the house by domain: those of our tables, as `get_services` gives them. */
export function serviceList(): Record<string, Record<string, JsonObject>> {
  const list: Record<string, Record<string, JsonObject>> = {}
  for (const { name, description, fields } of services) {
    const [domain = '', service = ''] = name.split('.')
    const shape = Object.fromEntries(Object.keys(fields).map((field) => [field, {}]))
    list[domain] = { ...list[domain], [service]: { name: description, description, fields: shape } }
  }
  return list
}

const known: ReadonlySet<string> = new Set(services.map(({ name }) => name))
const notFound = { ok: false, code: 'not_found', message: 'Service not found.' } as const

/** Does what a service does, at once. Ids it does not have are passed over without a word, as Home Assistant does. */
export function carryOut(house: House, name: string, data: JsonObject, now: string): Done {
  if (!known.has(name)) return notFound
  const [domain = '', service = ''] = name.split('.')
  const given = data['entity_id']
  const ids: readonly Json[] = Array.isArray(given) ? (given as readonly Json[]) : [given ?? null]
  for (const id of ids) {
    const thing = typeof id === 'string' ? house.things.get(id) : undefined
    if (typeof id !== 'string' || thing === undefined) continue
    const kind = domain === 'homeassistant' ? (id.split('.')[0] ?? '') : domain
    const next = effect(kind, service, data, thing, now)
    if (next !== null) house.change(id, ...next)
  }
  const things = ids.filter((id) => typeof id === 'string')
  return { ok: true, response: Object.fromEntries(things.map((id) => [id, {}])) }
}

type Next = readonly [state: string, attributes?: Readonly<Record<string, Json>>]

function effect(
  kind: string,
  service: string,
  data: JsonObject,
  thing: Thing,
  now: string,
): Next | null {
  const { state } = thing
  switch (kind) {
    case 'light':
      return light(service, data, thing)
    case 'scene':
    case 'button':
    case 'input_button':
      return [now]
    case 'script':
      return service === 'turn_on' ? ['off', { last_triggered: now }] : ['off']
    case 'automation':
      return service === 'trigger' ? [state, { last_triggered: now }] : onOff(service, state)
    case 'cover':
      return cover(service, data, state)
    case 'climate':
      return climate(service, data, state)
    case 'lock':
      return [{ lock: 'locked', unlock: 'unlocked', open: 'open' }[service] ?? state]
    case 'media_player':
      return player(service, data, state)
    case 'input_number':
    case 'number':
      return [Number(data['value']).toFixed(1)]
    case 'input_text':
    case 'text':
      return [wordOf(data['value'])]
    case 'input_select':
    case 'select':
      return [wordOf(data['option'] ?? state)]
    case 'fan':
      return service === 'set_percentage' ? ['on', pick(data, 'percentage')] : onOff(service, state)
    default:
      return onOff(service, state)
  }
}

function onOff(service: string, state: string): Next | null {
  if (service === 'turn_on') return ['on']
  if (service === 'turn_off') return ['off']
  return service === 'toggle' ? [state === 'on' ? 'off' : 'on'] : null
}

function light(service: string, data: JsonObject, { state, attributes }: Thing): Next | null {
  const next = onOff(service, state)
  const modes = attributes['supported_color_modes']
  if (next === null || !Array.isArray(modes)) return next
  if (next[0] === 'off') return ['off', { brightness: null }]
  const percent = data['brightness_pct']
  const brightness =
    data['brightness'] ?? (typeof percent === 'number' ? Math.round(percent * 2.55) : null)
  if (brightness === 0) return ['off', { brightness: null }]
  const look = pick(data, 'rgb_color', 'color_temp_kelvin', 'effect')
  return ['on', { brightness: brightness ?? attributes['brightness'] ?? 255, ...look }]
}

function cover(service: string, data: JsonObject, state: string): Next {
  if (service === 'open_cover') return ['open', { current_position: 100 }]
  if (service === 'close_cover') return ['closed', { current_position: 0 }]
  const { position } = data
  if (service !== 'set_cover_position' || typeof position !== 'number') return [state]
  return [position === 0 ? 'closed' : 'open', { current_position: position }]
}

function climate(service: string, data: JsonObject, state: string): Next {
  if (service === 'turn_off') return ['off']
  if (service === 'turn_on') return ['cool']
  const mode = data['hvac_mode']
  const look = pick(
    data,
    'temperature',
    'target_temp_low',
    'target_temp_high',
    'humidity',
    'fan_mode',
    'preset_mode',
    'swing_mode',
  )
  return [typeof mode === 'string' ? mode : state, look]
}

function player(service: string, data: JsonObject, state: string): Next {
  const states: Readonly<Record<string, string>> = {
    turn_on: 'idle',
    turn_off: 'off',
    media_play: 'playing',
    play_media: 'playing',
    media_pause: 'paused',
    media_stop: 'idle',
  }
  return [
    states[service] ?? state,
    pick(data, 'volume_level', 'is_volume_muted', 'source', 'sound_mode', 'shuffle', 'repeat'),
  ]
}

function pick(data: JsonObject, ...names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = data[name]
      return value === undefined || isObject(value) ? [] : [[name, value]]
    }),
  )
}
