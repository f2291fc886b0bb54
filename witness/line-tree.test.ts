import t from 'tap'
import { isIncluded } from './check/proof.ts'
import { append, emptyFrontier, rootOf } from './merkle/frontier.ts'
import { leafHash } from './merkle/hash.ts'
import { fullNodes, inclusionPath, type Range } from './merkle/proof.ts'
import { hashesOver } from './line-tree.ts'

const size = 41
const leaves = Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`line ${i}`)))
const root = rootOf(
  leaves.reduce((frontier, leaf) => append(frontier, leaf).frontier, emptyFrontier),
)
const whole = hashesOver({ from: 0, to: size, size, left: [], right: [] }, Buffer.concat(leaves))
const full = (range: Range) =>
  fullNodes(range).map(({ level, index }) =>
    whole({ start: index * 2 ** level, end: (index + 1) * 2 ** level }),
  )

void t.test('any part of a log has what proves each of its lines, and the root', async (t) => {
  let proven = 0
  for (let from = 0; from <= size; from++)
    for (let to = from; to <= size; to++) {
      const left = full({ start: 0, end: from })
      const right = full({ start: to, end: size })
      const part = Buffer.concat(leaves.slice(from, to))
      const hashOf = hashesOver({ from, to, size, left, right }, part)
      if (!hashOf({ start: 0, end: size }).equals(root)) t.fail(`the root of ${from} to ${to}`)
      for (let i = from; i < to; i++)
        if (isIncluded(i, size, leaves[i] ?? root, inclusionPath(i, size).map(hashOf), root))
          proven++
    }
  // the sum over all parts of how many lines they have
  t.equal(proven, (size * (size + 1) * (size + 2)) / 6)
})

void t.test('what is not at hand is said, and never made up', async (t) => {
  const left = full({ start: 0, end: 8 })
  const hashOf = hashesOver(
    { from: 8, to: 16, size, left, right: full({ start: 16, end: size }) },
    Buffer.concat(leaves.slice(8, 16)),
  )
  t.throws(() => hashOf({ start: 3, end: 4 }), RangeError)
  t.throws(() => hashOf({ start: 17, end: 18 }), RangeError)
  t.ok(hashOf({ start: 8, end: 9 }).equals(leaves[8] ?? root), 'control: what is there is found')
  const empty = hashesOver({ from: 0, to: 0, size: 0, left: [], right: [] }, Buffer.alloc(0))
  t.equal(empty({ start: 0, end: 0 }).toString('hex').slice(0, 8), 'e3b0c442')
})
