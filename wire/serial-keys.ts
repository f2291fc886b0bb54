import { type Static, Type } from 'typebox'

/** How a serial port is opened: the keys of the config, for adapters and surfaces. `baudRate`: its default. */
export const serialKeys = (baudRate: number) => ({
  path: Type.String({
    minLength: 1,
    maxLength: 500,
    description:
      'The port: /dev/ttyUSB0, COM3; best by its own name, /dev/serial/by-id/…, which stays when others are plugged in.',
  }),
  baudRate: Type.Integer({
    minimum: 50,
    maximum: 12_000_000,
    default: baudRate,
    description: 'Bits a second, as the device has it.',
  }),
  dataBits: Type.Enum([5, 6, 7, 8], { default: 8 }),
  parity: Type.Enum(['none', 'even', 'odd'], { default: 'none' }),
  stopBits: Type.Enum([1, 1.5, 2], { default: 1 }),
  flow: Type.Enum(['none', 'hardware', 'software'], {
    default: 'none',
    description: 'hardware: RTS/CTS; software: XON/XOFF.',
  }),
})

type Keys = ReturnType<typeof serialKeys>
export type SerialSettings = { readonly [Key in keyof Keys]: Static<Keys[Key]> }
