import { type Static, Type } from 'typebox'
import { framingSchema } from '../framing-options.ts'
import { type TextDevice, textDevice } from '../text-device.ts'
import { textOptions } from '../text-options.ts'

export const options = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      maxLength: 500,
      description:
        'The port: /dev/ttyUSB0, COM3; best by its own name, /dev/serial/by-id/…, which stays when others are plugged in.',
    }),
    baudRate: Type.Integer({
      minimum: 50,
      maximum: 12_000_000,
      default: 9600,
      description: 'Bits a second, as the device has it.',
    }),
    dataBits: Type.Enum([5, 6, 7, 8], { default: 8 }),
    parity: Type.Enum(['none', 'even', 'odd'], { default: 'none' }),
    stopBits: Type.Enum([1, 1.5, 2], { default: 1 }),
    flow: Type.Enum(['none', 'hardware', 'software'], {
      default: 'none',
      description: 'hardware: RTS/CTS; software: XON/XOFF.',
    }),
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
