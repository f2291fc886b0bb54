import { charsOf, levelsOf, put, sha256, type Peaks } from './peaks.ts'

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

const start = Buffer.from('{"$prev":"')
const middle = Buffer.from('","$seq":')
const hashChars = 44
const zero = 48
const nine = 57
const comma = 44
const equals = 61
const quote = 34
/** A line of the tiles has at most 16 bits of length. Bytes. */
export const maxLine = 65_535

const noLine = 'it does not begin as a sealed line does, or is too long'

/** What a character of base64 stands for; -1 where it is none. */
const six = new Int8Array(256).fill(-1)
for (let i = 0; i < 64; i++)
  six['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i

/**
 * Follows lines from number `first` on: their chain, and the tree over them. Written for speed: it is all that a
 * verification does a million times.
 */
export class LineChain {
  readonly first: number
  /** The `$prev` that the first line has or, where that is known, must have, base64; null before it. */
  begins: string | null = null
  /** The leaf hash of the newest line, one byte a character: the `$prev` that the next one must have. null: any. */
  #newest: string | null
  /** How many leaves the tree has: the lines, and what stands to the left of them where that is known. */
  #count = 0
  /** The number of the first leaf. */
  readonly #base: number
  /** For each level the mark of a node and its two halves, and whether the left half waits there for the right one. */
  readonly #pairs: Uint8Array[] = []
  readonly #waits: boolean[] = []
  /** The digits of the number that the next line must have: counted on in place, because a text of it costs more. */
  #digits: number[]

  /**
   * `prev`: what the first line's `$prev` must be, base64; null where that is looked at by whoever has the line before.
   * `left`: the hashes, base64, of the subtrees that the lines before make up, from left to right: one for each bit of
   * `first`. Without it the tree is that of the lines alone, and `first` is a multiple of any power of two that they fill.
   */
  constructor(first: number, prev: string | null, left: readonly string[] | null = null) {
    this.first = first
    this.#newest = prev === null ? null : charsOf(prev)
    this.#base = left === null ? first : 0
    this.#digits = [...Buffer.from(String(first))]
    for (const [i, level] of levelsOf(first - this.#base).entries())
      this.skip(level, left?.[i] ?? '')
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
    const prevAt = from + start.length
    if (end - from > maxLine) return this.endless()
    const isNext =
      this.#isNumbered(bytes, from) &&
      (this.#newest === null
        ? !bytes.subarray(prevAt, prevAt + hashChars).includes(quote)
        : isHash(bytes, prevAt, this.#newest))
    if (!isNext) return this.#fault(bytes.toString('latin1', from, Math.min(end, from + 100)))
    this.begins ??= bytes.toString('latin1', prevAt, prevAt + hashChars)
    bytes[from - 1] = 0 // a leaf is hashed with a zero before it
    const leaf = new Uint8Array(bytes.buffer, bytes.byteOffset + from - 1, end - from + 1)
    this.#newest = sha256(leaf)
    this.#add(0, this.#newest)
    this.#countOn()
    return null
  }

  /** The leaf hash of the newest line, base64; null where there is none. */
  get newest(): string | null {
    return this.#newest === null ? null : Buffer.from(this.#newest, 'latin1').toString('base64')
  }

  /** Whether the line begins as a sealed line with the next number does, but for the hash in it. */
  #isNumbered(bytes: Buffer, from: number): boolean {
    for (let i = 0; i < start.length; i++) if (bytes[from + i] !== start[i]) return false
    let at = from + start.length + hashChars
    for (let i = 0; i < middle.length; i++) if (bytes[at + i] !== middle[i]) return false
    at += middle.length
    const digits = this.#digits
    for (let i = 0; i < digits.length; i++) if (bytes[at + i] !== digits[i]) return false
    return bytes[at + digits.length] === comma
  }

  #countOn(): void {
    const digits = this.#digits
    let last = digits.length - 1
    while (digits[last] === nine) digits[last--] = zero
    if (last < 0) this.#digits = [zero + 1, ...digits]
    else digits[last] = (digits[last] ?? zero) + 1
  }

  /** A subtree of `2 ** level` lines that are not there; its hash is base64. */
  skip(level: number, subtree: string): void {
    this.#add(level, charsOf(subtree))
  }

  #add(from: number, subtree: string): void {
    let node = subtree
    let level = from
    for (; this.#waits[level] === true; level++) {
      const pair = this.#pairOf(level)
      put(pair, 33, node)
      node = sha256(pair)
      this.#waits[level] = false
    }
    put(this.#pairOf(level), 1, node)
    this.#waits[level] = true
    this.#count += 2 ** from
  }

  #pairOf(level: number): Uint8Array {
    return (this.#pairs[level] ??= new Uint8Array(65).fill(1))
  }

  /** The subtrees that the lines so far make up, and what stands to the left of them where that is known. */
  peaks(): Peaks {
    let hashes = ''
    for (const [level, pair] of this.#pairs.entries())
      if (this.#waits[level] === true)
        hashes = Buffer.from(pair.buffer, 1, 32).toString('latin1') + hashes
    return { count: this.#count, hashes }
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

/** Whether there is this hash in base64, in the one form that encoding gives. */
function isHash(bytes: Uint8Array, from: number, chars: string): boolean {
  const at = (i: number) => six[bytes[from + i] ?? 0] ?? -1
  const char = (i: number) => chars.charCodeAt(i)
  for (let i = 0, j = 0; j < 30; i += 4, j += 3) {
    const bits = (at(i) << 18) | (at(i + 1) << 12) | (at(i + 2) << 6) | at(i + 3)
    if (bits !== ((char(j) << 16) | (char(j + 1) << 8) | char(j + 2))) return false
  }
  const bits = (at(40) << 12) | (at(41) << 6) | at(42)
  return bits === ((char(30) << 10) | (char(31) << 2)) && bytes[from + 43] === equals
}
