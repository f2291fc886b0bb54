import { type Static, Type } from 'typebox'
import type { Json } from '../../intents/json.ts'
import { everyMs } from '../text-options.ts'

const address = Type.String({ pattern: '^/', maxLength: 1000 })

const poll = Type.Object(
  {
    address,
    args: Type.Optional(Type.Unsafe<Json>({ description: 'As of a `fire`.' })),
    reply: Type.Optional(
      Type.Union([address, Type.Null()], {
        description: 'The address that answers; without it the same; null: nothing answers.',
      }),
    ),
    everyMs,
  },
  { additionalProperties: false },
)

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'The port it listens on.' }),
    transport: Type.Enum(['udp', 'tcp-slip', 'tcp-length'], {
      default: 'udp',
      description:
        'udp; tcp-slip: TCP with SLIP framing (OSC 1.1); tcp-length: TCP with a size before each packet (OSC 1.0).',
    }),
    polls: Type.Optional(
      Type.Array(poll, {
        maxItems: 256,
        description:
          'Messages sent again and again while the device is there: questions, whose answers are reported, or a subscription, /xremote.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type OscOptions = Static<typeof options>
