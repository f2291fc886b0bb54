import { emptyRoot, hashBytes, nodeHash } from './merkle/hash.ts'
import { fullNodes, type Range } from './merkle/proof.ts'

/** Part of a log's lines, and what stands for those on both sides: hashes over full subtrees, as large as they come. */
export interface KnownLines {
  /** The lines from `from` up to, and without, `to`, of `size`. */
  readonly from: number
  readonly to: number
  readonly size: number
  readonly left: readonly Buffer[]
  readonly right: readonly Buffer[]
}

/** From this level on, 256 lines, a hash is remembered: proofs of many lines share what is above. */
const keptLevel = 8

/**
 * The hash over any range that a proof about one of these lines, or the root, asks for. `leaves`: the lines' hashes, one
 * after the other. The answer throws RangeError for a range that they do not have.
 */
export function hashesOver(known: KnownLines, leaves: Uint8Array): (range: Range) => Buffer {
  const { from, to, size, left, right } = known
  const nodes = new Map<string, Buffer>()
  const give = (range: Range, hashes: readonly Buffer[]) => {
    for (const [i, { level, index }] of fullNodes(range).entries()) {
      const hash = hashes[i]
      if (hash !== undefined) nodes.set(`${level}/${index}`, hash)
    }
  }
  give({ start: 0, end: from }, left)
  give({ start: to, end: size }, right)

  function node(level: number, index: number): Buffer {
    const key = `${level}/${index}`
    const found = nodes.get(key)
    if (found !== undefined) return found
    if (level === 0) return leaf(index)
    const hash = nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
    if (level >= keptLevel) nodes.set(key, hash)
    return hash
  }

  function leaf(index: number): Buffer {
    if (index < from || index >= to) throw new RangeError(`line ${index} is not at hand`)
    const at = (index - from) * hashBytes
    return Buffer.from(leaves.subarray(at, at + hashBytes))
  }

  return (range) => {
    const hashes = fullNodes(range).map(({ level, index }) => node(level, index))
    return hashes.length === 0
      ? emptyRoot
      : hashes.reduceRight((right, left) => nodeHash(left, right))
  }
}
