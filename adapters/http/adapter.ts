import { Type } from 'typebox'
import type { DeviceIntent } from '../../intents/intent.ts'
import { isObject, type Json } from '../../intents/json.ts'
import type { ActionDescription, Adapter } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { kind, malformed, quoted, type Read, readArgs } from '../template.ts'
import { brokenLink } from '../broken-link.ts'
import { openLink } from './link.ts'
import { type HttpCommand, type HttpOptions, methods, options } from './options.ts'
import { faultOf } from './peer.ts'
import { type PollCommand, pollsOf } from './poll.ts'
import { previewOf } from './preview.ts'
import { checked, prepare, type Prepared } from './request.ts'

interface Compiled {
  readonly polls: readonly PollCommand[]
  /** Why the config cannot be used; null where it can. */
  readonly fault: string | null
  readonly actions: ReadonlyMap<string, Prepared>
  readonly sets: ReadonlyMap<string, Prepared>
}

const cache = new WeakMap<HttpOptions, Compiled>()

/** The options compiled, once per options object. */
function compiled(options: HttpOptions): Compiled {
  const known = cache.get(options)
  if (known !== undefined) return known
  const all = (requests: HttpOptions['actions']) =>
    new Map(Object.entries(requests).map(([name, request]) => [name, prepare(request)]))
  const polls = pollsOf(options)
  const fault = faultOf(options) ?? (polls.ok ? null : `config: ${polls.detail}`)
  const made = {
    actions: all(options.actions),
    sets: all(options.sets),
    polls: polls.ok ? polls.polls : [],
    fault,
  }
  cache.set(options, made)
  return made
}

const native = 'request'

export const adapter: Adapter<typeof options, HttpCommand> = {
  protocol: 'http',
  title: 'Any device or service with an HTTP API',
  options,
  pipeline: () => 1,
  actions,
  plan(intent, options) {
    const { fault } = compiled(options)
    if (fault !== null) return malformed(fault)
    const read = commandOf(intent, compiled(options))
    return read.ok ? { ok: true, command: read.value } : read
  },
  preview: previewOf,
  isSlow(intent, options) {
    const declared =
      intent.verb === 'set' ? options.sets[intent.path] : options.actions[intent.action]
    return declared?.lane === 'slow'
  },
  // nothing is reported, so what the device still knows is not known: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const { polls, fault } = compiled(options)
    return fault === null ? openLink(options, polls, context) : brokenLink(fault, context)
  },
}

function commandOf(intent: DeviceIntent, { actions, sets }: Compiled): Read<HttpCommand> {
  if (intent.verb === 'set') {
    const declared = sets.get(intent.path)
    if (declared === undefined) return unknownName('path', intent.path, sets.keys())
    const other = declared.names.find((name) => name !== 'value')
    if (other !== undefined)
      return malformed(
        `config: sets ${quoted(intent.path)} has a place {${other}}; only {value} is filled`,
      )
    return declared.command(new Map([['value', intent.value]]))
  }
  const declared = actions.get(intent.action)
  if (declared === undefined)
    return intent.action === native
      ? nativeRequest(intent.args)
      : unknownName('action', intent.action, [...actions.keys(), native])
  const values = readArgs(declared.names, intent.args)
  return values.ok ? declared.command(values.value) : values
}

/** `{ method, path, json?, headers? }` as they stand. */
function nativeRequest(args: Json): Read<HttpCommand> {
  if (!isObject(args)) return malformed('request: expected { "method": "GET", "path": "/…" }')
  const { method: wanted, path, json, headers: given = {}, ...more } = args
  const [unknown] = Object.keys(more)
  if (unknown !== undefined)
    return malformed(
      `argument ${quoted(unknown)} is not known: it takes method, path, json, headers`,
    )
  const method = methods.find((each) => each === wanted)
  if (method === undefined)
    return malformed(`argument "method": expected one of ${methods.join(', ')}`)
  if (typeof path !== 'string')
    return malformed(`argument "path": expected text that starts with /, got ${kind(path)}`)
  if (!isObject(given))
    return malformed(`argument "headers": expected an object of texts, got ${kind(given)}`)
  const headers: Record<string, string> =
    json === undefined ? {} : { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string')
      return malformed(`argument "headers": ${quoted(name)}: expected text, got ${kind(value)}`)
    // names differ only by case for no server, and a second spelling must not slip in beside the first
    headers[name.toLowerCase()] = value
  }
  const body = json === undefined ? null : JSON.stringify(json)
  return checked({ method, path, headers, body })
}

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const anything = Type.Unsafe<Json>({ description: 'Any JSON value.' })

function actions(options: HttpOptions): readonly ActionDescription[] {
  const { actions, sets } = compiled(options)
  const of = (declared: Prepared, name: string) => (declared.typed.has(name) ? anything : scalar)
  const fires = [...actions].map(([name, declared]): ActionDescription => {
    const properties = Object.fromEntries(declared.names.map((each) => [each, of(declared, each)]))
    const schema = Type.Object(properties, { additionalProperties: false })
    return { verb: 'fire', name, description: 'Sends the request of the config.', schema }
  })
  const paths = [...sets].map(([name, declared]): ActionDescription => {
    const description = 'Sends the request of the config with the value.'
    return { verb: 'set', name, description, schema: of(declared, 'value') }
  })
  return actions.has(native) ? [...fires, ...paths] : [...fires, ...paths, nativeAction]
}

const nativeAction: ActionDescription = {
  verb: 'fire',
  name: native,
  description: 'Sends any request below the url of the config.',
  schema: Type.Object(
    {
      method: Type.Enum([...methods]),
      path: Type.String({ pattern: '^/' }),
      json: Type.Optional(anything),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    { additionalProperties: false },
  ),
}
