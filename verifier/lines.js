/** @import { Chunks, Head, Part } from './types.ts' */
import { Marks } from './entries.js'
import { joined, sha256, textOf, toBytes, toText } from './node.js'
import { fromBase64, jsonOf, must } from './trust.js'

// The sealed lines: their chain, and the Merkle tree over them (RFC 6962, section 2.1). Memory does not grow with them.
// First the lines of some bytes, each without its line feed; what stands behind the last line feed is `torn`.
/** @param {Chunks} chunks */
export async function* linesOf(chunks) {
  let rest = toBytes('')
  let offset = 0
  for await (const chunk of chunks) {
    rest = joined(rest, chunk)
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield { line: rest.subarray(0, end), offset, torn: false }
      rest = rest.subarray(end + 1)
      offset += end + 1
    }
    if (rest.length > 2 ** 18) break // no line is that long
  }
  if (rest.length > 0) yield { line: rest, offset, torn: true }
}

// The sizes of the full subtrees of which leaves `start` up to, and without, `end` consist.
/** @param {number} start @param {number} end @returns {readonly number[]} */
export function subtrees(start, end) {
  let size = 1
  while (start % (2 * size) === 0 && start + 2 * size <= end) size *= 2
  return start < end ? [size, ...subtrees(start + size, end)] : []
}

/** @param {Uint8Array} right @param {Uint8Array} left */
const nodeOf = (right, left) => sha256(joined(Uint8Array.of(1), left, right)) // SHA-256(0x01 || left || right)

// The chain and the tree over lines, and what else was found of them.
export class Log {
  seq = 0 // how many leaves there are, which is the number of the next line
  prev = /** @type {string | null} */ (`${'A'.repeat(43)}=`) // `$prev` of the next line: 32 zero bytes; null: any
  peaks = /** @type {Uint8Array[]} */ ([]) // the full subtrees from left to right: one for each bit of `seq`
  sizes = new Set() // at which roots are kept
  roots = new Map([[0, toText(sha256(toBytes('')), 'base64')]]) // by size, base64
  heads = /** @type {readonly Head[]} */ ([])
  part = /** @type {Part | null} */ (null) // of a bundle: which part of a log it is
  open = /** @type {Set<string>} */ (new Set()) // what the lines commit to and was not disclosed
  undisclosed = '' // what is wrong with what was disclosed
  marks = new Marks()

  /** @param {Uint8Array} line @param {boolean} strict @param {{ file: string, offset: number }} place */
  push(line, strict, { file, offset }) {
    const { seq, prev } = this
    const text = toText(line, 'latin1')
    const [, hash, number] = /^\{"\$prev":"([^"]{44})","\$seq":(0|[1-9]\d*),/.exec(text) ?? []
    // what it commits to: personal values that do not stand in it; canonical JSON has one way to write that
    for (const [, one = ''] of text.matchAll(/\{"\$commitment":"([\w+/]{43}=)"\}/g))
      if (fromBase64(one).length === 32) this.open.add(one)
    /** @param {boolean} isRight @param {string} why */
    const check = (isRight, why) => must(isRight, why, 'integrity', { seq, file, offset })
    check(number !== undefined && line.length <= 65_535, 'it does not begin as a sealed line does, or is too long')
    check(number === String(seq), `its number is ${number}, where ${seq} belongs`)
    check(hash === (prev ?? hash), `it does not follow line ${seq - 1}: one of the two was changed`)
    const { form } = strict ? jsonOf(line) : { form: '' }
    check(form !== undefined, 'it is not JSON in UTF-8')
    check(!strict || form === textOf(line), 'it is not its own canonical form: two programs may read it as two')
    const leaf = sha256(joined(Uint8Array.of(0), line)) // SHA-256(0x00 || line)
    this.prev = toText(leaf, 'base64')
    this.add(1, leaf)
    this.marks.read(line, seq)
  }

  // The next subtree, of so many leaves: a power of two. Two of one size make one.
  /** @param {number} count @param {Uint8Array} hash */
  add(count, hash) {
    let top = hash
    for (let size = count; Math.floor(this.seq / size) % 2 === 1; size *= 2) top = nodeOf(top, this.peaks.pop() ?? hash)
    this.peaks.push(top)
    this.seq += count
    if (this.sizes.has(this.seq)) this.roots.set(this.seq, toText(this.peaks.reduceRight(nodeOf), 'base64'))
  }
}
