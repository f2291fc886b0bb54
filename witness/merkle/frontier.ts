import { emptyRoot, nodeHash } from './hash.ts'

/** A full subtree that an append completed: it covers the leaves from `index * 2 ** level` on, `2 ** level` of them. */
export interface FullNode {
  readonly level: number
  readonly index: number
  readonly hash: Buffer
}

/**
 * The right edge of an RFC 6962 tree: what must be remembered to append to it, and to know its root. One hash for each
 * bit that is set in the size.
 */
export interface Frontier {
  /** How many leaves the tree has. */
  readonly size: number
  /** The full subtrees that make it up, from the largest (the leftmost) to the smallest. */
  readonly peaks: readonly Buffer[]
}

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

/** The tree with one leaf more, and the full subtrees that it completes, from the leaf up. Pure. */
export function append(
  frontier: Frontier,
  leaf: Buffer,
): { readonly frontier: Frontier; readonly nodes: readonly FullNode[] } {
  return appendAll(frontier, [leaf])
}

/** As {@link append}, for leaves one after the other: the subtrees of each come before those of the next. Pure. */
export function appendAll(
  { size, peaks }: Frontier,
  leaves: readonly Buffer[],
): { readonly frontier: Frontier; readonly nodes: readonly FullNode[] } {
  const nodes: FullNode[] = []
  const next = [...peaks]
  let count = size
  for (const leaf of leaves) {
    let hash = leaf
    let index = count++
    nodes.push({ level: 0, index, hash })
    // each bit of the size that is set, from the lowest on, is a peak that the new subtree merges with
    for (let level = 1; index % 2 === 1; level++) {
      hash = nodeHash(next.pop() ?? emptyRoot, hash) // a set bit has its peak
      index = (index - 1) / 2
      nodes.push({ level, index, hash })
    }
    next.push(hash)
  }
  return { frontier: { size: count, peaks: next }, nodes }
}

/** The root of the tree (RFC 6962, section 2.1). Pure. */
export function rootOf({ peaks }: Frontier): Buffer {
  return (
    peaks.reduceRight<Buffer | null>(
      (right, peak) => (right === null ? peak : nodeHash(peak, right)),
      null,
    ) ?? emptyRoot
  )
}
