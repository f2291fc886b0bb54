import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { LineChain } from '../audit/lines.ts'
import { addPeaks, noPeaks, rootOf as auditRoot } from '../audit/peaks.ts'
import { isConsistent, isIncluded } from '../check/proof.ts'
import { append, appendAll, emptyFrontier, rootOf } from './frontier.ts'
import { consistencyPath, fullNodes, inclusionPath, type Range } from './proof.ts'

// The tree, its proofs and the verifier's tree against RFC 6962's definitions, word for word, with nothing of ours: slow,
// and remembered.

const most = 300
const sha256 = (...parts: readonly (Uint8Array | string)[]) =>
  parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest()
const leaves = Array.from({ length: most }, (_, i) => sha256(Uint8Array.of(0), `entry ${i}`))

const known = new Map<string, Buffer>()
/** MTH over the leaves from `start` up to, and without, `end` (RFC 6962, section 2.1). */
function mth(start: number, end: number): Buffer {
  const key = `${start} ${end}`
  const found = known.get(key)
  if (found !== undefined) return found
  const count = end - start
  const middle = start + split(count)
  const own =
    count === 0
      ? sha256('')
      : count === 1
        ? (leaves[start] ?? sha256(''))
        : sha256(Uint8Array.of(1), mth(start, middle), mth(middle, end))
  known.set(key, own)
  return own
}

/** The largest power of two smaller than `count`. */
function split(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

/** PATH(m, D[n]) (RFC 6962, section 2.1.1), for D from `start` on. */
function path(m: number, start: number, end: number): readonly Buffer[] {
  const count = end - start
  if (count === 1) return []
  const k = split(count)
  return m < k
    ? [...path(m, start, start + k), mth(start + k, end)]
    : [...path(m - k, start + k, end), mth(start, start + k)]
}

/** SUBPROOF(m, D[n], b) (RFC 6962, section 2.1.2), for D from `start` on. */
function subproof(m: number, start: number, end: number, b: boolean): readonly Buffer[] {
  const count = end - start
  if (m === count) return b ? [] : [mth(start, end)]
  const k = split(count)
  return m <= k
    ? [...subproof(m, start, start + k, b), mth(start + k, end)]
    : [...subproof(m - k, start + k, end, false), mth(start, start + k)]
}

const hex = (all: readonly Uint8Array[]) =>
  all.map((one) => Buffer.from(one).toString('hex')).join()
const hashOf = ({ start, end }: Range) => mth(start, end)

void t.test(`every tree of up to ${most} leaves is the one that is defined`, async (t) => {
  let frontier = emptyFrontier
  const wrong: number[] = []
  for (let size = 0; size <= most; size++) {
    if (!rootOf(frontier).equals(mth(0, size))) wrong.push(size)
    const leaf = leaves[size]
    if (leaf !== undefined) ({ frontier } = append(frontier, leaf))
  }
  t.same(wrong, [])
})

void t.test('every proof of inclusion in them is the one that is defined, and holds', async (t) => {
  let proofs = 0
  const wrong: unknown[] = []
  for (let size = 1; size <= most; size++)
    for (let index = 0; index < size; index++, proofs++) {
      const proof = path(index, 0, size)
      const leaf = leaves[index] ?? sha256('')
      if (hex(inclusionPath(index, size).map(hashOf)) !== hex(proof)) wrong.push({ index, size })
      if (!isIncluded(index, size, leaf, proof, mth(0, size)))
        wrong.push({ index, size, held: false })
    }
  t.same(wrong.slice(0, 3), [], `${proofs} proofs`)
})

void t.test('every proof of consistency between them, too', async (t) => {
  let proofs = 0
  const wrong: unknown[] = []
  for (let size = 1; size <= most; size++)
    for (let old = 1; old <= size; old++, proofs++) {
      const proof = subproof(old, 0, size, true)
      if (hex(consistencyPath(old, size).map(hashOf)) !== hex(proof)) wrong.push({ old, size })
      if (!isConsistent(old, size, mth(0, old), mth(0, size), proof))
        wrong.push({ old, size, held: false })
    }
  t.same(wrong.slice(0, 3), [], `${proofs} proofs`)
})

void t.test('no proof holds for another place, another size or another hash', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: most }).chain((size) =>
        fc.record({
          size: fc.constant(size),
          index: fc.nat(size - 1),
          other: fc.nat(most),
          otherSize: fc.integer({ min: 1, max: most }),
          at: fc.nat(20),
          bit: fc.nat(255),
        }),
      ),
      ({ size, index, other, otherSize, at, bit }) => {
        const proof = path(index, 0, size)
        const leaf = leaves[index] ?? sha256('')
        const root = mth(0, size)
        if (other !== index && isIncluded(other, size, leaf, proof, root)) return false
        // the same path may be one of another size: then the roots differ
        if (otherSize !== size && isIncluded(index, otherSize, leaf, proof, mth(0, otherSize)))
          return false
        const changed = proof.map((one, i) => (i === at % proof.length ? flip(one, bit) : one))
        return proof.length === 0 || !isIncluded(index, size, leaf, changed, root)
      },
    ),
    { numRuns: 3000, interruptAfterTimeLimit: 10_000 },
  )
})

