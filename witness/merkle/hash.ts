import { createHash } from 'node:crypto'

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32

const leafMark = Uint8Array.of(0)
const nodeMark = Uint8Array.of(1)

/** The hash of a leaf: `SHA-256(0x00 || entry)` (RFC 6962, section 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(leafMark).update(entry).digest()
}

/** The hash over two subtrees: `SHA-256(0x01 || left || right)` (RFC 6962, section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(nodeMark).update(left).update(right).digest()
}

/** The root of a tree without leaves: the hash of nothing (RFC 6962, section 2.1). */
export const emptyRoot: Buffer = createHash('sha256').digest()
