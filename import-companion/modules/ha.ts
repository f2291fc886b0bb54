import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { number, own, text, words } from '../field.ts'
import type { Action, Feedback } from '../model.ts'
import {
  type Acted,
  environmentName,
  type Lit,
  type Module,
  no,
  secretOf,
  unknownAction,
} from './module.ts'

// companion-module-homeassistant-server, src/actions.ts and src/feedback.ts: each action is one service call.

export const ha: Module = {
  ids: ['homeassistant-server'],
  open({ config }, name) {
    const url = (text(config, 'url') ?? '').replace(/\/+$/, '')
    if (!/^https?:\/\//.test(url)) return 'it has no URL'
    const verifyTls = own(config, 'ignore_certificates') === true ? { verifyTls: false } : {}
    const token = secretOf(name, 'token')
    return {
      devices: () => [{ name, protocol: 'ha', options: { url, token, ...verifyTls } }],
      act: (action) => acted(name, action),
      lit: (feedback) => litOf(name, feedback),
      notes: [
        `its access token is not carried over: put it into ${environmentName(name, 'token')}`,
        'what is reported is recorded: name the entities that the studio uses (entities: [light.*])',
      ],
    }
  },
}

const switches: readonly string[] = [
  'set_switch',
  'set_input_boolean',
  'set_light_on',
  'set_group_on',
]
const services: Readonly<Record<string, string>> = {
  execute_script: 'script.turn_on',
  press_button: 'button.press',
  activate_scene: 'scene.turn_on',
  input_select_first: 'input_select.select_first',
  input_select_last: 'input_select.select_last',
  input_select_next: 'input_select.select_next',
  input_select_previous: 'input_select.select_previous',
}

function acted(device: string, action: Action): Acted {
  const { name, options } = action
  const entity_id = own(options, 'entity_id') ?? []
  const fire = (service: string, args: JsonObject = {}): Acted => ({
    ok: true,
    fires: [{ device, action: service, args: { entity_id, ...args } }],
  })
  if (switches.includes(name)) {
    const state = text(options, 'state')
    const verb = state === 'off' ? 'turn_off' : state === 'toggle' ? 'toggle' : 'turn_on'
    return fire(`${domainOf(entity_id)}.${verb}`)
  }
  const service = Object.hasOwn(services, name) ? services[name] : undefined
  if (service !== undefined) return fire(service)
  switch (name) {
    case 'set_light_pct':
      return fire('light.turn_on', { brightness_pct: number(options, 'pct') })
    case 'adj_light_pct':
      return fire('light.turn_on', { brightness_step_pct: number(options, 'pct') })
    case 'input_select_set':
      return fire('input_select.select_option', { option: own(options, 'option') ?? null })
    case 'call_service':
      return called(options, entity_id, fire)
    default:
      return unknownAction('homeassistant-server', action)
  }
}

function called(
  options: JsonObject,
  entities: Json,
  fire: (service: string, args: JsonObject) => Acted,
): Acted {
  const service = text(options, 'service') ?? ''
  const payload = payloadOf(own(options, 'payload'))
  if (payload === null) return no('its payload is no JSON')
  const made = fire(service, payload)
  const isAny = Array.isArray(entities) && entities.length === 0
  if (!made.ok || !isAny) return made
  // no entity at all is not the same as none of them
  return { ok: true, fires: made.fires.map((each) => ({ ...each, args: payload })) }
}

function payloadOf(value: Json | undefined): JsonObject | null {
  if (isObject(value)) return value
  try {
    const read: Json = JSON.parse(typeof value === 'string' && value !== '' ? value : '{}') as Json // JSON
    return isObject(read) ? read : null
  } catch {
    return null // the caller says so
  }
}

/** All of one domain: that one's own service; else the one for any. */
function domainOf(entities: Json): string {
  const ids: readonly Json[] = Array.isArray(entities) ? (entities as readonly Json[]) : [entities]
  const domains = new Set(ids.map((id) => words(id)?.split('.')[0] ?? ''))
  const [only] = domains
  return domains.size === 1 && only !== undefined && only !== '' ? only : 'homeassistant'
}

function litOf(device: string, { name, options, inverted }: Feedback): Lit | null {
  const path = text(options, 'entity_id')
  if (path === null || !/_state$/.test(name)) return null
  if (name === 'input_select_state') {
    const option = text(options, 'option')
    return option === null || inverted ? null : { device, path, equals: option }
  }
  const state = own(options, 'state')
  const isOn = (state === true || state === 'on' || state === undefined) !== inverted
  return { device, path, equals: isOn ? 'on' : 'off' }
}
