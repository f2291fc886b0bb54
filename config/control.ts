import { Type, type Static } from 'typebox'
import type { DeviceId } from '../intents/id.ts'
import { alignments } from '../intents/look.ts'
import type { ControlConfig, PictureConfig, RangeConfig } from './config.ts'
import { duration } from './duration.ts'
import { anyJson, deviceName, type IntentForm, intentForm, intentOf } from './form.ts'

/** Slate: readable below white text, and none of the colours that mean a state. */
const standardColour = '#37474f'

const bound = (description: string, alias: { readonly 'x-alias'?: string } = {}) =>
  Type.Optional(Type.Unsafe<IntentForm>({ ...intentForm, description, ...alias }))

const colour = {
  type: 'string',
  pattern: '^#[0-9A-Fa-f]{6}$',
  // YAML takes an unquoted one for a comment
  'x-expected': 'a colour such as "#c62828", in quotes',
}

/** A number of a device that is shown, or set, as a part of a way. */
const range = (description: string) =>
  Type.Object(
    {
      device: deviceName,
      path: Type.String({ minLength: 1, maxLength: 512, description: 'Its path.' }),
      from: Type.Number({ default: 0, description: 'The value at the lower end.' }),
      to: Type.Number({ default: 1, description: 'The value at the upper end.' }),
    },
    { additionalProperties: false, description },
  )

const pictureForm = /^([A-Za-z][A-Za-z0-9_-]{0,63})\/(.{1,64})$/u

/** One control of the grid, as the file has it. */
export const controlForm = Type.Object(
  {
    text: Type.String({ maxLength: 200, default: '', description: 'What the control says.' }),
    colour: Type.Unsafe<string>({
      ...colour,
      default: standardColour,
      description: 'Its colour at rest: "#rrggbb", in quotes.',
    }),
    color: Type.Optional(
      Type.Unsafe<string>({ ...colour, 'x-alias': 'colour', description: 'The same as colour.' }),
    ),
    image: Type.Optional(
      Type.String({
        // below the config file's folder, and never a host elsewhere
        pattern:
          '^(data:image/.+|(?![A-Za-z][A-Za-z+.-]*:|[/\\\\])(?!.*(^|[/\\\\])\\.\\.([/\\\\]|$)).+)$',
        description: 'A picture: a path below this file’s folder, or a data:image/ URL.',
        'x-expected': 'a path below the config file’s folder, or a data:image/ URL',
      }),
    ),
    picture: Type.Optional(
      Type.String({
        pattern: pictureForm.source,
        description: 'What a device shows at this moment: DEVICE/NAME, one of its `pictures`.',
        'x-expected': 'a picture of a device, DEVICE/NAME',
      }),
    ),
    press: bound('What a press does.'),
    release: bound('What letting go does.'),
    hold: Type.Optional(
      Type.Object(
        {
          after: duration('How long to keep it down.', '500ms', 1, 60_000),
          do: Type.Unsafe<IntentForm>({ ...intentForm, description: 'What holding does.' }),
        },
        { additionalProperties: false, description: 'What keeping it down does.' },
      ),
    ),
    rotateLeft: bound('What one step to the left does.'),
    'rotate-left': bound('The same as rotateLeft.', { 'x-alias': 'rotateLeft' }),
    rotateRight: bound('What one step to the right does.'),
    'rotate-right': bound('The same as rotateRight.', { 'x-alias': 'rotateRight' }),
    lit: Type.Optional(
      Type.Object(
        {
          device: deviceName,
          path: Type.String({ minLength: 1, description: 'What the device reports.' }),
          equals: anyJson('Lit while it is this.'),
        },
        { additionalProperties: false, description: 'Lit while a device reports a value.' },
      ),
    ),
    textColour: Type.Optional(
      Type.Unsafe<string>({
        ...colour,
        description: 'Of the text: "#rrggbb", in quotes; default: black or white.',
      }),
    ),
    size: Type.Integer({
      minimum: 10,
      maximum: 100,
      default: 100,
      description:
        'Of the text, in percent of the largest that a key shows; what does not fit so is smaller.',
    }),
    alignment: Type.Enum([...alignments], {
      default: 'center:center',
      description:
        'Where the text stands: left, center or right, a colon, and top, center or bottom.',
    }),
    page: Type.Optional(
      Type.Union(
        [
          Type.Literal('next'),
          Type.Literal('previous'),
          Type.Integer({ minimum: 1, maximum: 9999 }),
        ],
        {
          description:
            'A press turns the panel that it comes from to the next or the previous of its pages, or to this one.',
          'x-expected': 'next, previous or the number of a page',
        },
      ),
    ),
    fader: Type.Optional(range('What a fader here sets, and what its motor follows.')),
    progress: Type.Optional(range('How far a device says that something is.')),
    guard: Type.Optional(duration('Refuse another press so soon after one.', undefined, 1, 60_000)),
    confirm: Type.Optional(
      duration('The first press asks, and a second within this acts.', undefined, 200, 60_000),
    ),
  },
  { additionalProperties: false, description: 'One control of the grid.' },
)

/** `obs/air` as its two parts, of which the name may hold slashes of its own; null for what is not of this form. */
export function pictureOf(written: string): PictureConfig | null {
  const [, device, name] = pictureForm.exec(written) ?? []
  return device === undefined || name === undefined ? null : { device: device as DeviceId, name }
}

/** The control that a checked entry stands for. */
export function controlOf(form: Static<typeof controlForm>): ControlConfig {
  const intent = (wanted: IntentForm | undefined) => (wanted ? intentOf(wanted) : null)
  return {
    text: form.text,
    colour: form.colour.toLowerCase(),
    image: form.image ?? null,
    picture: form.picture === undefined ? null : pictureOf(form.picture),
    press: intent(form.press),
    release: intent(form.release),
    hold: form.hold ? { afterMs: form.hold.after, do: intentOf(form.hold.do) } : null,
    rotateLeft: intent(form.rotateLeft),
    rotateRight: intent(form.rotateRight),
    lit: form.lit ?? null,
    textColour: form.textColour?.toLowerCase() ?? null,
    size: form.size,
    alignment: form.alignment,
    page: form.page ?? null,
    fader: rangeOf(form.fader),
    progress: rangeOf(form.progress),
    guardMs: form.guard ?? null,
    confirmMs: form.confirm ?? null,
  }
}

/** A way without a length shows nothing and sets nothing. */
function rangeOf(form: RangeConfig | undefined): RangeConfig | null {
  return form === undefined || form.from === form.to ? null : form
}
