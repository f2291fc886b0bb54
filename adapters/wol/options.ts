import { type Static, Type } from 'typebox'
import { macForm } from './packet.ts'

export const mac = Type.String({
  pattern: macForm,
  description: 'The MAC address of its network card: 00:11:22:aa:bb:cc.',
})

export const options = Type.Object(
  {
    mac,
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: '255.255.255.255',
      description:
        'Where the packet goes: a broadcast address (255.255.255.255, 10.0.0.255), or a host whose router knows it asleep.',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 9, description: 'Mostly 9 or 7.' }),
    secureOn: Type.Optional(
      Type.String({
        description: 'SecureOn password: six bytes as in a MAC address, or four as in an IPv4 one.',
        'x-secret': true,
      }),
    ),
    repeat: Type.Integer({
      minimum: 1,
      maximum: 20,
      default: 3,
      description: 'How often it is sent: a datagram may be lost.',
    }),
    everyMs: Type.Integer({
      minimum: 10,
      maximum: 5000,
      default: 100,
      description: 'Between two of them. ms',
    }),
    check: Type.Optional(
      Type.Object(
        {
          host: Type.String({ minLength: 1, maxLength: 253, description: 'The machine itself.' }),
          port: Type.Integer({
            minimum: 1,
            maximum: 65_535,
            description: 'A TCP port that is open once it is awake: 22, 3389, 8088.',
          }),
          withinMs: Type.Optional(
            Type.Integer({
              minimum: 100,
              maximum: 600_000,
              description:
                'How long it may take to be awake (60000), within the timeout of the device. ms',
            }),
          ),
          pollMs: Type.Optional(
            Type.Integer({
              minimum: 500,
              maximum: 600_000,
              description: 'How often it is looked at for the report `awake` (10000). ms',
            }),
          ),
        },
        {
          additionalProperties: false,
          description: 'Confirms by a TCP connection, and reports whether it is awake.',
        },
      ),
    ),
  },
  { additionalProperties: false },
)

export type WolOptions = Static<typeof options>

/** Whom to wake. The password is added by the link: a command must not hold a secret. */
export interface WolCommand {
  /** `00:11:22:aa:bb:cc`. */
  readonly mac: string
  /** Whether it is the device's own machine: only that one has the password and the check of the config. */
  readonly own: boolean
}
