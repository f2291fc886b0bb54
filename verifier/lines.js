/** @import { Chunks, Machine } from './types.ts' */
import { attempt, joined, latin1, textOf, toBase64 } from './trust.js'

// The sealed lines: their chain, and the Merkle tree over them (RFC 6962, section 2.1). Memory does not grow with the log.

// `$prev` of line 0: 32 zero bytes.
export const nothingBefore = `${'A'.repeat(43)}=`

// The lines of some bytes, each without its line feed; what stands behind the last line feed is `torn`.
/** @param {Chunks} chunks */
export async function* linesOf(chunks) {
  let rest = new Uint8Array(0)
  let offset = 0
  for await (const chunk of chunks) {
    const bytes = joined(rest, chunk)
    let from = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      yield { line: bytes.subarray(from, end), offset: offset + from, torn: false }
      from = end + 1
    }
    offset += from
    rest = bytes.slice(from, from + 2 ** 20) // enough of a longer line to see that it is none of ours
  }
  if (rest.length > 0) yield { line: rest, offset, torn: true }
}

// What a sealed line says that the line before it hashes to.
/** @param {Uint8Array} line */
export const prevOf = (line) => latin1(line.subarray(10, 54))

// The chain and the tree over lines from number `seq` on.
export class Log {
  /** @type {{ level: number, hash: Uint8Array }[]} */
  #peaks // all leaves so far as full subtrees of `2 ** level` leaves, from left to right
  #leaf = new Uint8Array(65_536)

  // `prev`: the `$prev` of the next line; null: any. `left`: hashes of the subtrees of the lines before.
  /** @param {Machine} machine @param {number} seq @param {string | null} prev @param {readonly Uint8Array[]} left */
  constructor(machine, seq, prev, left) {
    this.sha256 = machine.sha256
    this.seq = seq
    this.prev = prev
    const all = levels(0, seq)
    this.#peaks = left.map((hash, i) => ({ level: all[i] ?? 0, hash }))
  }

  // What is wrong with the next line; null for nothing, and it is in the tree.
  /** @param {Uint8Array} line @param {boolean} strict */
  push(line, strict) {
    const { seq } = this
    const begin = latin1(line.subarray(0, 100))
    if (line.length > 65_535 || !begin.startsWith(`{"$prev":"${this.prev ?? prevOf(line)}","$seq":${seq},`)) {
      const number = /^\{"\$prev":"[^"]{44}","\$seq":(0|[1-9]\d*),/.exec(begin)?.[1]
      if (line.length > 65_535 || number === undefined) return 'it does not begin as a sealed line does, or is too long'
      if (number !== String(seq)) return `its number is ${number}, where ${seq} belongs`
      return `it does not follow line ${seq - 1}: one of the two was changed`
    }
    this.#leaf.set(line, 1) // a leaf is SHA-256(0x00 || line): the first byte of `#leaf` stays zero
    const leaf = this.sha256(this.#leaf.subarray(0, 1 + line.length))
    this.prev = toBase64(leaf)
    this.add(0, leaf)
    return strict ? strictFault(line) : null
  }

  // The next subtree of `2 ** level` leaves.
  /** @param {number} level @param {Uint8Array} hash */
  add(level, hash) {
    this.seq += 2 ** level
    let node = { level, hash }
    for (let left = this.#peaks.at(-1); left?.level === node.level; left = this.#peaks.at(-1)) {
      node = { level: node.level + 1, hash: this.#node(left.hash, node.hash) }
      this.#peaks.pop()
    }
    this.#peaks.push(node)
  }

  // A node is SHA-256(0x01 || left || right).
  /** @param {Uint8Array} left @param {Uint8Array} right */
  #node(left, right) {
    return this.sha256(joined(Uint8Array.of(1), left, right))
  }

  // The root over all leaves so far, base64.
  root() {
    const [last, ...more] = this.#peaks.toReversed()
    if (last === undefined) return toBase64(this.sha256(new Uint8Array(0)))
    return toBase64(more.reduce((right, { hash }) => this.#node(hash, right), last.hash))
  }
}

// The levels of the full subtrees of which leaves `start` up to, and without, `end` consist.
/** @param {number} start @param {number} end */
export function levels(start, end) {
  const all = []
  for (let at = start, level = 0; at < end; at += 2 ** level) {
    level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++
    all.push(level)
  }
  return all
}

// With --strict a line is its own canonical form (RFC 8785), so that no two programs read it as two.
/** @param {Uint8Array} line */
function strictFault(line) {
  const text = textOf(line) ?? ''
  const form = attempt(() => canonical(JSON.parse(text)))
  if (form === null) return 'it is not JSON in UTF-8'
  return form === text ? null : 'it is not its own canonical form: two programs may read it as two'
}

/** @param {any} value @returns {string} */
function canonical(value) {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).sort() // by UTF-16 code units: section 3.2.3
  return `{${names.map((name) => `${quoted(name)}:${canonical(value[name])}`).join(',')}}`
}

// A lone surrogate has no canonical form, and JSON writes it as an escape.
/** @param {string} text */
function quoted(text) {
  return /\p{Surrogate}/u.test(text) ? '' : JSON.stringify(text)
}
