import type { Json, JsonObject } from '../../intents/json.ts'
import type { ServiceCall } from './command.ts'
import type { Entity } from './entity.ts'
import { wordOf } from './message.ts'

/** What an entity is to show once a call was carried out. */
export interface Expectation {
  readonly entity: string
  /** For people: `brightness 128`. */
  readonly wanted: string
  meets(shown: Entity): boolean
}

type Wants = Omit<Expectation, 'entity'>

/** Of 255: dimmers count to 100, or less. */
const brightnessTolerance = 3
/** Half a degree: the steps of most thermostats. */
const degrees = 0.5
/** Of 1: receivers count to 50 or 100. */
const volumeTolerance = 0.02

const state = (...states: readonly string[]): Wants => ({
  wanted: states.join(' or '),
  meets: (shown) => states.includes(shown.state),
})
const notState = (...states: readonly string[]): Wants => ({
  wanted: `not ${states.join(' or ')}`,
  meets: (shown) => !states.includes(shown.state),
})
const attribute = (name: string, value: Json, tolerance: number): Wants => ({
  wanted: `${name} ${JSON.stringify(value)}`,
  meets({ attributes }) {
    const is = attributes.get(name)
    return typeof value === 'number' && typeof is === 'number'
      ? Math.abs(is - value) <= tolerance
      : is === value
  },
})
const fresh = (name: string, before: Json | undefined): Wants => ({
  wanted: `a new ${name}`,
  meets: ({ attributes }) => (attributes.get(name) ?? null) !== (before ?? null),
})

/** Services that lead to one of these states, whoever offers them. */
const states: Readonly<Record<string, Wants>> = {
  'lock.lock': state('locked'),
  'lock.unlock': state('unlocked', 'open'),
  'lock.open': state('open', 'unlocked'),
  // a cover that moves the right way has been told; its end may be a minute away
  'cover.open_cover': state('open', 'opening'),
  'cover.close_cover': state('closed', 'closing'),
  'cover.stop_cover': notState('opening', 'closing'),
  'climate.turn_on': notState('off', 'unavailable'),
  'climate.turn_off': state('off'),
  'media_player.turn_on': notState('off', 'standby', 'unavailable'),
  'media_player.turn_off': state('off', 'standby'),
  'media_player.media_play': state('playing', 'buffering'),
  'media_player.media_pause': state('paused'),
  'media_player.media_stop': notState('playing', 'paused', 'buffering', 'unavailable'),
  'vacuum.start': state('cleaning'),
  'vacuum.pause': state('paused', 'idle'),
  'vacuum.stop': notState('cleaning', 'unavailable'),
  'vacuum.return_to_base': state('returning', 'docked'),
  'alarm_control_panel.alarm_arm_home': state('armed_home', 'arming', 'pending'),
  'alarm_control_panel.alarm_arm_away': state('armed_away', 'arming', 'pending'),
  'alarm_control_panel.alarm_arm_night': state('armed_night', 'arming', 'pending'),
  'alarm_control_panel.alarm_disarm': state('disarmed'),
}

/** Services whose argument is an attribute afterwards: argument, attribute, how far a number may be off. */
const attributes: Readonly<Record<string, readonly (readonly [string, string, number])[]>> = {
  'climate.set_temperature': [
    ['temperature', 'temperature', degrees],
    ['target_temp_low', 'target_temp_low', degrees],
    ['target_temp_high', 'target_temp_high', degrees],
  ],
  'climate.set_humidity': [['humidity', 'humidity', 1]],
  'climate.set_fan_mode': [['fan_mode', 'fan_mode', 0]],
  'climate.set_preset_mode': [['preset_mode', 'preset_mode', 0]],
  'climate.set_swing_mode': [['swing_mode', 'swing_mode', 0]],
  'humidifier.set_humidity': [['humidity', 'humidity', 1]],
  'humidifier.set_mode': [['mode', 'mode', 0]],
  'fan.set_preset_mode': [['preset_mode', 'preset_mode', 0]],
  'fan.set_direction': [['direction', 'direction', 0]],
  'fan.oscillate': [['oscillating', 'oscillating', 0]],
  'media_player.volume_set': [['volume_level', 'volume_level', volumeTolerance]],
  'media_player.volume_mute': [['is_volume_muted', 'is_volume_muted', 0]],
  'media_player.select_source': [['source', 'source', 0]],
  'media_player.select_sound_mode': [['sound_mode', 'sound_mode', 0]],
  'media_player.shuffle_set': [['shuffle', 'shuffle', 0]],
  'media_player.repeat_set': [['repeat', 'repeat', 0]],
}

