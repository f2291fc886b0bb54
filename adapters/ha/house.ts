import type { Json } from '../../intents/json.ts'

/** An entity of the simulated house. */
export interface Thing {
  state: string
  attributes: Record<string, Json>
}

/** A simulated house: what a studio has of it. Change it as somebody in the room would, with `change`. */
export interface House {
  readonly things: ReadonlyMap<string, Thing>
  readonly areas: { readonly area_id: string; readonly name: string }[]
  readonly devices: readonly Readonly<Record<string, string | null>>[]
  /** Which device an entity belongs to. */
  readonly deviceOf: ReadonlyMap<string, string>
  /** Sets the state, and attributes beside those there are; null takes the entity away. */
  change(id: string, state: string | null, attributes?: Readonly<Record<string, Json>>): void
  /** Called after each change, with what was before. */
  onChange(told: (id: string, before: Thing | null) => void): void
}

const start: Readonly<Record<string, readonly [string, Readonly<Record<string, Json>>]>> = {
  // as a real Home Assistant 2021.3 had them
  'script.blink': [
    'off',
    { last_triggered: null, mode: 'single', current: 0, friendly_name: 'blink' },
  ],
  'light.key_light': ['off', { friendly_name: 'Key', supported_features: 0 }],
  'input_text.tally': [
    'unknown',
    { editable: false, min: 0, max: 100, pattern: null, mode: 'text' },
  ],
  'input_boolean.studio_light': ['off', { editable: false, friendly_name: 'Studio light' }],
  'input_number.level': [
    '0.0',
    { initial: null, editable: false, min: 0.0, max: 100.0, step: 1.0, mode: 'slider' },
  ],
  // what else the flows of a studio use
  'light.fill_light': [
    'off',
    { friendly_name: 'Fill', supported_color_modes: ['brightness'], brightness: null },
  ],
  'light.on_air': [
    'off',
    {
      friendly_name: 'ON AIR',
      supported_color_modes: ['color_temp', 'rgb'],
      brightness: null,
      effect_list: ['colorloop'],
    },
  ],
  'switch.monitor_wall': ['off', { friendly_name: 'Monitor wall' }],
  'switch.cameras': ['off', { friendly_name: 'Cameras' }],
  'fan.rack': ['off', { friendly_name: 'Rack', percentage: 0 }],
  'scene.interview': ['unknown', { friendly_name: 'Interview' }],
  'automation.motion': ['on', { friendly_name: 'Motion', last_triggered: null, mode: 'single' }],
  'button.restart_encoder': ['unknown', { friendly_name: 'Restart encoder' }],
  'input_select.mode': ['idle', { friendly_name: 'Mode', options: ['idle', 'rehearsal', 'live'] }],
  'cover.blackout': ['open', { friendly_name: 'Blackout', current_position: 100 }],
  'climate.studio': [
    'cool',
    { friendly_name: 'Studio', temperature: 21.0, current_temperature: 22.5, fan_mode: 'auto' },
  ],
  'lock.studio_door': ['unlocked', { friendly_name: 'Studio door' }],
  'media_player.monitor': [
    'idle',
    { friendly_name: 'Monitor', volume_level: 0.5, is_volume_muted: false, source: 'HDMI 1' },
  ],
  'binary_sensor.motion': ['off', { friendly_name: 'Motion', device_class: 'motion' }],
  'camera.door': ['idle', { friendly_name: 'Door' }],
  'tts.voice': ['unknown', { friendly_name: 'Voice' }],
}

export function createHouse(): House {
  const things = new Map<string, Thing>(
    Object.entries(start).map(([id, [state, attributes]]) => [
      id,
      { state, attributes: { ...attributes } },
    ]),
  )
  const listeners: ((id: string, before: Thing | null) => void)[] = []
  return {
    things,
    areas: [
      { area_id: 'studio', name: 'Studio' },
      { area_id: 'control_room', name: 'Control room' },
    ],
    devices: [
      {
        id: 'd1',
        name: 'Key light',
        name_by_user: null,
        area_id: 'studio',
        manufacturer: 'Simulated',
        model: 'L1',
      },
      {
        id: 'd2',
        name: 'Monitor wall',
        name_by_user: null,
        area_id: 'control_room',
        manufacturer: 'Simulated',
        model: 'S1',
      },
    ],
    deviceOf: new Map([
      ['light.key_light', 'd1'],
      ['switch.monitor_wall', 'd2'],
    ]),
    change(id, state, attributes = {}) {
      const before = things.get(id) ?? null
      if (state === null) things.delete(id)
      else things.set(id, { state, attributes: { ...before?.attributes, ...attributes } })
      for (const told of listeners) told(id, before)
    },
    onChange: (told) => void listeners.push(told),
  }
}
