import type { Json } from '../../intents/json.ts'
import type { OscArg } from '../../wire/osc-arg.ts'
import type { Asking } from './ask.ts'
import { type CompanionCommand, type StyleKey, styleKeys } from './command.ts'
import type { Transport } from './options.ts'
import { urlOf } from './reading.ts'

// The same commands in Companion's four languages. Null: it cannot be said in that one.

const post = (path: string, json: string | null = null): Asking => ({ method: 'POST', path, json })

export function httpForm(command: CompanionCommand): Asking | null {
  switch (command.type) {
    case 'gesture':
      return post(`/api/location/${command.location}/${command.gesture}`)
    case 'step':
      return post(`/api/location/${command.location}/step?step=${command.step}`)
    case 'style':
      return post(`/api/location/${command.location}/style`, JSON.stringify(command.style))
    case 'write':
      // it takes null, and what is empty, for no value at all
      return isEmpty(command.value)
        ? null
        : post(`/api/custom-variable/${command.name}/value`, JSON.stringify(command.value))
    case 'read':
      return { method: 'GET', path: urlOf(command.path), json: null }
    case 'rescan':
      return post('/api/surfaces/rescan')
    case 'connection':
      return post(`/api/connections/${command.id}/${command.change}`)
    case 'page':
    case 'line':
      return null
    default:
      return command satisfies never
  }
}

export interface OscForm {
  readonly address: string
  readonly args: readonly OscArg[]
}

export function oscForm(command: CompanionCommand): readonly OscForm[] | null {
  switch (command.type) {
    case 'gesture':
      return [{ address: `/location/${command.location}/${command.gesture}`, args: [] }]
    case 'step':
      return [
        {
          address: `/location/${command.location}/step`,
          args: [{ type: 'i', value: command.step }],
        },
      ]
    case 'style': {
      const given = stylesOf(command.style)
      if (given === null) return null
      return given.map(([key, value]) => ({
        address: `/location/${command.location}/style/${key}`,
        args: [{ type: 's', value }],
      }))
    }
    case 'write': {
      const arg = argOf(command.value)
      return arg && [{ address: `/custom-variable/${command.name}/value`, args: [arg] }]
    }
    case 'rescan':
      return [{ address: '/surfaces/rescan', args: [] }]
    case 'read':
    case 'page':
    case 'connection':
    case 'line':
      return null
    default:
      return command satisfies never
  }
}

export function lineForm(command: CompanionCommand): readonly string[] | null {
  switch (command.type) {
    case 'gesture':
      return [`LOCATION ${command.location} ${command.gesture.toUpperCase()}`]
    case 'step':
      return [`LOCATION ${command.location} SET-STEP ${command.step}`]
    case 'style': {
      const given = stylesOf(command.style)
      if (given?.every(([, value]) => isLineText(value)) !== true) return null
      return given.map(([key, value]) =>
        `LOCATION ${command.location} STYLE ${key.toUpperCase()} ${value}`.trimEnd(),
      )
    }
    case 'write': {
      const { name, value } = command
      const text = textOf(value)
      // without a value the line has another meaning
      return text === '' || !isLineText(text) ? null : [`CUSTOM-VARIABLE ${name} SET-VALUE ${text}`]
    }
    case 'rescan':
      return ['SURFACES RESCAN']
    case 'page':
      return [
        typeof command.page === 'number'
          ? `SURFACE ${command.surface} PAGE-SET ${command.page}`
          : `SURFACE ${command.surface} PAGE-${command.page.toUpperCase()}`,
      ]
    case 'line':
      return [command.text]
    case 'read':
    case 'connection':
      return null
    default:
      return command satisfies never
  }
}

/** Whether a command can go this way. */
export function carries(transport: Transport, command: CompanionCommand): boolean {
  if (transport === 'http') return httpForm(command) !== null
  return (transport === 'osc' ? oscForm(command) : lineForm(command)) !== null
}

/** The texts of a style; null where one of them can only be said over HTTP. */
function stylesOf(
  style: Extract<CompanionCommand, { type: 'style' }>['style'],
): readonly (readonly [StyleKey, string])[] | null {
  const given = styleKeys.flatMap((key) =>
    style[key] === undefined ? [] : [[key, String(style[key])] as const],
  )
  const sayable = given.every(([key]) => key === 'text' || key === 'color' || key === 'bgcolor')
  return sayable ? given : null
}

/** A value as a line carries it; empty where it cannot. */
export function textOf(value: Json): string {
  return typeof value === 'object' ? '' : String(value)
}

/** A line break would be a second command, and Companion trims a line. */
export function isLineText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text === text.trim() && !/[\u0000-\u001f\u007f]/.test(text)
}

/** Numbers as they are: whole ones as int32, others as float64, so that 0.1 does not become 0.10000000149. */
function argOf(value: Json): OscArg | null {
  if (typeof value === 'string') return value.includes('\0') ? null : { type: 's', value }
  if (value === true) return { type: 'T', value }
  if (value === false) return { type: 'F', value }
  if (typeof value !== 'number') return null
  return (value | 0) === value ? { type: 'i', value } : { type: 'd', value }
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
