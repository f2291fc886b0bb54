import { Value } from 'typebox/value'
import { Type, type TSchema } from 'typebox'
import type { Failure } from '../../intents/failure.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { unknownName } from '../template-names.ts'
import { kind, malformed, quoted } from '../template.ts'
import { type HaCommand, nobody, type ServiceCall, type Target } from './command.ts'
import { flag, object, responseField, type Service, targetFields } from './service.ts'
import { serviceOf } from './services.ts'

export type Called<Command = HaCommand> =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly failure: Failure }

/** An object id, a domain, a service (developer documents, "Naming"): what else would be is no name. */
const slug = /^[a-z0-9_]{1,128}$/
export const entityId = /^[a-z0-9_]{1,128}\.[a-z0-9_]{1,128}$/

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
      return { ok: true, command: { type: action, entity: String(args['entity_id']) } }
    case 'fire_event': {
      const { event_type: event, event_data: data } = args
      const carried = isObject(data) ? data : {}
      return { ok: true, command: { type: action, event: String(event), data: carried } }
    }
    case 'call_service': {
      const { domain, service, data, target, response } = args
      const both = {
        ...(isObject(data) ? data : {}),
        ...(isObject(target) ? target : {}),
        ...(response === undefined ? {} : { response }),
      }
      return passed(String(domain), String(service), both)
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

function typed(known: Service, domain: string, service: string, args: Json): Called {
  const given = args === null ? {} : known.targets ? asTarget(args) : args
  if (!isObject(given)) return malformed(`${known.name} takes an object, got ${kind(given)}`)
  // the form of call_service is welcome here as well
  const { target, ...own } = given
  const whole: JsonObject = isObject(target) && known.targets ? { ...own, ...target } : given
  const fields = {
    ...(known.targets ? targetFields : {}),
    ...known.fields,
    response: flag('response'),
  }
  const clean = Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [
      key,
      numeric(fields[key as keyof typeof fields], value),
    ]),
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

/** A lone text or a list of texts is whom it is for. */
function asTarget(args: Json): Json {
  return typeof args === 'string' || Array.isArray(args) ? { entity_id: args } : args
}

type Split =
  | { readonly ok: true; readonly target: Target; readonly data: JsonObject }
  | { readonly ok: false; readonly failure: Failure }

/** Whom a call is for, apart from what it says. Entities are a list afterwards; `a, b` was one in every version. */
function targetOf({ entity_id: entities = [], ...rest }: JsonObject): Split {
  const list: readonly Json[] = Array.isArray(entities) ? (entities as readonly Json[]) : [entities]
  const ids = list.flatMap((each) => (typeof each === 'string' ? each.split(/\s*,\s*/) : [null]))
  const named = ids.filter(
    (id) => id !== null && (entityId.test(id) || id === 'all' || id === 'none'),
  )
  if (named.length !== ids.length)
    return malformed('argument "entity_id": expected ids such as light.key, or a list of them')
  const groups: Record<string, Json> = {}
  const data: Record<string, Json> = {}
  for (const [key, value] of Object.entries(rest))
    if (key in targetFields) groups[key] = value
    else data[key] = value
  return { ok: true, data, target: { entities: named.filter((id) => id !== null), groups } }
}

/** Lines of text carry numbers as text: `brightness=80`. Only where the field wants a number and nothing else. */
function numeric(schema: TSchema | undefined, given: Json): Json {
  const { type } = (schema ?? {}) as { readonly type?: unknown } // JSON Schema's keyword
  const wants = type === 'number' || type === 'integer'
  return wants && typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given)
    ? Number(given)
    : given
}

function faultIn(
  name: string,
  args: JsonObject,
  fields: Readonly<Record<string, TSchema>>,
  required: readonly string[],
): { readonly ok: false; readonly failure: Failure } | null {
  for (const [key, value] of Object.entries(args)) {
    const schema = Object.hasOwn(fields, key) ? fields[key] : undefined
    const takes = Object.keys(fields).join(', ')
    if (schema === undefined)
      return malformed(`${name} has no argument ${quoted(key)}; it takes ${takes}`.slice(0, 500))
    if (!Value.Check(schema, value))
      return malformed(`${name}: argument ${quoted(key)} must be ${expectation(schema)}`)
  }
  const missing = required.find((key) => !Object.hasOwn(args, key))
  return missing === undefined ? null : malformed(`${name} needs the argument ${quoted(missing)}`)
}

interface Form {
  readonly type?: string
  readonly enum?: readonly Json[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly description?: string
}

function expectation(schema: TSchema): string {
  const form = schema as Form // our own tables': these keywords hold what JSON Schema says they hold
  if (form.enum !== undefined) return `one of ${form.enum.join(', ')}`
  switch (form.type) {
    case 'integer':
      return `a whole number from ${form.minimum} to ${form.maximum}`
    case 'number':
      return `a number from ${form.minimum} to ${form.maximum}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return `text (${form.description ?? 'not empty'})`
    case 'array':
      return `a list (${form.description ?? ''})`
    default:
      return form.type === 'object' ? 'an object' : 'an id or a list of ids'
  }
}
