import { crc32 } from 'node:zlib'

/** Bytes before the body: eight hex digits and a space. */
export const headBytes = 9

/** `<8 hex crc32 of the body's UTF-8 bytes> <body>\n`: a line that `cut -c10-` turns back into the body. */
export function frame(body: string): string {
  return `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`
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
