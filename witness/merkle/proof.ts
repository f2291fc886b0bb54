/** The leaves from `start` up to, and without, `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf's sibling up
 * (RFC 6962, section 2.1.1). Pure. @throws RangeError where the tree has no such leaf
 */
export function inclusionPath(index: number, size: number): readonly Range[] {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`)
  return pathOf(index, { start: 0, end: size })
}

function pathOf(index: number, { start, end }: Range): readonly Range[] {
  if (end - start === 1) return []
  const middle = start + splitOf(end - start)
  return index < middle
    ? [...pathOf(index, { start, end: middle }), { start: middle, end }]
    : [...pathOf(index, { start: middle, end }), { start, end: middle }]
}

/**
 * The subtrees whose hashes prove that the tree of `size` leaves begins with the tree of its first `old` leaves
 * (RFC 6962, section 2.1.2); none where `old` is 0 or `size`. Pure. @throws RangeError where `old` exceeds `size`
 */
export function consistencyPath(old: number, size: number): readonly Range[] {
  if (!isCount(old) || !isCount(size) || old > size)
    throw new RangeError(`a tree of ${size} leaves does not begin with one of ${old}`)
  return old === 0 ? [] : subproof(old, { start: 0, end: size }, true)
}

/** RFC 6962's SUBPROOF: `isKnown` while the old tree's root is one that the verifier has. */
function subproof(old: number, { start, end }: Range, isKnown: boolean): readonly Range[] {
  if (old === end) return isKnown ? [] : [{ start, end }]
  const middle = start + splitOf(end - start)
  return old <= middle
    ? [...subproof(old, { start, end: middle }, isKnown), { start: middle, end }]
    : [...subproof(old, { start: middle, end }, false), { start, end: middle }]
}

/**
 * The full subtrees that a range of a proof is made of, from left to right: `2 ** level` leaves each, from
 * `index * 2 ** level` on. Their hashes, folded from the right, are the range's. Pure.
 */
export function fullNodes({ start, end }: Range): readonly { level: number; index: number }[] {
  const nodes = []
  let at = start
  while (at < end) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** The largest power of two below `count`: where RFC 6962 splits a tree of more than one leaf. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
