import { Type, type TObject, type TSchema } from 'typebox'

/** The parameters of vMix's functions (vMix help, "HTTP Web API"), as vMix spells them. */
export const parameterNames = [
  'Input',
  'Value',
  'Duration',
  'Mix',
  'SelectedName',
  'SelectedIndex',
] as const
type ParameterName = (typeof parameterNames)[number]

interface Parameter {
  readonly name: ParameterName
  readonly required: boolean
  readonly schema: TSchema
}

export interface VmixFunction {
  readonly name: string
  readonly description: string
  /** In this order a list of args is read, and the first is what a lone value means. */
  readonly params: readonly Parameter[]
}

/** Longest text of a parameter: a lower third holds a few hundred characters, a ticker a few thousand. */
export const maxTextLength = 4096
/** Ten minutes, in milliseconds: as long as the longest of the standard fades. */
const maxDurationMs = 600_000
/** Overlay channels: 1 to 4 in every edition, 5 to 8 since vMix 28. */
const overlays = [1, 2, 3, 4, 5, 6, 7, 8]

const inputSchema = Type.Union(
  [Type.Integer({ minimum: -1, maximum: 1000 }), Type.String({ minLength: 1, maxLength: 200 })],
  { description: 'Input by number (0: preview, -1: active), exact title, or key' },
)
const needs = (name: ParameterName, schema: TSchema): Parameter => ({
  name,
  required: true,
  schema,
})
const may = (name: ParameterName, schema: TSchema): Parameter => ({ name, required: false, schema })
const number = (minimum: number, maximum: number, description: string) =>
  Type.Number({ minimum, maximum, description })
const integer = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })

const input = needs('Input', inputSchema)
const anyInput = may('Input', inputSchema)
const mix = may('Mix', integer(0, 15, 'Mix: 0 is the main one, 1 the first Mix input'))
const duration = may('Duration', integer(0, maxDurationMs, 'Duration in ms'))
const stream = may('Value', integer(0, 4, 'Stream from 0; all of them if left out'))
const volume = needs('Value', number(0, 100, 'Position of the fader, 0 to 100'))
const text = needs('Value', Type.String({ maxLength: maxTextLength, description: 'Text' }))
const file = needs('Value', Type.String({ maxLength: maxTextLength, description: 'Path or URL' }))
const field = [
  may('SelectedName', Type.String({ minLength: 1, maxLength: 200, description: 'Field by name' })),
  may('SelectedIndex', integer(0, 1000, 'Field by index, from 0')),
]

/** Transitions by the names of vMix's own menu. */
export const effects: readonly string[] = [
  'Fade',
  'Zoom',
  'Wipe',
  'Slide',
  'Fly',
  'CrossZoom',
  'FlyRotate',
  'Cube',
  'CubeZoom',
  'VerticalWipe',
  'VerticalSlide',
  'Merge',
  'WipeReverse',
  'SlideReverse',
  'VerticalWipeReverse',
  'VerticalSlideReverse',
]

type Row = readonly [name: string, description: string, params: readonly Parameter[]]

const switching: readonly Row[] = [
  ['Cut', 'Cut preview, or Input, to programme', [anyInput, mix]],
  ['CutDirect', 'Cut an input to programme and leave preview as it is', [input]],
  ['QuickPlay', 'Bring an input to programme with the first transition and play it', [input]],
  ['ActiveInput', 'Put an input on programme', [input, mix]],
  ['PreviewInput', 'Put an input on preview', [input, mix]],
  ['PreviewInputNext', 'Put the next input on preview', [mix]],
  ['PreviewInputPrevious', 'Put the previous input on preview', [mix]],
  ['FadeToBlack', 'Toggle fade to black', []],
  ...effects.map((name): Row => [
    name,
    `Bring preview, or Input, to programme with ${name}`,
    [duration, anyInput, mix],
  ]),
  ...[1, 2, 3, 4].map((n): Row => [
    `Transition${n}`,
    `Use transition button ${n}`,
    [anyInput, mix],
  ]),
  ...[1, 2, 3, 4].map((n): Row => [`Stinger${n}`, `Use stinger ${n}`, [anyInput, mix]]),
]

const outputs: readonly Row[] = ['Recording', 'Streaming', 'External', 'MultiCorder'].flatMap(
  (what): readonly Row[] => {
    const params = what === 'Streaming' ? [stream] : []
    return [
      [`Start${what}`, `Start ${what}`, params],
      [`Stop${what}`, `Stop ${what}`, params],
      [`StartStop${what}`, `Toggle ${what}`, params],
    ]
  },
)

const overlaying: readonly Row[] = [
  ...overlays.flatMap((n): readonly Row[] => [
    [`OverlayInput${n}`, `Toggle overlay ${n} with an input (preview if left out)`, [anyInput]],
    [`OverlayInput${n}In`, `Show an input (preview if left out) on overlay ${n}`, [anyInput]],
    [`OverlayInput${n}Out`, `Take overlay ${n} out with its transition`, []],
    [`OverlayInput${n}Off`, `Take overlay ${n} off at once`, []],
  ]),
  ['OverlayInputAllOff', 'Take all overlays off', []],
]

const titles: readonly Row[] = [
  ['SetText', 'Set a text of a title', [input, text, ...field]],
  ['SetImage', 'Set an image of a title', [input, file, ...field]],
]

const audio: readonly Row[] = [
  ['SetVolume', 'Set the volume of an input', [input, volume]],
  ['SetMasterVolume', 'Set the master volume', [volume]],
  ['Audio', 'Toggle the sound of an input', [input]],
  ['AudioOn', 'Unmute an input', [input]],
  ['AudioOff', 'Mute an input', [input]],
  ['MasterAudio', 'Toggle the sound of the master', []],
  ['MasterAudioOn', 'Unmute the master', []],
  ['MasterAudioOff', 'Mute the master', []],
]

const inputs: readonly Row[] = [
  ['SetPanX', 'Pan an input', [input, needs('Value', number(-2, 2, '-2 left, 0 middle, 2 right'))]],
  ['SetPanY', 'Tilt an input', [input, needs('Value', number(-2, 2, '-2 down, 0 middle, 2 up'))]],
  ['SetZoom', 'Zoom an input', [input, needs('Value', number(0, 5, '1 is full size'))]],
  ['Play', 'Play an input', [input]],
  ['Pause', 'Pause an input', [input]],
  ['PlayPause', 'Toggle play and pause of an input', [input]],
  ['Restart', 'Go to the start of an input', [input]],
]

/**
 * The functions whose arguments are checked here, from vMix's Shortcut Function Reference. Every other function of
 * vMix passes through by name.
 */
export const functions: readonly VmixFunction[] = [
  ...switching,
  ...outputs,
  ...overlaying,
  ...titles,
  ...audio,
  ...inputs,
].map(([name, description, params]) => ({ name, description, params }))

const byName: ReadonlyMap<string, VmixFunction> = new Map(
  functions.map((entry) => [entry.name.toLowerCase(), entry]),
)

/** The table's entry, whatever the case of `name`; null for a function that passes through. */
export function functionOf(name: string): VmixFunction | null {
  return byName.get(name.toLowerCase()) ?? null
}

/** JSON Schema of a function's args as an object. */
export function argsSchema({ params }: VmixFunction): TObject {
  return Type.Object(
    Object.fromEntries(
      params.map((one) => [one.name, one.required ? one.schema : Type.Optional(one.schema)]),
    ),
    { additionalProperties: false },
  )
}
