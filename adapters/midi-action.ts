import { type Static, Type, type TObject, type TProperties } from 'typebox'
import { Value } from 'typebox/value'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import type { MidiMessage } from '../wire/midi.ts'
import { type FrameRate, frameRates, parseTimecode, type Timecode } from '../wire/midi-mtc.ts'
import type { MidiCommand } from './midi-command.ts'
import type { MidiOptions } from './midi-options.ts'

/** One action of the MIDI adapters. */
export interface MidiAction {
  readonly name: string
  readonly description: string
  readonly args: TObject
  /** Checks the arguments and makes the command; text: what is wrong, naming the argument. */
  make(args: Json, options: MidiOptions): MidiCommand | string
}

/** What an action makes of good arguments: messages, a command, or what is wrong with them after all. */
export type Made = readonly MidiMessage[] | MidiCommand | string

/** Defines an action with typed arguments. */
export function action<P extends TProperties>(
  name: string,
  description: string,
  properties: P,
  build: (args: Static<TObject<P>>, options: MidiOptions) => Made,
): MidiAction {
  const args = Type.Object(properties, { additionalProperties: false })
  return {
    name,
    description,
    args,
    make(given, options) {
      const named = namedArgs(given, Object.keys(properties))
      if (typeof named === 'string') return `${name}: ${named}`
      const wrong = wrongArgument(args, named)
      if (wrong !== null) return `${name}: ${wrong}`
      if (!Value.Check(args, named)) return `${name}: the arguments do not fit`
      const made = build(named, options)
      if (typeof made === 'string') return `${name}: ${made}`
      return 'timecode' in made ? made : { messages: made, timecode: null }
    },
  }
}

/** An object as it is; a list in the order of the table; one value as the first of it; nothing for null. */
function namedArgs(given: Json, order: readonly string[]): JsonObject | string {
  if (given === null) return {}
  if (isObject(given)) return given
  const list: readonly Json[] = Array.isArray(given) ? (given as readonly Json[]) : [given]
  if (list.length > order.length) return `takes ${order.join(', ') || 'nothing'}`
  return Object.fromEntries(list.map((value, n) => [order[n] ?? '', value]))
}

/** The first argument that is not as the schema wants it. */
function wrongArgument(schema: TObject, given: JsonObject): string | null {
  const { properties } = schema
  const takes = Object.keys(properties).join(', ') || 'nothing'
  for (const name of Object.keys(given))
    if (!Object.hasOwn(properties, name))
      return `there is no argument ${JSON.stringify(name.slice(0, 40))}; it takes ${takes}`
  for (const name of schema.required ?? [])
    if (given[name] === undefined) return `"${name}" is missing; it takes ${takes}`
  for (const [name, each] of Object.entries(properties)) {
    const value = given[name]
    if (value !== undefined && !Value.Check(each, value)) return `"${name}" must be ${wanted(each)}`
  }
  return null
}

interface Bounds {
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
}

function wanted(schema: object): string {
  const { minimum, maximum, description = 'of its type' } = schema as Bounds // JSON Schema's own keywords
  return minimum === undefined || maximum === undefined
    ? `as described: ${description}`
    : `from ${minimum} to ${maximum}: ${description}`
}

/** A whole number of an argument. */
export const whole = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })
export const channel = whole(1, 16, 'MIDI channel')
/** Seven bits. */
export const seven = (description: string) => whole(0, 127, description)

/** Time code as an argument, and the rate it is counted in. */
export const time = Type.String({
  pattern: '^\\d{1,2}:\\d{2}:\\d{2}[:;.]\\d{2}$',
  description: 'Time code, 01:02:03:04',
})
export const rate = Type.Optional(
  Type.Enum([...frameRates], {
    description: 'Frames a second: 24, 25, 29.97 (drop frame), 30; 25',
  }),
)

/** Calls `build` with the time of the arguments, or says that there is none like it. */
export function timed(
  args: { readonly time: string; readonly rate?: FrameRate | undefined },
  build: (time: Timecode) => Made,
): Made {
  const parsed = parseTimecode(args.time, args.rate ?? '25')
  return parsed === null
    ? `"time" is no time at ${args.rate ?? '25'} frames a second`
    : build(parsed)
}
