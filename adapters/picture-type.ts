import type { Picture } from './adapter.ts'

/** PNG, section 5.2: the signature; JPEG (ISO/IEC 10918-1, B.1.1.3): SOI, and the first byte of the marker behind it. */
const signatures: readonly (readonly [type: Picture['type'], bytes: Buffer])[] = [
  ['image/png', Buffer.from('89504e470d0a1a0a', 'hex')],
  ['image/jpeg', Buffer.from('ffd8ff', 'hex')],
]

/** What a picture is by its own first bytes, whatever its device calls it; null for what no button shows. */
export function pictureType(bytes: Uint8Array): Picture['type'] | null {
  const known = signatures.find(([, start]) => start.equals(bytes.subarray(0, start.length)))
  return known?.[0] ?? null
}
