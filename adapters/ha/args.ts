import { Type, type TSchema } from 'typebox'
import type { Failure } from '../../intents/failure.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { unknownName } from '../template-names.ts'
import { kind, malformed } from '../template.ts'
import { faultIn, numeric } from './checked.ts'
import { type HaCommand, nobody, type ServiceCall, type Target } from './command.ts'
import { wordOf } from './message.ts'
import { flag, object, responseField, type Service, targetFields } from './service.ts'
import { serviceOf } from './services.ts'
import { asTarget, entityId, targetOf } from './target.ts'

export type Called<Command = HaCommand> =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly failure: Failure }

/** An object id, a domain, a service (developer documents, "Naming"): what else would be is no name. */
const slug = /^[a-z0-9_]{1,128}$/

/** The actions that are no service. */
export const natives = {
  call_service: Type.Object(
    {
      domain: Type.String({ pattern: slug.source, description: 'light' }),
      service: Type.String({ pattern: slug.source, description: 'turn_on' }),
      data: Type.Optional(object('What the service takes')),
      target: Type.Optional(Type.Object(optional(targetFields), { additionalProperties: false })),
      response: Type.Optional(responseField),
    },
    { additionalProperties: false },
  ),
  get_states: Type.Object({}, { additionalProperties: false }),
  get_state: Type.Object(
    { entity_id: Type.String({ pattern: entityId.source, description: 'light.key' }) },
    { additionalProperties: false },
  ),
  fire_event: Type.Object(
    {
      event_type: Type.String({ minLength: 1, maxLength: 64, description: 'studio_on_air' }),
      event_data: Type.Optional(object('What it carries')),
    },
    { additionalProperties: false },
  ),
} as const

function optional(fields: Readonly<Record<string, TSchema>>): Record<string, TSchema> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, schema]) => [key, Type.Optional(schema)]),
  )
}

/** A `fire` of a service by its name, or of one of `natives`. */
export function callOf(action: string, args: Json): Called {
  const [domain = '', service = '', ...more] = action.split('.')
  if (service !== '' && more.length === 0 && slug.test(domain) && slug.test(service)) {
    const known = serviceOf(action)
    return known === null ? passed(domain, service, args) : typed(known, domain, service, args)
  }
  const schema = Object.hasOwn(natives, action) ? natives[action as keyof typeof natives] : null
  if (schema === null)
    return unknownName('action', action, [...Object.keys(natives), 'light.turn_on'])
  const given =
    action === 'get_state' && typeof args === 'string' ? { entity_id: args } : (args ?? {})
  if (!isObject(given)) return malformed(`${action} takes an object, got ${kind(given)}`)
  const fault = faultIn(action, given, schema.properties, schema.required ?? [])
  return fault ?? nativeOf(action as keyof typeof natives, given)
}

/** @param args as the schema of `action` wants them */
function nativeOf(action: keyof typeof natives, args: JsonObject): Called {
  switch (action) {
    case 'get_states':
      return { ok: true, command: { type: action } }
    case 'get_state':
      return { ok: true, command: { type: action, entity: wordOf(args['entity_id']) } }
    case 'fire_event': {
      const { event_type: event, event_data: data } = args
      const carried = isObject(data) ? data : {}
      return { ok: true, command: { type: action, event: wordOf(event), data: carried } }
    }
    case 'call_service': {
      const { domain, service, data, target, response } = args
      const both = {
        ...(isObject(data) ? data : {}),
        ...(isObject(target) ? target : {}),
        ...(response === undefined ? {} : { response }),
      }
      return passed(wordOf(domain), wordOf(service), both)
    }
    default:
      return action satisfies never
  }
}

/** A service that is not in our tables: anything goes, as long as it is an object. */
function passed(domain: string, service: string, args: Json): Called {
  const given = args === null ? {} : asTarget(args)
  if (!isObject(given)) return malformed(`${domain}.${service} takes an object, got ${kind(given)}`)
  const { response = false, ...rest } = given
  if (typeof response !== 'boolean')
    return malformed(`argument "response": expected true or false, got ${kind(response)}`)
  const split = targetOf(rest)
  return split.ok ? serviceCall(domain, service, split.data, split.target, response) : split
}

const allFields = new WeakMap<Service, Readonly<Record<string, TSchema>>>()

/** All that a service takes, by name; made at its first call. */
function fieldsOf(known: Service): Readonly<Record<string, TSchema>> {
  const made = allFields.get(known) ?? {
    ...(known.targets ? targetFields : {}),
    ...known.fields,
    response: flag('response'),
  }
  allFields.set(known, made)
  return made
}

function typed(known: Service, domain: string, service: string, args: Json): Called {
  const given = args === null ? {} : known.targets ? asTarget(args) : args
  if (!isObject(given)) return malformed(`${known.name} takes an object, got ${kind(given)}`)
  // the form of call_service is welcome here as well
  const { target, ...own } = given
  const whole: JsonObject = isObject(target) && known.targets ? { ...own, ...target } : given
  const fields = fieldsOf(known)
  const clean = Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [key, numeric(fields[key], value)]),
  )
  const fault = faultIn(known.name, clean, fields, known.required)
  if (fault !== null) return fault
  const { response = false, ...rest } = clean
  if (!known.targets) return serviceCall(domain, service, rest, nobody, response === true)
  const split = targetOf(rest)
  if (!split.ok) return split
  if (split.target.entities.length === 0 && Object.keys(split.target.groups).length === 0)
    return malformed(
      `${known.name} needs entity_id, or ${Object.keys(targetFields).slice(1).join(', ')}`,
    )
  return serviceCall(domain, service, split.data, split.target, response === true)
}

function serviceCall(
  domain: string,
  service: string,
  data: JsonObject,
  target: Target,
  response: boolean,
): Called<ServiceCall> {
  return { ok: true, command: { type: 'call_service', domain, service, data, target, response } }
}