/** What is on or off, whatever else it is. */
const twoStates = new Set([
  'light',
  'switch',
  'input_boolean',
  'fan',
  'siren',
  'humidifier',
  'remote',
  'automation',
  'group',
])

/** Services after which the state is the moment of the last time (scenes: since 2022; before, it was a fixed word). */
const stamps = new Set([
  'scene.turn_on',
  'button.press',
  'input_button.press',
  'notify.send_message',
])
const triggers = new Set(['script.turn_on', 'automation.trigger'])

/**
 * What shows that a call was carried out, by what is known before it is sent. None: nothing shows it, and Home
 * Assistant's answer is all there is.
 */
export function expected(
  call: ServiceCall,
  known: ReadonlyMap<string, Entity>,
): readonly Expectation[] {
  return call.target.entities.flatMap((entity) => {
    const now = known.get(entity)
    return now === undefined ? [] : of(call, entity, now).map((wants) => ({ entity, ...wants }))
  })
}

/** How long a call takes by itself: a fade is not over when it is answered. ms */
export function takesMs({ data }: ServiceCall): number {
  const { transition } = data
  return typeof transition === 'number' ? transition * 1000 : 0
}

function of({ domain, service, data }: ServiceCall, entity: string, now: Entity): readonly Wants[] {
  const [kind = ''] = entity.split('.')
  // homeassistant.turn_on is for things of every kind
  const name = `${domain === 'homeassistant' ? kind : domain}.${service}`
  const fixed = states[name]
  if (fixed !== undefined) return [fixed]
  if (stamps.has(name)) return now.state === 'scening' ? [] : [notState(now.state)]
  if (triggers.has(name)) return [fresh('last_triggered', now.attributes.get('last_triggered'))]
  const pairs = attributes[name]
  if (pairs !== undefined)
    return pairs.flatMap(([field, path, tolerance]) => {
      const value = data[field]
      return value === undefined ? [] : [attribute(path, value, tolerance)]
    })
  if (name === 'climate.set_hvac_mode') return [state(wordOf(data['hvac_mode']))]
  if (name === 'cover.set_cover_position') return position(now, data)
  if (service === 'set_value' || service === 'select_option') return [ofValue(data)]
  if (name === 'script.turn_off') return [state('off')]
  return twoStates.has(kind) ? onOff(kind, service, data, now) : []
}

function onOff(kind: string, service: string, data: JsonObject, now: Entity): readonly Wants[] {
  if (data['flash'] !== undefined) return []
  if (service === 'turn_off') return [state('off')]
  if (service === 'toggle')
    return now.state === 'on' ? [state('off')] : now.state === 'off' ? [state('on')] : []
  if (service !== 'turn_on') return []
  const { brightness, brightness_pct: percent } = data
  const wanted = typeof percent === 'number' ? Math.round(percent * 2.55) : brightness
  if (kind !== 'light' || typeof wanted !== 'number') return [state('on')]
  // light.turn_on with no brightness turns it off
  if (wanted === 0) return [state('off')]
  return canDim(now)
    ? [state('on'), attribute('brightness', wanted, brightnessTolerance)]
    : [state('on')]
}

/** A lamp that cannot be dimmed takes a brightness and shows none. */
function canDim({ attributes }: Entity): boolean {
  const modes = attributes.get('supported_color_modes')
  if (Array.isArray(modes)) return modes.some((mode) => mode !== 'onoff')
  // until 2021.4: bit 1 of the features (light component, SUPPORT_BRIGHTNESS)
  const features = attributes.get('supported_features')
  return typeof features === 'number' && features % 2 === 1
}

function position(now: Entity, data: JsonObject): readonly Wants[] {
  const { position: wanted } = data
  const was = now.attributes.get('current_position')
  if (typeof wanted !== 'number' || typeof was !== 'number') return []
  const moving = wanted > was ? 'opening' : 'closing'
  const there = attribute('current_position', wanted, 2)
  return [{ wanted: there.wanted, meets: (shown) => shown.state === moving || there.meets(shown) }]
}

/** Numbers are written in the state as Python writes them: 5 is `5.0`. */
function ofValue({ value, option }: JsonObject): Wants {
  const wanted = value ?? option ?? null
  return {
    wanted: JSON.stringify(wanted),
    meets: ({ state }) =>
      typeof wanted === 'number'
        ? Math.abs(Number(state) - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted))
        : state === wordOf(wanted),
  }
}
