import { type Static, Type } from 'typebox'
import type { Json } from '../intents/json.ts'
import { conditionSchema } from './condition.ts'
import { reportsSchema } from './report-rule.ts'

// What the config says of a device that takes text, bytes or JSON: over TCP, UDP, a serial line or a WebSocket.

const what = {
  text: Type.Optional(Type.String({ description: 'Text with {places}: "RELAY {n} ON\\r\\n".' })),
  hex: Type.Optional(
    Type.String({
      description:
        'Bytes in hexadecimal with {places}, "81 01 {n} ff": one byte, or {n:u16}, u16le, u32, i8 … text, hex.',
    }),
  ),
  json: Type.Optional(
    Type.Unsafe<Json>({
      description:
        'JSON with {places} in its texts; a text that is one place becomes the argument with its type.',
    }),
  ),
}

const answer = {
  reply: Type.Optional(conditionSchema),
  refusal: Type.Optional(conditionSchema),
  answered: Type.Optional(
    Type.Boolean({
      description:
        'false: the device does not answer this one. true: any answer confirms, where nothing says which.',
    }),
  ),
}

const closed = { additionalProperties: false } as const

const request = Type.Object(
  {
    ...what,
    ...answer,
    description: Type.Optional(Type.String({ maxLength: 500, description: 'For people.' })),
  },
  closed,
)

const anyRequest = Type.Union([Type.String(), request])

/** A day: whoever asks less often has a schedule for it. */
const longestEveryMs = 86_400_000

/** The pause between two questions. */
export const everyMs = Type.Integer({
  minimum: 100,
  maximum: longestEveryMs,
  description: 'How often, in milliseconds.',
})

const poll = Type.Object({ ...what, ...answer, everyMs }, closed)

export const textOptions = {
  actions: Type.Record(Type.String(), anyRequest, {
    default: {},
    description:
      'What a `fire` sends, by action: text with {places} for its arguments, "RELAY {n} ON\\r\\n", or { text, hex or json, reply, refusal }.',
  }),
  sets: Type.Record(Type.String(), anyRequest, {
    default: {},
    description: 'What a `set` sends, by path: the same with {value} in it.',
  }),
  terminator: Type.String({
    default: '',
    maxLength: 16,
    description: 'Ends each text and JSON, unless it ends with it already.',
  }),
  reply: Type.Optional(conditionSchema),
  refusal: Type.Optional(conditionSchema),
  answers: Type.Optional(
    Type.Enum(['text', 'hex'], {
      description:
        'How patterns see what the device says: as UTF-8 text (the default), or as lower-case hexadecimal, "9041ff".',
    }),
  ),
  replyMs: Type.Optional(
    Type.Integer({
      minimum: 10,
      maximum: 600_000,
      description: 'How long an answer may take. Without it as long as the attempt.',
    }),
  ),
  ids: Type.Optional(
    Type.Object(
      {
        at: Type.String({
          minLength: 1,
          description: 'Where in the JSON of a request its number goes: id, header.id.',
        }),
        answerAt: Type.Optional(
          Type.String({ minLength: 1, description: 'Where in the answer; without it the same.' }),
        ),
        as: Type.Optional(
          Type.Enum(['number', 'text'], { description: 'number (the default) or text.' }),
        ),
      },
      { ...closed, description: 'Requests in JSON carry a number that their answer repeats.' },
    ),
  ),
  hello: Type.Optional(
    Type.Array(anyRequest, {
      maxItems: 16,
      description: 'Said first after each connect, in order: a login, a subscription.',
    }),
  ),
  polls: Type.Optional(
    Type.Array(poll, {
      maxItems: 64,
      description: 'Asked again and again while the device is there; `reports` read the answers.',
    }),
  ),
  reports: Type.Optional(reportsSchema),
}

const textObject = Type.Object(textOptions)
export type TextOptions = Static<typeof textObject>
export type RequestOptions = Static<typeof anyRequest>
export type PollOptions = Static<typeof poll>
