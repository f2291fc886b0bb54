import { Type, type TObject } from 'typebox'

/**
 * The standard vocabulary: what studios ask of devices of any make. `do` of such a name goes to the device that
 * offers it; an adapter maps it to its own commands. Arguments are checked against `args` before anything is recorded
 * as accepted.
 */
export interface StandardAction {
  readonly name: string
  readonly description: string
  readonly args: TObject
}

const strict = { additionalProperties: false } as const
const input = Type.Union(
  [Type.Integer({ minimum: 0 }), Type.String({ minLength: 1, maxLength: 200 })],
  {
    description: 'Input by number, title or key',
  },
)
const none = Type.Object({}, strict)
const oneInput = Type.Object({ input }, strict)
const text = (description: string) => Type.String({ minLength: 1, maxLength: 4000, description })
const overlay = Type.Integer({ minimum: 1, maximum: 8, description: 'Overlay channel' })
const fadeMs = Type.Integer({ minimum: 0, maximum: 600_000, description: 'Duration in ms' })

const table = {
  'record.start': ['Start recording', none],
  'record.stop': ['Stop recording', none],
  'stream.start': ['Start streaming', none],
  'stream.stop': ['Stop streaming', none],
  'switch.cut': ['Cut preview to programme', none],
  'switch.fade': ['Fade preview to programme', Type.Object({ ms: Type.Optional(fadeMs) }, strict)],
  'switch.preview': ['Put an input on preview', oneInput],
  'switch.program': ['Put an input on programme', oneInput],
  'overlay.show': [
    'Show an overlay',
    Type.Object({ overlay, input: Type.Optional(input) }, strict),
  ],
  'overlay.hide': ['Hide an overlay', Type.Object({ overlay }, strict)],
  'audio.mute': ['Mute an input', oneInput],
  'audio.unmute': ['Unmute an input', oneInput],
  'audio.level': [
    'Set the level of an input',
    Type.Object(
      { input, level: Type.Number({ minimum: 0, maximum: 1, description: 'Linear, 0 to 1' }) },
      strict,
    ),
  ],
  'media.play': ['Play an input', oneInput],
  'media.pause': ['Pause an input', oneInput],
  'light.set': [
    'Set a light or a group of lights',
    Type.Object(
      {
        light: text('Name or id'),
        level: Type.Number({ minimum: 0, maximum: 1, description: 'Linear, 0 to 1' }),
      },
      strict,
    ),
  ],
  'call.place': ['Place a call', Type.Object({ to: text('SIP address or number') }, strict)],
  'call.end': ['End a call', Type.Object({ to: text('SIP address or number') }, strict)],
  'message.send': [
    'Send a message',
    Type.Object({ text: text('What to say'), to: Type.Optional(text('To whom')) }, strict),
  ],
} as const satisfies Record<string, readonly [string, TObject]>

export const standardActions: ReadonlyMap<string, StandardAction> = new Map(
  Object.entries(table).map(([name, [description, args]]) => [name, { name, description, args }]),
)
