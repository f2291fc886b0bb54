import { type Static, Type } from 'typebox'
import { type TextDevice, textDevice } from '../text-device.ts'
import { textOptions } from '../text-options.ts'

export const options = Type.Object(
  {
    url: Type.String({
      pattern: '^wss?://',
      maxLength: 2000,
      description: 'Where it listens: ws://10.0.0.7:4444/socket.',
    }),
    ...textOptions,
    protocols: Type.Optional(
      Type.Array(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$" }), {
        maxItems: 16,
        description: 'Subprotocols to offer (RFC 6455 section 1.9): mqtt.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Sent with the handshake.' }),
    ),
    token: Type.Optional(
      Type.String({
        description: 'Sent with the handshake as `Authorization: Bearer`.',
        'x-secret': true,
      }),
    ),
    user: Type.Optional(Type.String({ description: 'Basic authentication of the handshake.' })),
    password: Type.Optional(
      Type.String({ description: 'Basic authentication of the handshake.', 'x-secret': true }),
    ),
    pingMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 3_600_000,
        description:
          'How often it is asked for a sign of life (RFC 6455 section 5.5.2). Default 10 s.',
      }),
    ),
    verifyTls: Type.Boolean({
      default: true,
      description: 'false accepts any certificate: for a device with one that it signed itself.',
    }),
  },
  { additionalProperties: false },
)

export type WebSocketOptions = Static<typeof options>

/** 256 KiB: no command of a device comes near it. */
const maxCommandBytes = 256 * 1024

const cache = new WeakMap<WebSocketOptions, TextDevice>()

/** The options compiled, once per options object. */
export function compiled(options: WebSocketOptions): TextDevice {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = textDevice(options, maxCommandBytes)
  const fault = made.fault ?? handshakeFault(options)
  const checked = { ...made, fault }
  cache.set(options, checked)
  return checked
}

/** Why the handshake cannot be made; null where it can. Says nothing of values: they may be secrets. */
function handshakeFault({ url, headers = {}, token }: WebSocketOptions): string | null {
  if (!URL.canParse(url) || new URL(url).hash !== '') return 'config: url is none'
  if (!/^[\u0021-\u007e]*$/.test(token ?? ''))
    return 'config: token: expected printable ASCII without spaces'
  for (const [name, value] of Object.entries(headers)) {
    const isName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)
    const isFree = !/^(?:host|connection|upgrade|content-length|sec-websocket-.*)$/i.test(name)
    if (!isName || !isFree)
      return `config: headers: ${JSON.stringify(name.slice(0, 64))} is not for you to set`
    if (!/^[\t\u0020-\u007e]{0,4096}$/.test(value))
      return `config: headers: ${JSON.stringify(name.slice(0, 64))}: expected printable ASCII`
  }
  return null
}
