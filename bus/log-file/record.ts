import { crc32 } from 'node:zlib'

/** Bytes before the body: eight hex digits and a space. */
export const headBytes = 9

/** How many bytes the record of `body` takes. */
export function recordBytes(body: string): number {
  return headBytes + Buffer.byteLength(body) + 1
}

const hexDigits = Buffer.from('0123456789abcdef')

/**
 * Writes `<8 hex crc32 of the body's UTF-8 bytes> <body>\n` at `at`, a line that `cut -c10-` turns back into the body;
 * answers where it ends. As bytes, without a string between: it is on the way of every press.
 */
export function writeRecord(bytes: Buffer, at: number, body: string): number {
  const sum = crc32(body)
  let next = at
  for (let shift = 28; shift >= 0; shift -= 4)
    bytes[next++] = hexDigits[(sum >>> shift) & 0xf] as number // sixteen of them
  bytes[next++] = 0x20
  next += bytes.write(body, next)
  bytes[next++] = 0x0a
  return next
}

const digit = new Int8Array(256).fill(-1)
for (const [value, character] of Array.from('0123456789abcdef').entries())
  digit[character.charCodeAt(0)] = value

/** The checksum written at `start`; null where the nine bytes of a record's head are not there. */
export function checksumAt(bytes: Buffer, start: number, end: number): number | null {
  if (end - start < headBytes || bytes[start + headBytes - 1] !== 0x20) return null
  let sum = 0
  for (let at = start; at < start + headBytes - 1; at++) {
    const value = digit[bytes[at] ?? 0] ?? -1
    if (value < 0) return null
    sum = (sum << 4) | value
  }
  return sum >>> 0
}
