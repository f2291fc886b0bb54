import { Buffer } from 'node:buffer'
import { Type } from 'typebox'
import type { DeviceIntent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import type { ActionDescription, Plan, Preview } from './adapter.ts'
import { unknownName } from './template-names.ts'
import {
  fill,
  kind,
  lineText,
  malformed,
  quoted,
  type Read,
  readArgs,
  type Template,
  template,
} from './template.ts'

// What TCP and UDP devices have in common: text made of templates, and raw bytes.

/** The keys of the config that say what a text device understands. */
export interface TextOptions {
  readonly actions: { readonly [name: string]: string }
  readonly sets: { readonly [path: string]: string }
  readonly terminator: string
}

export interface TextCommand {
  readonly bytes: Buffer
  /** Words of the config in it. They may be secrets, so an answer that repeats them is not quoted with them. */
  readonly words: readonly string[]
}

/** Text actions compiled: what `planText` looks up. */
export interface TextPlans {
  readonly actions: ReadonlyMap<string, Prepared>
  readonly sets: ReadonlyMap<string, Prepared>
  readonly terminator: string
}

interface Prepared {
  readonly template: Template
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  readonly words: readonly string[]
}

export const textOptions = {
  actions: Type.Record(Type.String(), Type.String(), {
    default: {},
    description:
      'What a `fire` sends, by action: text with {places} for its arguments, "RELAY {n} ON\\r\\n".',
  }),
  sets: Type.Record(Type.String(), Type.String(), {
    default: {},
    description: 'What a `set` sends, by path: text with {value} in it.',
  }),
  terminator: Type.String({
    default: '',
    maxLength: 16,
    description: 'Ends each command, unless the text ends with it already.',
  }),
}

export function textPlans(options: TextOptions): TextPlans {
  const prepare = (texts: { readonly [name: string]: string }) =>
    new Map(Object.entries(texts).map(([name, text]) => [name, prepared(text)]))
  return {
    actions: prepare(options.actions),
    sets: prepare(options.sets),
    terminator: options.terminator,
  }
}

function prepared(text: string): Prepared {
  const compiled = template(text)
  return {
    template: compiled,
    names: [...new Set(compiled.names)],
    // shorter than 4 letters is no secret, and blanking `OK` out of an answer would hide the answer
    words: compiled.texts.flatMap((text) => text.split(/[\s,;:="']+/)).filter((w) => w.length >= 4),
  }
}

/** What a text device is sent. `to`: `udp 10.0.0.7:5000`. */
export function previewText(to: string, { bytes }: TextCommand): Preview {
  return { to, text: JSON.stringify(bytes.toString()), bytes }
}

/** @param maxBytes what one command may have */
export function planText(
  intent: DeviceIntent,
  plans: TextPlans,
  maxBytes: number,
): Plan<TextCommand> {
  const bytes =
    intent.verb === 'fire'
      ? planFire(intent.action, intent.args, plans)
      : planSet(intent.path, intent.value, plans)
  if (!bytes.ok) return bytes
  const { length } = bytes.value.bytes
  if (length === 0) return malformed('nothing to send: the command is empty')
  if (length > maxBytes) return malformed(`command of ${length} bytes, at most ${maxBytes}`)
  return { ok: true, command: bytes.value }
}

function planFire(action: string, args: Json, plans: TextPlans): Read<TextCommand> {
  const declared = plans.actions.get(action)
  if (declared === undefined)
    return action === 'raw'
      ? raw(args, plans)
      : unknownName('action', action, [...plans.actions.keys(), 'raw'])
  const values = readArgs(declared.names, args)
  return values.ok ? filled(declared, values.value, plans) : values
}

function planSet(path: string, value: Json, plans: TextPlans): Read<TextCommand> {
  const declared = plans.sets.get(path)
  if (declared === undefined) return unknownName('path', path, plans.sets.keys())
  const other = declared.names.find((name) => name !== 'value')
  if (other !== undefined)
    return malformed(`config: sets ${quoted(path)} has a place {${other}}; only {value} is filled`)
  return filled(declared, new Map([['value', value]]), plans)
}

function filled(
  declared: Prepared,
  values: ReadonlyMap<string, Json>,
  plans: TextPlans,
): Read<TextCommand> {
  const text = fill(declared.template, values, lineText)
  if (!text.ok) return text
  return {
    ok: true,
    value: { bytes: Buffer.from(ended(text.value, plans.terminator)), words: declared.words },
  }
}

/** The native action: bytes as they are given. */
function raw(args: Json, plans: TextPlans): Read<TextCommand> {
  const given = isObject(args) ? args : {}
  const [key, ...more] = Object.keys(given)
  const value = given[key ?? '']
  if ((key !== 'text' && key !== 'hex') || more.length > 0)
    return malformed('raw: expected one argument, text or hex: { "text": "PING" }')
  if (typeof value !== 'string')
    return malformed(`argument "${key}": expected text, got ${kind(value)}`)
  if (key === 'text')
    return { ok: true, value: { bytes: Buffer.from(ended(value, plans.terminator)), words: [] } }
  const digits = value.replaceAll(/[\s:]/g, '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits))
    return malformed('argument "hex": expected bytes of two hexadecimal digits, "01 ff"')
  return { ok: true, value: { bytes: Buffer.from(digits, 'hex'), words: [] } }
}

function ended(text: string, terminator: string): string {
  return text.endsWith(terminator) ? text : text + terminator
}

/** One argument in a text. */
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

/** What the config declares, and `raw`. */
export function textActions(options: TextOptions): readonly ActionDescription[] {
  const plans = textPlans(options)
  const fires = [...plans.actions].map(([name, { names }]): ActionDescription => {
    const properties = Object.fromEntries(names.map((each) => [each, scalar]))
    const schema = Type.Object(properties, { additionalProperties: false })
    return { verb: 'fire', name, description: 'Sends the text of the config.', schema }
  })
  const sets = [...plans.sets.keys()].map((name): ActionDescription => ({
    verb: 'set',
    name,
    description: 'Sends the text of the config with the value.',
    schema: scalar,
  }))
  return plans.actions.has('raw') ? [...fires, ...sets] : [...fires, ...sets, rawAction]
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
