import type { Json, JsonObject } from '../../intents/json.ts'
import type { Reported } from '../adapter.ts'
import { malformed, quoted } from '../template.ts'
import { callOf, type Called } from './args.ts'
import { entityId } from './target.ts'

/** The domains whose state a `set` of true and false turns on and off, and the domain of the services. */
const onOff: Readonly<Record<string, string>> = {
  light: 'light',
  switch: 'switch',
  input_boolean: 'input_boolean',
  fan: 'fan',
  siren: 'siren',
  humidifier: 'humidifier',
  remote: 'remote',
  automation: 'automation',
  media_player: 'media_player',
  camera: 'camera',
  climate: 'climate',
  group: 'homeassistant',
}

/** Words of a state, by domain, and the service that leads there. */
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cover: { open: 'open_cover', closed: 'close_cover', true: 'open_cover', false: 'close_cover' },
  lock: { locked: 'lock', unlocked: 'unlock', true: 'lock', false: 'unlock' },
  media_player: { playing: 'media_play', paused: 'media_pause', idle: 'media_stop' },
}

/** Domains whose state is a value of its own. */
const values: Readonly<Record<string, readonly [service: string, field: string]>> = {
  input_number: ['set_value', 'value'],
  number: ['set_value', 'value'],
  input_text: ['set_value', 'value'],
  text: ['set_value', 'value'],
  input_select: ['select_option', 'option'],
  select: ['select_option', 'option'],
  climate: ['set_hvac_mode', 'hvac_mode'],
}

/** Attributes that can be set, by domain: service and field. */
export const settable: Readonly<
  Record<string, Readonly<Record<string, readonly [string, string]>>>
> = {
  light: {
    brightness: ['turn_on', 'brightness'],
    color_temp_kelvin: ['turn_on', 'color_temp_kelvin'],
    rgb_color: ['turn_on', 'rgb_color'],
    hs_color: ['turn_on', 'hs_color'],
    xy_color: ['turn_on', 'xy_color'],
    effect: ['turn_on', 'effect'],
  },
  fan: {
    percentage: ['set_percentage', 'percentage'],
    preset_mode: ['set_preset_mode', 'preset_mode'],
    direction: ['set_direction', 'direction'],
    oscillating: ['oscillate', 'oscillating'],
  },
  cover: {
    current_position: ['set_cover_position', 'position'],
    current_tilt_position: ['set_cover_tilt_position', 'tilt_position'],
  },
  climate: {
    temperature: ['set_temperature', 'temperature'],
    humidity: ['set_humidity', 'humidity'],
    fan_mode: ['set_fan_mode', 'fan_mode'],
    preset_mode: ['set_preset_mode', 'preset_mode'],
    swing_mode: ['set_swing_mode', 'swing_mode'],
  },
  humidifier: { humidity: ['set_humidity', 'humidity'], mode: ['set_mode', 'mode'] },
  media_player: {
    volume_level: ['volume_set', 'volume_level'],
    is_volume_muted: ['volume_mute', 'is_volume_muted'],
    source: ['select_source', 'source'],
    sound_mode: ['select_sound_mode', 'sound_mode'],
    shuffle: ['shuffle_set', 'shuffle'],
    repeat: ['repeat_set', 'repeat'],
  },
}

/** The domains whose state can be set. */
export const settableDomains: readonly string[] = [
  ...new Set([...Object.keys(onOff), ...Object.keys(words), ...Object.keys(values)]),
]

/** A `set` as a call: `light.key` to true or `on`, `light.key/brightness` to 128. */
export function callOfPath(path: string, value: Json): Called {
  const [id = '', attribute, ...more] = path.split('/')
  if (!entityId.test(id) || more.length > 0)
    return malformed(`${quoted(path)} is no entity: expected light.key or light.key/brightness`)
  const [domain = ''] = id.split('.')
  const called =
    attribute === undefined ? ofState(id, domain, value) : ofAttribute(id, domain, attribute, value)
  if (called.ok) return called
  return malformed(`${quoted(path)}: ${called.failure.detail}`)
}

function ofState(id: string, domain: string, value: Json): Called {
  const word = typeof value === 'string' || typeof value === 'boolean' ? String(value) : ''
  const on = word === 'on' || word === 'true'
  const switched = onOff[domain]
  if (switched !== undefined && (on || word === 'off' || word === 'false'))
    return callOf(`${switched}.turn_${on ? 'on' : 'off'}`, { entity_id: id })
  const said = words[domain]
  const service = said !== undefined && Object.hasOwn(said, word) ? said[word] : undefined
  if (service !== undefined) return callOf(`${domain}.${service}`, { entity_id: id })
  const [name, field = ''] = values[domain] ?? []
  if (name !== undefined) return callOf(`${domain}.${name}`, { entity_id: id, [field]: value })
  const takes = [
    ...(switched === undefined ? [] : ['true, false, on, off']),
    ...Object.keys(said ?? {}),
  ]
  return malformed(takes.length === 0 ? `a ${domain} cannot be set` : `takes ${takes.join(', ')}`)
}

function ofAttribute(id: string, domain: string, attribute: string, value: Json): Called {
  const known = settable[domain] ?? {}
  const [service, field = ''] = Object.hasOwn(known, attribute) ? (known[attribute] ?? []) : []
  if (service === undefined)
    return malformed(`can be set of a ${domain}: ${Object.keys(known).join(', ') || 'nothing'}`)
  const args: JsonObject = { entity_id: id, [field]: value }
  return callOf(`${domain}.${service}`, args)
}

/**
 * Whether a lasting value is sent again after a reconnect: what somebody sees or hears, where it is no longer so. Never
 * locks, covers, climate, sirens, automations or players: what moves, locks or warms stays as the house has it.
 */
export function isResynced(
  path: string,
  value: Json,
  lasting: ReadonlyMap<string, Json>,
  reported: Reported,
): boolean {
  const [id = '', attribute] = path.split('/')
  const [domain = ''] = id.split('.')
  const is = reported.get(path)
  // what is out of reach does not hear it
  if (reported.get(id) === 'unavailable') return false
  if (domain === 'media_player')
    return (attribute === 'volume_level' || attribute === 'is_volume_muted') && !isSame(value, is)
  if (!/^(light|switch|input_boolean|fan|(input_)?(number|text|select))$/.test(domain)) return false
  // the brightness of a light that is off, or is to be off, would turn it on
  const wantsOff = isSame(lasting.get(id) ?? null, 'off')
  if (attribute !== undefined && (reported.get(id) !== 'on' || wantsOff)) return false
  return !isSame(value, is)
}

function isSame(wanted: Json, is: Json | undefined): boolean {
  if (typeof wanted === 'boolean' && typeof is === 'string') return is === (wanted ? 'on' : 'off')
  if (typeof wanted === 'number') return Number(is) === wanted
  return JSON.stringify(wanted) === JSON.stringify(is)
}
