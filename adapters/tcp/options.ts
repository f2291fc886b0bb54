import { type Static, Type } from 'typebox'
import { framingSchema } from '../framing-options.ts'
import { type TextDevice, textDevice } from '../text-device.ts'
import { textOptions } from '../text-options.ts'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    ...textOptions,
    framing: Type.Optional(framingSchema),
  },
  { additionalProperties: false },
)

export type TcpOptions = Static<typeof options>

/** 64 KiB: no command of a device comes near it. */
const maxCommandBytes = 64 * 1024

const cache = new WeakMap<TcpOptions, TextDevice>()

/** The options compiled, once per options object. */
export function compiled(options: TcpOptions): TextDevice {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = textDevice(options, maxCommandBytes, 'line')
  cache.set(options, made)
  return made
}
