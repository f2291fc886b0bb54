import { hash } from 'node:crypto'

// What every verification does with the sealed lines: bytes in, hashes out. It shares nothing with what wrote them.

export type LineFault =
  /** Its `$prev` is not the hash of the line before: one of the two was changed, or lines were removed or moved. */
  | 'prev'
  /** Its number is not the next. */
  | 'seq'
  /** It does not begin as a sealed line does, or is too long, or, where that is asked for, is not canonical JSON. */
  | 'form'

export interface Broken {
  readonly fault: LineFault
  /** The number that the line should have. */
  readonly seq: number
  readonly detail: string
}

/** The largest full subtrees of some first leaves, from left to right: `2 ** level` leaves each. */
export interface Peak {
  readonly level: number
  /** 32 bytes, one a character. */
  readonly hash: string
}

/** `$prev` of line 0: 32 zero bytes, base64. */
export const nothingBefore = `${'A'.repeat(43)}=`

const start = '{"$prev":"'
const middle = '","$seq":'
const hashChars = 44
/** A line of the tiles has at most 16 bits of length. */
const maxLine = 65_535

const pair = Buffer.alloc(65, 1)

/**
 * Follows lines from number `first` on: their chain, and the tree over them. Written for speed: it is all that a
 * verification does a million times.
 */
export class LineChain {
  readonly first: number
  /** The `$prev` of the first line; null before it. */
  begins: string | null = null
  /** The leaf hash of the newest line, base64: the `$prev` that the next one must have. null: any. */
  newest: string | null
  /** How many leaves the tree has: the lines, and what stands to the left of them where that is known. */
  #count = 0
  /** The number of the first leaf. */
  readonly #base: number
  /** Where a bit of the count is set, the hash of that full subtree: base64 for a leaf, else one character a byte. */
  readonly #full: string[] = []

  /**
   * `prev`: what the first line's `$prev` must be; null where that is looked at by whoever has the line before. `left`: the
   * hashes, base64, of the subtrees that the lines before make up, from left to right: one for each bit of `first`. Without
   * it the tree is that of the lines alone, and `first` is a multiple of any power of two that they fill.
   */
  constructor(first: number, prev: string | null, left: readonly string[] | null = null) {
    this.first = first
    this.newest = prev
    this.#base = left === null ? first : 0
    this.#count = first - this.#base
    const hashes = [...(left ?? [])].toReversed()
    for (let level = 0, bits = this.#count; bits > 0; level++, bits = Math.floor(bits / 2))
      if (bits % 2 === 1) this.#full[level] = ofLevel(level, hashes.shift() ?? '')
  }

  /** The number that the next line must have. */
  get seq(): number {
    return this.#base + this.#count
  }

  /**
   * The next line: the bytes from `from` up to, and without, `end`. The byte before `from` is overwritten: it is the
   * line feed before, or one that the caller has left free.
   */
  push(bytes: Buffer, from: number, end: number): Broken | null {
    this.newest ??= bytes.toString('latin1', from + start.length, from + start.length + hashChars)
    this.begins ??= this.newest
    const expected = `${start}${this.newest}${middle}${this.#base + this.#count},`
    if (bytes.toString('latin1', from, from + expected.length) !== expected || end - from > maxLine)
      return this.#fault(
        end - from > maxLine ? '' : bytes.toString('latin1', from, Math.min(end, from + 100)),
      )
    bytes[from - 1] = 0 // a leaf is hashed with a zero before it
    const leaf = hash('sha256', bytes.subarray(from - 1, end), 'base64')
    this.newest = leaf
    this.#add(0, leaf)
    return null
  }

  /** A subtree of `2 ** level` lines that are not there; its hash is base64. */
  skip(level: number, subtree: string): void {
    this.#add(level, ofLevel(level, subtree))
  }

  #add(size: number, subtree: string): void {
    let node = subtree
    let level = size
    for (let bits = this.#count / 2 ** size; bits % 2 === 1; bits = (bits - 1) / 2)
      node = join(this.#full[level] ?? '', node, level++ === 0 ? 'base64' : 'latin1')
    this.#full[level] = node
    this.#count += 2 ** size
  }

  /** The subtrees that the lines so far make up, from left to right. */
  peaks(): readonly Peak[] {
    const peaks: Peak[] = []
    for (let level = 0, bits = this.#count; bits > 0; level++, bits = Math.floor(bits / 2)) {
      const node = this.#full[level] ?? ''
      const hashed = level === 0 ? Buffer.from(node, 'base64').toString('latin1') : node
      if (bits % 2 === 1) peaks.unshift({ level, hash: hashed })
    }
    return peaks
  }

  /** What is wrong with a line that does not begin as it must. */
  #fault(begin: string): Broken {
    const { seq } = this
    const found = /^\{"\$prev":"([^"]{44})","\$seq":(0|[1-9]\d*),/.exec(begin)
    if (found === null)
      return {
        fault: 'form',
        seq,
        detail: 'it does not begin as a sealed line does, or is too long',
      }
    return found[2] === String(seq)
      ? {
          fault: 'prev',
          seq,
          detail: `it does not follow line ${seq - 1}: one of the two was changed`,
        }
      : { fault: 'seq', seq, detail: `its number is ${found[2]}, where ${seq} belongs` }
  }
}

/** Base64 for a leaf, else one character a byte. */
function ofLevel(level: number, subtree: string): string {
  return level === 0 ? subtree : Buffer.from(subtree, 'base64').toString('latin1')
}

/** `SHA-256(0x01 || left || right)`. */
function join(left: string, right: string, form: 'base64' | 'latin1' = 'latin1'): string {
  pair.write(left, 1, form)
  pair.write(right, 33, form)
  return hash('sha256', pair, 'latin1' as 'hex') // it takes any encoding; its type names only some
}

/** Puts the subtrees of the lines that follow behind those of the lines before. */
export function addPeaks(before: readonly Peak[], more: readonly Peak[]): readonly Peak[] {
  const all = [...before]
  for (const peak of more) {
    let { level, hash: node } = peak
    for (let last = all.at(-1); last?.level === level; last = all.at(-1)) {
      node = join(last.hash, node)
      all.pop()
      level++
    }
    all.push({ level, hash: node })
  }
  return all
}

/** The root over subtrees, base64. */
export function rootOf(peaks: readonly Peak[]): string {
  const root = peaks.reduceRight<string | null>(
    (right, { hash: left }) => (right === null ? left : join(left, right)),
    null,
  )
  return root === null
    ? hash('sha256', '', 'base64')
    : Buffer.from(root, 'latin1').toString('base64')
}
