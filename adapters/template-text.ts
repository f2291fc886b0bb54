import { Type } from 'typebox'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { framed, type Framing } from '../wire/framing.ts'
import type { ActionDescription, Plan, Preview } from './adapter.ts'
import { unknownName } from './template-names.ts'
import { malformed, quoted, type Read, readArgs } from './template.ts'
import type { RequestOptions, TextOptions } from './text-options.ts'
import {
  type Expected,
  rawCommand,
  type Shared,
  type TextCommand,
  type TextRequest,
  textRequest,
} from './text-request.ts'

// What devices of text, bytes or JSON have in common: requests made of templates, and raw bytes.

/** Requests compiled: what `planText` looks up. */
export interface TextPlans {
  readonly actions: ReadonlyMap<string, Prepared>
  readonly sets: ReadonlyMap<string, Prepared>
  readonly shared: Shared
  readonly framing: Framing
  /** What one command may have. */
  readonly maxBytes: number
}

type Prepared = ReturnType<typeof textRequest>

/** What the config says of every request. */
export function sharedOf(options: TextOptions): Shared {
  const { terminator, reply, refusal, ids } = options
  return {
    terminator,
    ...(reply === undefined ? {} : { reply }),
    ...(refusal === undefined ? {} : { refusal }),
    numbered: ids !== undefined,
  }
}

export function textPlans(
  options: TextOptions,
  maxBytes: number,
  framing: Framing = { type: 'none' },
): TextPlans {
  const shared = sharedOf(options)
  const prepare = (requests: { readonly [name: string]: RequestOptions }) =>
    new Map(Object.entries(requests).map(([name, each]) => [name, textRequest(each, shared)]))
  return {
    actions: prepare(options.actions),
    sets: prepare(options.sets),
    shared,
    framing,
    maxBytes,
  }
}

/** What such a device is sent. `to`: `udp 10.0.0.7:5000`. */
export function previewText(to: string, command: TextCommand, framing: Framing): Preview {
  const { bytes, binary } = command
  const text = binary
    ? (bytes.toString('hex').match(/../g) ?? []).join(' ')
    : JSON.stringify(bytes.toString())
  return { to, text, bytes: framed(framing, bytes) }
}

export function planText(intent: DeviceIntent, plans: TextPlans): Plan<TextCommand> {
  const read =
    intent.verb === 'fire'
      ? planFire(intent.action, intent.args, plans)
      : planSet(intent.path, intent.value, plans)
  if (!read.ok) return read
  const { length } = read.value.bytes
  if (length === 0) return malformed('nothing to send: the command is empty')
  if (length > plans.maxBytes)
    return malformed(`command of ${length} bytes, at most ${plans.maxBytes}`)
  try {
    framed(plans.framing, read.value.bytes)
  } catch (error) {
    if (error instanceof RangeError) return malformed(`framing: ${error.message}`)
    throw error
  }
  return { ok: true, command: read.value }
}

function planFire(action: string, args: Json, plans: TextPlans): Read<TextCommand> {
  const declared = plans.actions.get(action)
  if (declared === undefined)
    return action === 'raw'
      ? raw(args, plans)
      : unknownName('action', action, [...plans.actions.keys(), 'raw'])
  if (!declared.ok) return malformed(`config: actions ${quoted(action)} ${declared.detail}`)
  const values = readArgs(declared.request.names, args)
  return values.ok ? declared.request.command(values.value) : values
}

function planSet(path: string, value: Json, plans: TextPlans): Read<TextCommand> {
  const declared = plans.sets.get(path)
  if (declared === undefined) return unknownName('path', path, plans.sets.keys())
  if (!declared.ok) return malformed(`config: sets ${quoted(path)} ${declared.detail}`)
  const other = declared.request.names.find((name) => name !== 'value')
  if (other !== undefined)
    return malformed(`config: sets ${quoted(path)} has a place {${other}}; only {value} is filled`)
  return declared.request.command(new Map([['value', value]]))
}

/** Answered as the config says of every request; a device that numbers its answers gives none to what has no number. */
function raw(args: Json, { shared }: TextPlans): Read<TextCommand> {
  const { reply = null, refusal = null, numbered } = shared
  const answer: Expected | null =
    numbered || (reply === null && refusal === null) ? null : { reply, refusal }
  return rawCommand(args, shared, answer)
}

/** One argument in a text. */
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const anything = Type.Unsafe<Json>({ description: 'Any JSON value.' })

/** What the config declares, and `raw`. */
export function textActions({ actions, sets }: TextPlans): readonly ActionDescription[] {
  const fires = [...actions].map(([name, declared]): ActionDescription => {
    const { names, typed, description } = partsOf(declared)
    const properties = Object.fromEntries(
      names.map((each) => [each, typed.has(each) ? anything : scalar]),
    )
    return {
      verb: 'fire',
      name,
      description: description ?? 'Sends the request of the config.',
      schema: Type.Object(properties, { additionalProperties: false }),
    }
  })
  const paths = [...sets].map(([name, declared]): ActionDescription => {
    const { typed, description } = partsOf(declared)
    return {
      verb: 'set',
      name,
      description: description ?? 'Sends the request of the config with the value.',
      schema: typed.has('value') ? anything : scalar,
    }
  })
  return actions.has('raw') ? [...fires, ...paths] : [...fires, ...paths, rawAction]
}

/** One that the config says wrongly has no arguments; `plan` says why. */
function partsOf(declared: Prepared): Pick<TextRequest, 'names' | 'typed' | 'description'> {
  return declared.ok ? declared.request : { names: [], typed: new Set(), description: null }
}

const rawAction: ActionDescription = {
  verb: 'fire',
  name: 'raw',
  description: 'Sends text (with the terminator of the config) or bytes in hexadecimal.',
  schema: Type.Union([
    Type.Object({ text: Type.String() }, { additionalProperties: false }),
    Type.Object({ hex: Type.String() }, { additionalProperties: false }),
  ]),
}
