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
  { size, peaks }: Frontier,
  leaf: Buffer,
): { readonly frontier: Frontier; readonly nodes: readonly FullNode[] } {
  let hash = leaf
  const nodes: FullNode[] = [{ level: 0, index: size, hash }]
  const next = [...peaks]
  // each bit of the size that is set, from the lowest on, is a peak that the new subtree merges with
  let index = size
  for (let level = 1; index % 2 === 1; level++) {
    hash = nodeHash(next.pop() ?? emptyRoot, hash) // a set bit has its peak
    index = (index - 1) / 2
    nodes.push({ level, index, hash })
  }
  next.push(hash)
  return { frontier: { size: size + 1, peaks: next }, nodes }
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
