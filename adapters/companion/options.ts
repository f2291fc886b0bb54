import { type Static, Type } from 'typebox'
import { readForm } from './reading.ts'

export const transports = ['http', 'osc', 'tcp', 'udp'] as const
export type Transport = (typeof transports)[number]

const port = (standard: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 65_535, default: standard, description })

export const options = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: '127.0.0.1',
      description: 'Where Companion runs.',
    }),
    transport: Type.Enum([...transports], {
      default: 'http',
      description:
        'http says most and needs nothing switched on; osc, tcp and udp are off in Companion until its settings say otherwise.',
    }),
    fallback: Type.Array(Type.Enum([...transports]), {
      default: [],
      maxItems: 3,
      description:
        'Tried in this order, [osc, tcp], where a command certainly did not reach Companion. Never after one that may have.',
    }),
    httpPort: port(8000, "Companion's web interface and HTTP API."),
    oscPort: port(12_321, 'UDP port of its OSC listener.'),
    tcpPort: port(16_759, 'TCP port of its line protocol.'),
    udpPort: port(16_759, 'UDP port of its line protocol.'),
    watch: Type.Array(Type.String({ pattern: readForm }), {
      default: [],
      maxItems: 200,
      description:
        'What is read by HTTP again and again and reported: custom-variable/<name>, variable/<connection>/<name>, connection/<id>.',
    }),
    pollMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 1000,
      description: 'Between two rounds of reading. ms',
    }),
  },
  { additionalProperties: false },
)

export type CompanionOptions = Static<typeof options>

/** The transports of a device, in order, each once. */
export function chainOf({
  transport,
  fallback,
}: Pick<CompanionOptions, 'transport' | 'fallback'>): readonly Transport[] {
  return [...new Set([transport, ...fallback])]
}