function flip(bytes: Buffer, bit: number): Buffer {
  const other = Buffer.from(bytes)
  other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return other
}

void t.test(
  'however the leaves come, many at once or one by one, it is the same tree',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.nat(most), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), most]
        let frontier = emptyFrontier
        for (const [i, from] of at.entries()) {
          const { frontier: next, nodes } = appendAll(
            frontier,
            leaves.slice(from, at[i + 1] ?? most),
          )
          frontier = next
          for (const { level, index, hash } of nodes)
            if (!hash.equals(mth(index * 2 ** level, (index + 1) * 2 ** level))) return false
        }
        return frontier.size === most && rootOf(frontier).equals(mth(0, most))
      }),
      { numRuns: 200, interruptAfterTimeLimit: 10_000 },
    )
  },
)

/** Sealed lines as they would be from number `first` on, and their leaves. */
function linesFrom(first: number, count: number) {
  let prev = Buffer.alloc(32, 7).toString('base64')
  return Array.from({ length: count }, (_, i) => {
    const line = Buffer.from(`{"$prev":"${prev}","$seq":${first + i},"body":{},"rid":"${i}"}`)
    const leaf = sha256(Uint8Array.of(0), line)
    prev = leaf.toString('base64')
    return { line, leaf }
  })
}

void t.test(
  'the verifier’s tree over lines is the same, file by file and whatever their numbers',
  async (t) => {
    for (const first of [0, 8, 96, 992, 65_536, 131_072, 9_999_936, 999_999_999_936]) {
      const lines = linesFrom(first, 130)
      const chain = new LineChain(first, null)
      for (const { line } of lines) {
        const bytes = Buffer.concat([Uint8Array.of(10), line])
        t.equal(chain.push(bytes, 1, bytes.length), null)
      }
      t.equal(chain.seq, first + 130)
      t.equal(chain.newest, lines.at(-1)?.leaf.toString('base64'))
      const root = appendAll(
        emptyFrontier,
        lines.map(({ leaf }) => leaf),
      ).frontier
      t.equal(auditRoot(chain.peaks()), rootOf(root).toString('base64'), `from ${first} on`)
    }
    t.equal(auditRoot(noPeaks), mth(0, 0).toString('base64'))
  },
)

void t.test('parts of a tree, put together, are the tree', async () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(130), (level, rest) => {
      const width = 2 ** (level + 2)
      const lines = linesFrom(0, width * 2 + Math.min(rest, width))
      const parts = [lines.slice(0, width), lines.slice(width, 2 * width), lines.slice(2 * width)]
      let first = 0
      const peaks = parts.map((part) => {
        const chain = new LineChain(first, null)
        first += part.length
        for (const { line } of part) {
          const bytes = Buffer.concat([Uint8Array.of(10), line])
          chain.push(bytes, 1, bytes.length)
        }
        return chain.peaks()
      })
      const whole = appendAll(
        emptyFrontier,
        lines.map(({ leaf }) => leaf),
      ).frontier
      return auditRoot(peaks.reduce(addPeaks, noPeaks)) === rootOf(whole).toString('base64')
    }),
    { numRuns: 100, interruptAfterTimeLimit: 10_000 },
  )
})

void t.test('the subtrees of a range are those that are defined', async () => {
  fc.assert(
    fc.property(fc.nat(most), fc.nat(most), (a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)]
      const nodes = fullNodes({ start, end })
      let at = start
      for (const { level, index } of nodes) {
        if (index * 2 ** level !== at) return false
        at += 2 ** level
      }
      return at === end
    }),
    { numRuns: 1000 },
  )
})
