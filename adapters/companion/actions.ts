import { type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import type { ActionDescription } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { malformed, quoted, type Read } from '../template.ts'
import {
  changes,
  type CompanionCommand,
  gestures,
  locationForm,
  styleKeys,
  variableForm,
} from './command.ts'
import { isLineText } from './forms.ts'
import { readForm } from './reading.ts'
import { longestText, style } from './style.ts'

/** What Companion can be asked to do, with its arguments in order; `?` behind a name: it may be left out. */
interface Action {
  readonly name: string
  readonly description: string
  readonly params: { readonly [name: string]: TSchema }
  readonly optional: boolean
  /** From arguments that are checked already. */
  make(args: JsonObject): CompanionCommand | string
}

/** 48 KiB: a variable is read back in one answer of 64 KiB. */
const longestValue = 48 * 1024

const location = Type.String({
  pattern: locationForm,
  description: 'page/row/column: "1/0/0" is the first control of the first page',
})
const name = Type.String({ pattern: variableForm, description: 'a name of letters, digits and _' })
export const value = Type.Unsafe<Json>({
  description:
    'Text, a number, true or false; over HTTP also a list or an object that is not empty.',
})
const surface = Type.String({
  pattern: '^[^/\\s]{1,200}$',
  description: 'the id of a surface, as Companion lists it: "streamdeck:CL12345"',
})
const page = Type.Integer({ minimum: 1, maximum: 9999, description: 'a page from 1 to 9999' })
const id = Type.String({ pattern: '^[\\w-]{1,100}$', description: 'the id of a connection' })

/** The schemas have said that it is text. */
function text(args: JsonObject, name: string): string {
  const given = args[name]
  return typeof given === 'string' ? given : ''
}

const list: readonly Action[] = [
  ...gestures.map((gesture): Action => ({
    name: gesture,
    description: {
      press: 'Presses a control and releases it.',
      down: 'Holds a control down.',
      up: 'Releases a control.',
      'rotate-left': 'Turns a control to the left.',
      'rotate-right': 'Turns a control to the right.',
    }[gesture],
    params: { location },
    optional: false,
    make: (args) => ({ type: 'gesture', location: text(args, 'location'), gesture }),
  })),
  {
    name: 'step',
    description: 'Sets which step of a control comes next.',
    params: {
      location,
      step: Type.Integer({ minimum: 1, maximum: 9999, description: 'a step from 1 on' }),
    },
    optional: false,
    make: (args) => ({
      type: 'step',
      location: text(args, 'location'),
      step: Number(args['step']),
    }),
  },
  {
    name: 'style',
    description: 'Changes how a control looks. Over OSC, TCP and UDP only text, color and bgcolor.',
    params: { location, ...style },
    optional: true,
    make({ location, ...style }) {
      if (typeof location !== 'string') return 'argument "location" is missing'
      if (Object.keys(style).length === 0)
        return `nothing to change: it takes ${styleKeys.join(', ')}`
      return { type: 'style', location, style }
    },
  },
  {
    name: 'custom-variable',
    description: 'Sets a custom variable, which must exist in Companion.',
    params: { name, value },
    optional: false,
    make: (args) => writing(text(args, 'name'), args['value'] ?? null),
  },
  {
    name: 'read',
    description: 'Reads a variable or a connection now, over HTTP, and reports it.',
    params: {
      path: Type.String({
        pattern: readForm,
        description: 'custom-variable/<name>, variable/<connection>/<name> or connection/<id>',
      }),
    },
    optional: false,
    make: (args) => ({ type: 'read', path: text(args, 'path') }),
  },
  {
    name: 'rescan',
    description: 'Looks for surfaces that were plugged in.',
    params: {},
    optional: false,
    make: () => ({ type: 'rescan' }),
  },
  {
    name: 'page-set',
    description: 'Turns a surface to a page. Over TCP and UDP only.',
    params: { surface, page },
    optional: false,
    make: (args) => ({ type: 'page', surface: text(args, 'surface'), page: Number(args['page']) }),
  },
  ...(['up', 'down'] as const).map((page): Action => ({
    name: `page-${page}`,
    description: `Turns a surface one page ${page}. Over TCP and UDP only.`,
    params: { surface },
    optional: false,
    make: (args) => ({ type: 'page', surface: text(args, 'surface'), page }),
  })),
  ...changes.map((change): Action => ({
    name: `connection-${change}`,
    description: `Tells Companion to ${change} a connection. Over HTTP only, newer than Companion 5.0.`,
    params: { id },
    optional: false,
    make: (args) => ({ type: 'connection', id: text(args, 'id'), change }),
  })),
  {
    name: 'line',
    description: 'Sends any line of the TCP and UDP protocol as it stands.',
    params: { text: Type.String({ minLength: 1, maxLength: longestText, description: 'a line' }) },
    optional: false,
    make: (args) =>
      isLineText(text(args, 'text'))
        ? { type: 'line', text: text(args, 'text') }
        : 'argument "text": expected one line, without spaces around it',
  },
]
const actions: ReadonlyMap<string, Action> = new Map(list.map((action) => [action.name, action]))

/** A custom variable's new value, or why it cannot be one. */
export function writing(name: string, value: Json): CompanionCommand | string {
  return JSON.stringify(value).length > longestValue
    ? `argument "value": at most ${longestValue} characters of JSON`
    : { type: 'write', name, value }
}

export const actionDescriptions: readonly ActionDescription[] = list.map(
  ({ name, description, params, optional }): ActionDescription => {
    const properties = Object.entries(params).map(([key, schema]): [string, TSchema] => [
      key,
      optional && key !== 'location' ? Type.Optional(schema) : schema,
    ])
    const schema = Type.Object(Object.fromEntries(properties), { additionalProperties: false })
    return { verb: 'fire', name, description, schema }
  },
)

/** The command of an action; refused by the name of what is wrong. */
export function commandOf(name: string, args: Json): Read<CompanionCommand> {
  const action = actions.get(name)
  if (action === undefined) return unknownName('action', name, actions.keys())
  const names = Object.keys(action.params)
  const takes = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`
  const given = named(names, args)
  for (const [key, argument] of Object.entries(given)) {
    const schema = Object.hasOwn(action.params, key) ? action.params[key] : undefined
    if (schema === undefined) return malformed(`argument ${quoted(key)} is not known: ${takes}`)
    if (!Value.Check(schema, argument))
      return malformed(`argument ${quoted(key)}: expected ${expected(schema)}`)
  }
  const missing = action.optional ? undefined : names.find((key) => !Object.hasOwn(given, key))
  if (missing !== undefined) return malformed(`argument ${quoted(missing)} is missing: ${takes}`)
  const command = action.make(given)
  return typeof command === 'string' ? malformed(command) : { ok: true, value: command }
}

/** What a schema's description says. */
export function expected(schema: TSchema): string {
  return 'description' in schema ? String(schema.description) : 'another value'
}

/** By name as they are, a list in order, one value for the first. */
function named(names: readonly string[], args: Json): JsonObject {
  if (args === null) return {}
  if (isObject(args)) return args
  const list: readonly Json[] = args instanceof Array ? args : [args]
  return Object.fromEntries(list.map((value, i) => [names[i] ?? String(i + 1), value]))
}
