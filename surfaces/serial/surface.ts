import { Type } from 'typebox'
import { serialKeys } from '../../wire/serial-keys.ts'
import type { Surface } from '../surface.ts'
import { openBox } from './box.ts'

const options = Type.Object({
  ...serialKeys(115_200),
  tally: Type.Array(
    Type.Object(
      {
        device: Type.String({
          pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
          description: 'A device of the config.',
        }),
        path: Type.String({ minLength: 1, maxLength: 500, description: 'What it reports.' }),
      },
      { additionalProperties: false },
    ),
    {
      default: [],
      maxItems: 256,
      description: 'What the box is told of devices, as TALLY 0, TALLY 1 and so on.',
    },
  ),
})

export const surface: Surface<typeof options> = {
  type: 'serial',
  title: 'A box of buttons, encoders and lamps at a serial port',
  options,
  open(name, options, host) {
    // a port that is not there yet is looked for until it is
    const box = openBox(name, options, host)
    let closing: Promise<void> | null = null
    return Promise.resolve({
      get address() {
        return `serial ${box.where()}`
      },
      close() {
        closing ??= Promise.resolve(box.close())
        return closing
      },
    })
  },
}
