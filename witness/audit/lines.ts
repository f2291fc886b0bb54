import { ascii, isAt, viewOf, type Ascii } from './ascii.ts'
import { isHash } from './base64.ts'
import { base64Of, charsOfBase64, levelsOf, sha256, type Peaks } from './peaks.ts'
import { Tree } from './tree.ts'

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

/** `$prev` of line 0: 32 zero bytes, base64. */
export const nothingBefore = `${'A'.repeat(43)}=`

const start = ascii('{"$prev":"')
const beforeNumber = '","$seq":'
const base64Chars = 44
const zero = 48
const nine = 57
const quote = 34
/** A line of the tiles has at most 16 bits of length. Bytes. */
export const maxLine = 65_535

const noLine = 'it does not begin as a sealed line does, or is too long'

/**
 * Follows lines from number `first` on: their chain, and the tree over them. Written for speed: it is all that a
 * verification does a million times.
 */
export class LineChain {
  readonly first: number
  /** The `$prev` that the first line has or, where that is known, must have, base64; null before it. */
  begins: string | null = null
  /** The leaf hash of the newest line: the `$prev` that the next one must have. null: any. */
  #newest: string | null
  /** Over the lines, and what stands to the left of them where that is known. */
  readonly #tree = new Tree()
  /** The number of the first leaf. */
  readonly #base: number
  /** What stands behind the hash of the next line: its number is counted on in place, because a new text of it costs more. */
  #number: Ascii
  /** The bytes of the newest line, and a view of them: nearly always the next line is in the same. */
  #bytes: Buffer = Buffer.alloc(0)
  #view = viewOf(this.#bytes)
  #buffer = this.#bytes.buffer
  /** Where they begin in the buffer. */
  #offset = 0

  /**
   * `prev`: what the first line's `$prev` must be, base64; null where that is looked at by whoever has the line before.
   * `left`: the hashes, base64, of the subtrees that the lines before make up, from left to right: one for each bit of
   * `first`. Without it the tree is that of the lines alone, and `first` is a multiple of any power of two that they fill.
   */
  constructor(first: number, prev: string | null, left: readonly string[] | null = null) {
    this.first = first
    this.#newest = prev === null ? null : charsOfBase64(prev)
    this.#base = left === null ? first : 0
    this.#number = ascii(`${beforeNumber}${first},`)
    for (const [i, level] of levelsOf(first - this.#base).entries())
      this.skip(level, left?.[i] ?? '')
  }

  /** The number that the next line must have. */
  get seq(): number {
    return this.#base + this.#tree.count
  }

  /**
   * The next line: the bytes from `from` up to, and without, `end`. The byte before `from` is overwritten: it is the
   * line feed before, or one that the caller has left free.
   */
  push(bytes: Buffer, from: number, end: number): Broken | null {
    if (end - from > maxLine) return this.endless()
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = viewOf(bytes)
      this.#buffer = bytes.buffer
      this.#offset = bytes.byteOffset
    }
    const view = this.#view
    const prevAt = from + start.length
    const isNext =
      isAt(view, from, end, start) &&
      isAt(view, prevAt + base64Chars, end, this.#number) &&
      (this.#newest === null
        ? !bytes.subarray(prevAt, prevAt + base64Chars).includes(quote)
        : isHash(view, prevAt, this.#newest))
    if (!isNext) return this.#fault(bytes.toString('latin1', from, Math.min(end, from + 100)))
    this.begins ??= bytes.toString('latin1', prevAt, prevAt + base64Chars)
    view.setUint8(from - 1, 0) // a leaf is hashed with a zero before it
    this.#newest = sha256(new Uint8Array(this.#buffer, this.#offset + from - 1, end - from + 1))
    this.#tree.add(0, this.#newest)
    this.#countOn()
    return null
  }

  /** The leaf hash of the newest line, base64; null where there is none. */
  get newest(): string | null {
    return this.#newest === null ? null : base64Of(this.#newest)
  }

  #countOn(): void {
    const { length, view } = this.#number
    let last = length - 2 // a comma is behind it
    for (; view.getUint8(last) === nine; last--) view.setUint8(last, zero)
    if (last < beforeNumber.length) this.#number = ascii(`${beforeNumber}${this.seq},`)
    else view.setUint8(last, view.getUint8(last) + 1)
  }

  /** A subtree of `2 ** level` lines that are not there; its hash is base64. */
  skip(level: number, subtree: string): void {
    this.#tree.add(level, charsOfBase64(subtree))
  }

  /** The subtrees that the lines so far make up, and what stands to the left of them where that is known. */
  peaks(): Peaks {
    return this.#tree.peaks()
  }

  /** What is wrong with more bytes than a line may have. */
  endless(): Broken {
    return { fault: 'form', seq: this.seq, detail: noLine }
  }

  /** What is wrong with a line that does not begin as it must. */
  #fault(begin: string): Broken {
    const { seq } = this
    const found = /^\{"\$prev":"([^"]{44})","\$seq":(0|[1-9]\d*),/.exec(begin)
    if (found === null) return this.endless()
    return found[2] === String(seq)
      ? {
          fault: 'prev',
          seq,
          detail: `it does not follow line ${seq - 1}: one of the two was changed`,
        }
      : { fault: 'seq', seq, detail: `its number is ${found[2]}, where ${seq} belongs` }
  }
}
