import { type Static, Type } from 'typebox'
import { longestEnd } from '../wire/ended.ts'
import type { Framing } from '../wire/framing.ts'
import { bytesOf } from './template-hex.ts'

/** How the bytes of a device are cut into what it says. */
export const framingSchema = Type.Union([
  Type.Enum(['none', 'line', 'length', 'slip'], {
    description:
      'none: as the bytes come; line: ended by CR, LF or both; length: after a size of 4 bytes; slip: RFC 1055.',
  }),
  Type.Object(
    {
      type: Type.Enum(['none', 'line', 'end', 'length', 'fixed', 'slip']),
      end: Type.Optional(
        Type.String({ description: 'end: the bytes after each frame, in hexadecimal: "ff".' }),
      ),
      bytes: Type.Optional(
        Type.Enum([1, 2, 4], { description: 'length: how many bytes the size has.' }),
      ),
      endian: Type.Optional(
        Type.Enum(['big', 'little'], { description: 'length: big (the default) or little.' }),
      ),
      inclusive: Type.Optional(
        Type.Boolean({ description: 'length: the size counts itself and the header, too.' }),
      ),
      header: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 64,
          description: 'length: bytes of a frame that stand in front of its size (MQTT: 1).',
        }),
      ),
      size: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 65_536, description: 'fixed: bytes of each frame.' }),
      ),
    },
    { additionalProperties: false },
  ),
])

export type FramingOptions = Static<typeof framingSchema>

/** The framing, or why the config's cannot be used. */
export function framingOf(
  options: FramingOptions,
):
  | { readonly ok: true; readonly framing: Framing }
  | { readonly ok: false; readonly detail: string } {
  const given = typeof options === 'string' ? { type: options } : options
  switch (given.type) {
    case 'none':
    case 'line':
    case 'slip':
      return { ok: true, framing: { type: given.type } }
    case 'length': {
      const { bytes = 4, endian = 'big', inclusive = false, header = 0 } = given
      return { ok: true, framing: { type: 'length', bytes, endian, inclusive, header } }
    }
    case 'end': {
      const end = bytesOf(given.end ?? '')
      return end === null || end.length === 0 || end.length > longestEnd
        ? { ok: false, detail: `framing: end: expected 1 to ${longestEnd} bytes in hexadecimal` }
        : { ok: true, framing: { type: 'end', end } }
    }
    case 'fixed':
      return given.size === undefined
        ? { ok: false, detail: 'framing: fixed wants a size' }
        : { ok: true, framing: { type: 'fixed', size: given.size } }
    default:
      return given.type satisfies never
  }
}
