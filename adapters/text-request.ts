import { Buffer } from 'node:buffer'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { condition, type Condition } from './condition.ts'
import { bytesOf } from './template-hex.ts'
import { kind, malformed, type Read, type Values } from './template.ts'
import { type Body, bodyOf, ended } from './text-body.ts'
import type { RequestOptions } from './text-options.ts'

// One request of the config to a device that takes text, bytes or JSON, compiled.

/** What is sent, and what is awaited. Plain data. */
export interface TextCommand {
  readonly bytes: Buffer
  /** Bytes and no text, for protocols that tell them apart. */
  readonly binary: boolean
  /** The same as JSON, where a number that the answer repeats can be put into it. */
  readonly json: JsonObject | null
  /** Words of the config in it. They may be secrets, so an answer that repeats them is not quoted with them. */
  readonly words: readonly string[]
  /** Null: nothing is awaited. */
  readonly answer: Expected | null
}

/** What an answer must look like. Without `reply` any answer that is no refusal confirms. */
export interface Expected {
  readonly reply: Condition | null
  readonly refusal: Condition | null
}

/** The keys of the config that hold for every request. */
export interface Shared {
  readonly terminator: string
  readonly reply?: Condition
  readonly refusal?: Condition
  /** Every request in JSON carries a number, and so is answered. */
  readonly numbered: boolean
}

export interface TextRequest {
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  /** Names that may have any value. */
  readonly typed: ReadonlySet<string>
  readonly description: string | null
  /** Whether an answer is awaited that only its looks tell from others. */
  readonly awaits: boolean
  command(values: Values): Read<TextCommand>
}

/** A request, or why the config's cannot be used. */
export function textRequest(
  options: RequestOptions,
  shared: Shared,
):
  | { readonly ok: true; readonly request: TextRequest }
  | { readonly ok: false; readonly detail: string } {
  const request = typeof options === 'string' ? { text: options } : options
  const given = [request.text, request.hex, request.json].filter((each) => each !== undefined)
  if (given.length !== 1) return { ok: false, detail: 'has one of text, hex and json' }
  const body = bodyOf(request, shared.terminator)
  if (!body.ok) return body
  const { answered } = request
  const own = request.reply !== undefined || request.refusal !== undefined
  const reply = (own ? request.reply : shared.reply) ?? null
  const refusal = (own ? request.refusal : shared.refusal) ?? null
  const numbered = shared.numbered && request.json !== undefined && isObject(request.json)
  const awaits = answered ?? (reply !== null || refusal !== null || numbered)
  for (const [key, each] of [['reply', reply] as const, ['refusal', refusal] as const]) {
    if (each === null) continue
    const other = placesOf(each).find((name) => !body.names.includes(name))
    if (other !== undefined)
      return { ok: false, detail: `${key} has a place {${other}} of its own` }
    const fault = conditionFault(each)
    if (fault !== null) return { ok: false, detail: `${key} ${fault}` }
  }
  const expectedReply = reply === null ? () => null : expected(reply, body)
  const expectedRefusal = refusal === null ? () => null : expected(refusal, body)
  return {
    ok: true,
    request: {
      names: body.names,
      typed: body.typed,
      description: request.description ?? null,
      awaits: awaits && !numbered,
      command(values) {
        const made = body.make(values)
        if (!made.ok) return made
        const { bytes, json } = made.value
        const { binary, words } = body
        const answer = awaits
          ? { reply: expectedReply(values), refusal: expectedRefusal(values) }
          : null
        return { ok: true, value: { bytes, json, binary, words, answer } }
      },
    },
  }
}

/** A place of a condition: it stands for the argument as it was sent, letter by letter. */
const place = /(?<!\\[pPu])\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}/g

function textOf(condition: Condition): string {
  if (typeof condition === 'string') return condition
  return typeof condition.equals === 'string' ? condition.equals : ''
}

function placesOf(condition: Condition): readonly string[] {
  return [...textOf(condition).matchAll(place)].map(([, name]) => name ?? '')
}

/** Why a condition with places cannot be used; null where it can. */
export function conditionFault(each: Condition): string | null {
  const compiled = condition(filledWith(each, () => 'x'))
  return compiled.ok ? null : compiled.detail
}

function filledWith(condition: Condition, write: (name: string) => string): Condition {
  if (typeof condition === 'string')
    return condition.replace(place, (_, name: string) => escaped(write(name)))
  const { at, equals } = condition
  if (typeof equals !== 'string') return condition
  return { at, equals: equals.replace(place, (_, name: string) => write(name)) }
}

/** So that it stands for itself in a regular expression. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** What a condition becomes with the arguments of each command; one without places is the same for all of them. */
function expected(condition: Condition, body: Body): (values: Values) => Condition {
  if (placesOf(condition).length === 0) return () => condition
  const [, only] =
    typeof condition === 'string'
      ? []
      : (/^\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}$/.exec(textOf(condition)) ?? [])
  return (values) => {
    const value = only === undefined ? undefined : values.get(only)
    // one place and nothing else: the argument with its type
    return value !== undefined && typeof condition === 'object'
      ? { at: condition.at, equals: value }
      : filledWith(condition, (name) => body.write(name, values.get(name) ?? null))
  }
}

/** The native request: bytes as they are given. */
export function rawCommand(args: Json, shared: Shared, answer: Expected | null): Read<TextCommand> {
  const given = isObject(args) ? args : {}
  const [key, ...more] = Object.keys(given)
  const value = given[key ?? '']
  if ((key !== 'text' && key !== 'hex') || more.length > 0)
    return malformed('raw: expected one argument, text or hex: { "text": "PING" }')
  if (typeof value !== 'string')
    return malformed(`argument "${key}": expected text, got ${kind(value)}`)
  const bytes = key === 'text' ? Buffer.from(ended(value, shared.terminator)) : bytesOf(value)
  if (bytes === null)
    return malformed('argument "hex": expected bytes of two hexadecimal digits, "01 ff"')
  return { ok: true, value: { bytes, binary: key === 'hex', json: null, words: [], answer } }
}
