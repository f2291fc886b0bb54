import type { Json } from '../intents/json.ts'
import { kind, malformed, quoted, type Read, type Values } from './template.ts'

// `81 01 04 47 {position:u16} ff`: bytes in hexadecimal, with places for arguments as bytes.

/** Bytes with places, compiled. */
export interface HexTemplate {
  readonly names: readonly string[]
  make(values: Values): Read<Buffer>
  /** What stands in a place, in lower-case hexadecimal: for patterns of answers that repeat it. */
  write(name: string, value: Json): Read<string>
}

type Piece =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'place'; readonly name: string; readonly form: string }

/** Bytes, whether signed, whether little-endian. */
const integers: Readonly<Record<string, readonly [bytes: number, signed: boolean, le: boolean]>> = {
  u8: [1, false, false],
  i8: [1, true, false],
  u16: [2, false, false],
  u16le: [2, false, true],
  i16: [2, true, false],
  i16le: [2, true, true],
  u32: [4, false, false],
  u32le: [4, false, true],
  i32: [4, true, false],
  i32le: [4, true, true],
}

const hexForms = [...Object.keys(integers), 'text', 'hex']

const place = /\{([A-Za-z_][A-Za-z0-9_-]{0,63})(?::([a-z0-9]{1,8}))?\}/

/** A hex text of the config, or why it is none. */
export function hexTemplate(
  source: string,
):
  | { readonly ok: true; readonly template: HexTemplate }
  | { readonly ok: false; readonly detail: string } {
  const pieces: Piece[] = []
  // a split by a pattern with two groups gives text, name, form, text … text
  const parts = source.split(place)
  for (let i = 0; i < parts.length; i += 3) {
    const bytes = bytesOf(parts[i] ?? '')
    if (bytes === null) return { ok: false, detail: 'expected bytes of two hexadecimal digits' }
    pieces.push({ type: 'bytes', bytes })
    const name = parts[i + 1]
    if (name === undefined) continue
    const form = parts[i + 2] ?? 'u8'
    if (!hexForms.includes(form))
      return { ok: false, detail: `{${name}:${form}}: expected one of ${hexForms.join(', ')}` }
    pieces.push({ type: 'place', name, form })
  }
  const places = pieces.filter((piece) => piece.type === 'place')
  return {
    ok: true,
    template: {
      names: [...new Set(places.map(({ name }) => name))],
      make(values) {
        const all: Buffer[] = []
        for (const piece of pieces) {
          if (piece.type === 'bytes') {
            all.push(piece.bytes)
            continue
          }
          const bytes = written(piece.name, piece.form, values.get(piece.name))
          if (!bytes.ok) return bytes
          all.push(bytes.value)
        }
        return { ok: true, value: Buffer.concat(all) }
      },
      write(name, value) {
        const form = places.find((each) => each.name === name)?.form ?? 'u8'
        const bytes = written(name, form, value)
        return bytes.ok ? { ok: true, value: bytes.value.toString('hex') } : bytes
      },
    },
  }
}

/** Bytes written as pairs of digits, with spaces or colons between; null where they are none. */
export function bytesOf(text: string): Buffer | null {
  const digits = text.replaceAll(/[\s:]/g, '')
  return digits.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(digits)
    ? Buffer.from(digits, 'hex')
    : null
}

function written(name: string, form: string, value: Json | undefined): Read<Buffer> {
  const wrong = (expected: string) =>
    malformed(`argument ${quoted(name)}: expected ${expected}, got ${kind(value)}`)
  const integer = integers[form]
  if (integer !== undefined) {
    const [bytes, signed, le] = integer
    // buttons and lines of text send numbers as text
    const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value
    const least = signed ? -(2 ** (8 * bytes - 1)) : 0
    const most = signed ? 2 ** (8 * bytes - 1) - 1 : 2 ** (8 * bytes) - 1
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most)
      return wrong(`a whole number from ${least} to ${most}`)
    const made = Buffer.alloc(bytes)
    if (le) made.writeUIntLE(number < 0 ? number + 2 ** (8 * bytes) : number, 0, bytes)
    else made.writeUIntBE(number < 0 ? number + 2 ** (8 * bytes) : number, 0, bytes)
    return { ok: true, value: made }
  }
  if (form === 'text')
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? { ok: true, value: Buffer.from(String(value)) }
      : wrong('text')
  const bytes = typeof value === 'string' ? bytesOf(value) : null
  return bytes === null ? wrong('bytes of two hexadecimal digits') : { ok: true, value: bytes }
}
