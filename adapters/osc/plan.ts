import { failed } from '../../intents/failure.ts'
import type { DeviceIntent } from '../../intents/intent.ts'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { toOscArgs } from '../../wire/osc-arg.ts'
import { isAddress } from '../../wire/osc-encode.ts'
import { maxBundleDepth, type OscMessage } from '../../wire/osc.ts'
import type { Plan } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { kind, malformed, quoted, type Read } from '../template.ts'
import {
  bytesOf,
  maxPacketBytes,
  type OscBundle,
  type OscCommand,
  type OscTime,
} from './command.ts'

/** Messages of a bundle, over all its bundles: what one datagram can hold by far. */
const mostElements = 1000
/** A day: a cue that is further away has a schedule. */
const longestInMs = 86_400_000

/** An OSC address with its arguments, a `bundle` of several, or a `query`. */
export function planOsc(intent: DeviceIntent): Plan<OscCommand> {
  const read = intent.verb === 'set' ? setOf(intent.path, intent.value) : fireOf(intent)
  if (!read.ok) return read
  // a message is measured when it is sent: this is the fast way
  if (read.value.type === 'message') return { ok: true, command: read.value }
  const { length } = bytesOf(read.value, 0)
  return length > maxPacketBytes
    ? malformed(`packet of ${length} bytes, at most ${maxPacketBytes}`)
    : { ok: true, command: read.value }
}

function setOf(path: string, value: Json): Read<OscCommand> {
  const address = path.startsWith('/') ? path : `/${path}`
  return command(address, value instanceof Array ? value : [value], null)
}

function fireOf({ action, args }: Extract<DeviceIntent, { verb: 'fire' }>): Read<OscCommand> {
  if (action.startsWith('/')) return command(action, listOf(args), null)
  if (action === 'bundle') {
    const bundle = bundleOf(args, 1, { left: mostElements })
    return bundle.ok ? { ok: true, value: { type: 'bundle', ...bundle.value } } : bundle
  }
  if (action === 'query') return queryOf(args)
  const { failure } = unknownName('action', action, [`/${action}`, 'bundle', 'query'])
  const detail = `${failure.detail}; an OSC address starts with /: /cue/go`.slice(0, 500)
  return { ok: false, failure: failed('not-found', detail) }
}

/** `{ address, args?, reply? }`: the message of the address `reply`, or of the same, answers it. */
export function queryOf(given: Json): Read<OscCommand> {
  if (!isObject(given)) return malformed('query: expected { "address": "/ch/1/level" }')
  const { address, args = null, reply = address, ...more } = given
  const unknown = unknownOf(more, 'address, args, reply')
  if (unknown !== null) return unknown
  if (typeof address !== 'string')
    return malformed(`argument "address": expected text, got ${kind(address)}`)
  if (typeof reply !== 'string' || !isAddress(reply))
    return malformed('argument "reply": expected an OSC address, which starts with /')
  return command(address, listOf(args), reply)
}

/** `{ messages: [{ address, args? } | bundle …], inMs? | atMs? }`. */
function bundleOf(given: Json, depth: number, budget: { left: number }): Read<OscBundle> {
  if (!isObject(given) || !(given['messages'] instanceof Array))
    return malformed('bundle: expected { "messages": [{ "address": "/cue/go", "args": [1] }] }')
  const { messages, inMs, atMs, ...more } = given
  const unknown = unknownOf(more, 'messages, inMs, atMs')
  if (unknown !== null) return unknown
  const time = timeOf(inMs, atMs)
  if (!time.ok) return time
  if (depth > maxBundleDepth)
    return malformed(`bundle: bundles nest at most ${maxBundleDepth} deep`)
  const elements: OscBundle['elements'][number][] = []
  for (const each of messages instanceof Array ? messages : []) {
    if (--budget.left < 0) return malformed(`bundle: at most ${mostElements} messages`)
    if (isObject(each) && each['messages'] !== undefined) {
      const inner = bundleOf(each, depth + 1, budget)
      if (!inner.ok) return inner
      elements.push({ kind: 'bundle', ...inner.value })
      continue
    }
    const message = elementOf(each)
    if (!message.ok) return message
    elements.push(message.value)
  }
  return { ok: true, value: { time: time.value, elements } }
}

function elementOf(given: Json): Read<OscMessage> {
  const expected = 'argument "messages": expected { "address": "/cue/go", "args": [1] } in it'
  if (!isObject(given)) return malformed(expected)
  const { address, args = null, ...more } = given
  if (typeof address !== 'string') return malformed(expected)
  const unknown = unknownOf(more, 'address, args')
  if (unknown !== null) return unknown
  const made = command(address, listOf(args), null)
  if (!made.ok) return made
  const { value } = made
  return value.type === 'message'
    ? { ok: true, value: { kind: 'message', address: value.address, args: value.args } }
    : malformed('argument "messages": expected messages')
}

function timeOf(inMs: Json | undefined, atMs: Json | undefined): Read<OscTime> {
  if (inMs !== undefined && atMs !== undefined) return malformed('bundle: inMs or atMs, not both')
  if (inMs !== undefined)
    return isTime(inMs) && inMs <= longestInMs
      ? { ok: true, value: { type: 'in', ms: inMs } }
      : malformed(`argument "inMs": expected a whole number from 0 to ${longestInMs}`)
  if (atMs === undefined) return { ok: true, value: { type: 'now' } }
  return isTime(atMs)
    ? { ok: true, value: { type: 'at', ms: atMs } }
    : malformed('argument "atMs": expected milliseconds since 1970, whole')
}

function isTime(ms: Json): ms is number {
  return Number.isSafeInteger(ms) && Number(ms) >= 0
}

function unknownOf(more: JsonObject, takes: string) {
  const [name] = Object.keys(more)
  return name === undefined
    ? null
    : malformed(`argument ${quoted(name)} is not known: it takes ${takes}`)
}

/** A list in its order, `{ args: […] }`, nothing for `{}` and null; anything else is one argument. */
function listOf(args: Json): readonly Json[] {
  if (args === null) return []
  if (args instanceof Array) return args
  if (!isObject(args)) return [args]
  const keys = Object.keys(args)
  const inner = args['args']
  if (keys.length === 1 && inner instanceof Array) return inner
  return keys.length === 0 ? [] : [args]
}

function command(
  address: string,
  values: readonly Json[],
  answer: string | null,
): Read<OscCommand> {
  if (!isAddress(address)) return malformed('an OSC address starts with / and has no NUL')
  const converted = toOscArgs(values)
  return converted.ok
    ? { ok: true, value: { type: 'message', address, args: converted.args, answer } }
    : malformed(`argument: ${converted.detail}`.slice(0, 500))
}
