import { hash } from 'node:crypto'
import { viewOf } from './ascii.ts'

// Hashes of subtrees, and the tree that they make up. A hash is a text of 16 characters, each two of its bytes, the first
// one lower: as fast as it gets.

/** The largest full subtrees of some lines, from left to right: one for each bit that is set in their count. */
export interface Peaks {
  readonly count: number
  /** Their hashes, one after the other. One text, because a long log has many heads. */
  readonly hashes: string
}

export const noPeaks: Peaks = { count: 0, hashes: '' }

/** Of a hash, two bytes each. */
const hashChars = 16

export function charsOf(hash: Buffer): string {
  return hash.toString('utf16le')
}

export function charsOfBase64(hash: string): string {
  return charsOf(Buffer.from(hash, 'base64'))
}

export function base64Of(chars: string): string {
  return Buffer.from(chars, 'utf16le').toString('base64')
}

/** As a text, because a buffer takes three times as long. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'utf16le' as 'hex') // it takes any encoding; its type names only some
}

const leftAt = 1
const rightAt = leftAt + 2 * hashChars

/** What a node of the tree is the hash of, written in place: `0x01 || left || right`. */
export class Node {
  readonly #bytes = new Uint8Array(rightAt + 2 * hashChars).fill(1)
  readonly #view = viewOf(this.#bytes)

  left(hash: string): void {
    put(this.#view, leftAt, hash)
  }

  right(hash: string): void {
    put(this.#view, rightAt, hash)
  }

  hash(): string {
    return sha256(this.#bytes)
  }

  leftHalf(): Buffer {
    return Buffer.from(this.#bytes.buffer, leftAt, 2 * hashChars)
  }
}

/** For a string that was just made this is faster than any method of Buffer. */
function put(view: DataView, at: number, hash: string): void {
  for (let i = 0; i < hashChars; i++) view.setUint16(at + 2 * i, hash.charCodeAt(i), true)
}

const joined = new Node()

function join(left: string, right: string): string {
  joined.left(left)
  joined.right(right)
  return joined.hash()
}

/** How large the full subtrees are that so many first leaves are made of, from left to right: `2 ** level` leaves each. */
export function levelsOf(count: number): readonly number[] {
  const levels: number[] = []
  for (let level = 0, bits = count; bits > 0; level++, bits = Math.floor(bits / 2))
    if (bits % 2 === 1) levels.unshift(level)
  return levels
}

/** Puts the subtrees of the lines that follow behind those of the lines before. */
export function addPeaks(before: Peaks, more: Peaks): Peaks {
  const all = [...hashesOf(before)]
  const levels = [...levelsOf(before.count)]
  const added = hashesOf(more)
  for (const [i, from] of levelsOf(more.count).entries()) {
    let node = added[i] ?? ''
    let level = from
    for (; levels.at(-1) === level; level++) {
      node = join(all.pop() ?? '', node)
      levels.pop()
    }
    all.push(node)
    levels.push(level)
  }
  return { count: before.count + more.count, hashes: all.join('') }
}

/** The root over subtrees, base64. */
export function rootOf(peaks: Peaks): string {
  return peaks.count === 0 ? hash('sha256', '', 'base64') : base64Of(joinAll(peaks, null))
}

/**
 * The root, base64, of a tree of these subtrees and of what is behind them, whose own root is `behind`, base64. None of them
 * MAY be smaller than what is behind.
 */
export function rootWith(peaks: Peaks, behind: string): string {
  return peaks.count === 0 ? behind : base64Of(joinAll(peaks, charsOfBase64(behind)))
}

function joinAll(peaks: Peaks, behind: string | null): string {
  const all = hashesOf(peaks).reduceRight<string | null>(
    (right, left) => (right === null ? left : join(left, right)),
    behind,
  )
  return all ?? ''
}

function hashesOf({ hashes }: Peaks): readonly string[] {
  return Array.from({ length: hashes.length / hashChars }, (_, i) =>
    hashes.slice(i * hashChars, (i + 1) * hashChars),
  )
}
