import { hash } from 'node:crypto'

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32

const pair = Buffer.alloc(1 + 2 * hashBytes, 1)

/** The hash of a leaf: `SHA-256(0x00 || entry)` (RFC 6962, section 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  const marked = Buffer.allocUnsafe(1 + entry.length)
  marked[0] = 0
  marked.set(entry, 1)
  return sha256(marked)
}

/** As {@link leafHash}, of a text in UTF-8. */
export function leafHashOfText(entry: string): Buffer {
  return sha256(`\0${entry}`)
}

/** The hash over two subtrees: `SHA-256(0x01 || left || right)` (RFC 6962, section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1)
  pair.set(right, 1 + hashBytes)
  return sha256(pair)
}

/** By way of one character a byte: that is half as long as a buffer of its own takes, and leaves less behind. */
function sha256(bytes: Uint8Array | string): Buffer {
  return Buffer.from(hash('sha256', bytes, 'latin1' as 'hex'), 'latin1') // its type names only some encodings
}

/** The root of a tree without leaves: the hash of nothing (RFC 6962, section 2.1). */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer')
