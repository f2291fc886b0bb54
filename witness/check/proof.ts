import { hash } from 'node:crypto'

// Proofs as who checks them sees them: everything in them may come from an attacker. The general form is the subtree's
// (draft-ietf-plants-merkle-tree-certs, section 4); RFC 6962's proofs are those of subtrees that begin at leaf 0.

/** Whether leaf `index` with hash `leaf` is in the tree of `size` leaves and this root (RFC 6962, section 2.1.1). */
export function isIncluded(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  return isInSubtree(index, 0, size, leaf, proof, root)
}

/** As {@link isIncluded}, in the subtree of the leaves from `start` up to, and without, `end`. */
export function isInSubtree(
  index: number,
  start: number,
  end: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSubtree(start, end) || !isCount(index) || index < start || index >= end) return false
  if (!areHashes([leaf, root, ...proof])) return false
  let at = index - start
  let last = end - start - 1
  let own = leaf
  for (const other of proof) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      own = node(other, own)
      while (!isOdd(at) && at !== 0) {
        at = half(at)
        last = half(last)
      }
    } else own = node(own, other)
    at = half(at)
    last = half(last)
  }
  return last === 0 && same(own, root)
}

/**
 * Whether the tree of `size` leaves with root `newRoot` begins with the tree of its first `old` leaves, whose root is
 * `oldRoot` (RFC 6962, section 2.1.2). False for `old` 0: every tree begins with the empty one, and that proves nothing.
 */
export function isConsistent(
  old: number,
  size: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  return old !== 0 && isConsistentSubtree(0, old, size, oldRoot, newRoot, proof)
}

/** As {@link isConsistent}, for the subtree of the leaves from `start` up to, and without, `end`; an empty one is good. */
export function isConsistentSubtree(
  start: number,
  end: number,
  size: number,
  subtreeRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(start) || !isCount(size) || end > size) return false
  if (start === end) return proof.length === 0 && same(subtreeRoot, empty)
  if (!isSubtree(start, end)) return false
  if (proof.length > 0 && !areHashes([subtreeRoot, root, ...proof])) return false
  let first = start
  let last = end - 1
  let newest = size - 1
  const shift = () => {
    first = half(first)
    last = half(last)
    newest = half(newest)
  }
  if (last === newest) while (first !== last) shift()
  else while (first !== last && isOdd(last)) shift()

  const rest = [...proof]
  const begin = first === last ? subtreeRoot : rest.shift()
  if (begin === undefined) return false
  let ofSubtree = begin
  let ofTree = begin
  for (const other of rest) {
    if (newest === 0) return false
    if (isOdd(last) || last === newest) {
      if (first < last) ofSubtree = node(other, ofSubtree)
      ofTree = node(other, ofTree)
      while (!isOdd(last) && last !== 0) shift()
    } else ofTree = node(ofTree, other)
    shift()
  }
  return newest === 0 && same(ofSubtree, subtreeRoot) && same(ofTree, root)
}

/** What a tree may have as a subtree: it begins at a multiple of the power of two that holds it. */
function isSubtree(start: number, end: number): boolean {
  if (!isCount(start) || !isCount(end) || start >= end) return false
  let width = 1
  while (width < end - start) width *= 2
  return start % width === 0
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** The root of a tree without leaves. */
const empty = hash('sha256', '', 'buffer')

// sizes go beyond 32 bits, where JavaScript's shifts end
const isOdd = (value: number) => value % 2 === 1
const half = (value: number) => Math.floor(value / 2)

function areHashes(all: readonly Uint8Array[]): boolean {
  return all.every((one) => one.length === 32)
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function node(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Uint8Array.of(1), left, right]), 'buffer')
}
