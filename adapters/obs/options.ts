import { type Static, Type } from 'typebox'

const picture = Type.Object(
  {
    source: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Scene or input; left out: the scene on programme.',
      }),
    ),
    everyMs: Type.Integer({
      minimum: 100,
      maximum: 3_600_000,
      default: 1000,
      description: 'How often it is taken. ms',
    }),
    width: Type.Integer({
      minimum: 8,
      maximum: 1024,
      default: 144,
      description: 'Pixels; the height follows from the form of the source.',
    }),
  },
  { additionalProperties: false },
)

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Where OBS runs.' }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 4455,
      description: 'Port of the WebSocket server (OBS: Tools, WebSocket Server Settings).',
    }),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Of the WebSocket server, where it asks for one.',
        'x-secret': true,
      }),
    ),
    confirmMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 2000,
      description:
        'How long the state may take to follow a request, beside a transition under way. ms',
    }),
    replyMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 5000,
      description: 'How long OBS may take to answer a request. ms',
    }),
    pictures: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), picture, {
      default: {},
      maxProperties: 32,
      'x-pictures': true,
      description: 'Screenshots for the faces of buttons, by name.',
    }),
  },
  { additionalProperties: false },
)

export type ObsOptions = Static<typeof options>
export type PictureOptions = Static<typeof picture>
