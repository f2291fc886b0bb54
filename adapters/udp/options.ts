import { type Static, Type } from 'typebox'
import { maxDatagramBytes } from '../datagram-carriage.ts'
import { framingSchema } from '../framing-options.ts'
import { type TextDevice, textDevice } from '../text-device.ts'
import { textOptions } from '../text-options.ts'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'The UDP port it listens on.' }),
    ...textOptions,
    framing: Type.Optional(framingSchema),
  },
  { additionalProperties: false },
)

export type UdpOptions = Static<typeof options>

const cache = new WeakMap<UdpOptions, TextDevice>()

/** The options compiled, once per options object. */
export function compiled(options: UdpOptions): TextDevice {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = textDevice(options, maxDatagramBytes)
  cache.set(options, made)
  return made
}
