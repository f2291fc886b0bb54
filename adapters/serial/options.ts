import { type Static, Type } from 'typebox'
import { serialKeys } from '../../wire/serial-keys.ts'
import { framingSchema } from '../framing-options.ts'
import { type TextDevice, textDevice } from '../text-device.ts'
import { textOptions } from '../text-options.ts'

export const options = Type.Object(
  {
    ...serialKeys(9600),
    ...textOptions,
    framing: Type.Optional(framingSchema),
  },
  { additionalProperties: false },
)

export type SerialOptions = Static<typeof options>

/** 64 KiB: a minute at 9600 baud. */
const maxCommandBytes = 64 * 1024

const cache = new WeakMap<SerialOptions, TextDevice>()

/** The options compiled, once per options object. */
export function compiled(options: SerialOptions): TextDevice {
  const known = cache.get(options)
  if (known !== undefined) return known
  const made = textDevice(options, maxCommandBytes, 'line')
  cache.set(options, made)
  return made
}
