import { Type, type TSchema } from 'typebox'

/** The parameters of vMix's functions (vMix help, "HTTP Web API" and "Shortcut Function Reference"), as vMix spells them. */
export const parameterNames = [
  'Input',
  'Value',
  'Duration',
  'Mix',
  'Channel',
  'SelectedName',
  'SelectedIndex',
] as const
type ParameterName = (typeof parameterNames)[number]

export interface Parameter {
  readonly name: ParameterName
  readonly required: boolean
  readonly schema: TSchema
}

/** Longest text of a parameter: a lower third holds a few hundred characters, a ticker a few thousand. */
export const maxTextLength = 4096
/** Ten minutes, in milliseconds: as long as the longest of the standard fades. */
const maxDurationMs = 600_000
/** Names of buses: M is the master. */
export const buses = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const

const needs = (name: ParameterName, schema: TSchema): Parameter => ({
  name,
  required: true,
  schema,
})
const may = (name: ParameterName, schema: TSchema): Parameter => ({ name, required: false, schema })

const inputSchema = Type.Union(
  [Type.Integer({ minimum: -1, maximum: 1000 }), Type.String({ minLength: 1, maxLength: 200 })],
  { description: 'Input by number (0: preview, -1: active), exact title, or key' },
)

export const input = needs('Input', inputSchema)
export const anyInput = may('Input', inputSchema)
/** An input that stands in `Value`. */
export const valueInput = needs('Value', inputSchema)

/** A number in `Value`. */
export const number = (minimum: number, maximum: number, description: string): Parameter =>
  needs('Value', Type.Number({ minimum, maximum, description }))

/** A whole number in `Value`. */
export const whole = (minimum: number, maximum: number, description: string): Parameter =>
  needs('Value', Type.Integer({ minimum, maximum, description }))

/** A whole number in `Value` that may be left out. */
export const anyWhole = (minimum: number, maximum: number, description: string): Parameter =>
  may('Value', Type.Integer({ minimum, maximum, description }))

/** One of some words in `Value`. */
export const word = (words: readonly string[], description: string): Parameter =>
  needs(
    'Value',
    Type.Union(
      words.map((one) => Type.Literal(one)),
      { description },
    ),
  )

export const text = (description: string): Parameter =>
  needs('Value', Type.String({ maxLength: maxTextLength, description }))

export const anyText = (description: string): Parameter =>
  may('Value', Type.String({ maxLength: maxTextLength, description }))

/** Text of a form that vMix documents: `1,2,1000`. `description` says the form. */
export const formed = (pattern: RegExp, description: string): Parameter =>
  needs('Value', Type.String({ pattern: pattern.source, maxLength: maxTextLength, description }))

export const volume = number(0, 100, 'Position of the fader, 0 to 100')
export const volumeFade = formed(
  /^\d{1,3}(?:\.\d+)?,\d{1,7}$/,
  'Volume 0 to 100 and milliseconds: 80,2000',
)
export const bus = word(['M', ...buses], 'Bus: M is the master')
export const plugin = whole(1, 100, 'Number of the plugin, from 1')
export const file = text('Path or URL')
export const mix = may(
  'Mix',
  Type.Integer({
    minimum: 0,
    maximum: 15,
    description: 'Mix: 0 is the main one, 1 the first Mix input',
  }),
)
export const duration = may(
  'Duration',
  Type.Integer({ minimum: 0, maximum: maxDurationMs, description: 'Duration in ms' }),
)
export const channel = may(
  'Channel',
  Type.Union(
    ['A', 'B', 'C', 'D'].map((one) => Type.Literal(one)),
    { description: 'Replay channel; the one that is selected if left out' },
  ),
)
/** A field of a title, by its name or its number. */
export const field: readonly Parameter[] = [
  may('SelectedName', Type.String({ minLength: 1, maxLength: 200, description: 'Field by name' })),
  may(
    'SelectedIndex',
    Type.Integer({ minimum: 0, maximum: 1000, description: 'Field by index, from 0' }),
  ),
]
