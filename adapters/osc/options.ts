import { type Static, Type } from 'typebox'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'The port it listens on.' }),
    transport: Type.Enum(['udp', 'tcp-slip', 'tcp-length'], {
      default: 'udp',
      description:
        'udp; tcp-slip: TCP with SLIP framing (OSC 1.1); tcp-length: TCP with a size before each packet (OSC 1.0).',
    }),
  },
  { additionalProperties: false },
)

export type OscOptions = Static<typeof options>
