import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { isConsistent, isConsistentSubtree, isIncluded, isInSubtree } from '../check/proof.ts'
import { append, emptyFrontier, rootOf, type Frontier } from './frontier.ts'
import { emptyRoot, leafHash, nodeHash } from './hash.ts'
import { consistencyPath, fullNodes, inclusionPath, type Range } from './proof.ts'

/** A tree with every full node at hand, as tiles have them. */
function treeOf(size: number) {
  const nodes = new Map<string, Buffer>()
  const frontiers: Frontier[] = [emptyFrontier]
  for (let i = 0; i < size; i++) {
    const { frontier, nodes: made } = append(frontiers[i] ?? emptyFrontier, leafHash(leafOf(i)))
    frontiers.push(frontier)
    for (const { level, index, hash } of made) nodes.set(`${level}/${index}`, hash)
  }
  const hashOf = (range: Range): Buffer =>
    fullNodes(range)
      .map(({ level, index }) => nodes.get(`${level}/${index}`) ?? emptyRoot)
      .reduceRight((right, left) => nodeHash(left, right))
  return { rootAt: (at: number) => rootOf(frontiers[at] ?? emptyFrontier), hashOf }
}

const leafOf = (index: number) => Buffer.from(`entry ${index}`)

/** RFC 6962's definition, word for word: slow, and not the way the code goes. */
function defined(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return emptyRoot
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return leafHash(only)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(defined(leaves.slice(0, split)), defined(leaves.slice(split)))
}

void t.test('the roots of RFC 6962’s own definition, and the published test data', async (t) => {
  const { rootAt } = treeOf(100)
  for (let size = 0; size <= 100; size++)
    t.same(rootAt(size), defined(Array.from({ length: size }, (_, i) => leafOf(i))))
  // the eight leaves of the Certificate Transparency reference tests
  const hex = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
  let frontier = emptyFrontier
  for (const leaf of hex) ({ frontier } = append(frontier, leafHash(Buffer.from(leaf, 'hex'))))
  t.equal(
    rootOf(frontier).toString('hex'),
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  )
  t.equal(
    emptyRoot.toString('hex'),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
})

void t.test('every leaf of every small tree is proven, and no other', async (t) => {
  const { rootAt, hashOf } = treeOf(40)
  let proven = 0
  let refused = 0
  for (let size = 1; size <= 40; size++)
    for (let index = 0; index < size; index++) {
      const proof = inclusionPath(index, size).map(hashOf)
      const leaf = leafHash(leafOf(index))
      if (isIncluded(index, size, leaf, proof, rootAt(size))) proven++
      for (const [i, s, l] of [
        [index + 1, size, leaf],
        [index, size, leafHash(leafOf(index + 1))],
      ] as const)
        if (!isIncluded(i, s, l, proof, rootAt(size))) refused++
    }
  t.equal(proven, 820)
  t.equal(refused, 1640)
  t.throws(() => inclusionPath(3, 3), RangeError)
})

void t.test('every small tree begins with each smaller one, and with no other', async (t) => {
  const { rootAt, hashOf } = treeOf(40)
  let proven = 0
  let refused = 0
  for (let size = 1; size <= 40; size++)
    for (let old = 1; old <= size; old++) {
      const proof = consistencyPath(old, size).map(hashOf)
      if (isConsistent(old, size, rootAt(old), rootAt(size), proof)) proven++
      if (!isConsistent(old, size, rootAt(old - 1), rootAt(size), proof)) refused++
    }
  t.equal(proven, 820)
  t.equal(refused, 820)
  t.throws(() => consistencyPath(4, 3), RangeError)
})

void t.test('a changed bit, a lost, repeated or swapped hash is no proof', async () => {
  const { rootAt, hashOf } = treeOf(300)
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 300 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('flip', 'drop', 'repeat', 'swap'),
      (size, leafSeed, placeSeed, how) => {
        const index = leafSeed % size
        const proof = inclusionPath(index, size).map((range): Buffer => Buffer.from(hashOf(range)))
        const at = placeSeed % proof.length
        const hash = proof[at] ?? emptyRoot
        if (how === 'flip') hash[placeSeed % 32] = (hash[placeSeed % 32] ?? 0) ^ 1
        else if (how === 'drop') proof.splice(at, 1)
        else if (how === 'repeat') proof.splice(at, 0, hash)
        else if (proof.length > 1) {
          const next = (at + 1) % proof.length
          proof[at] = proof[next] ?? emptyRoot
          proof[next] = hash
        } else return true
        return !isIncluded(index, size, leafHash(leafOf(index)), proof, rootAt(size))
      },
    ),
  )
})

const vectors = new URL('../../../shared/vectors/rfc6962/', import.meta.url)
const missing = existsSync(vectors)
  ? {}
  : { skip: 'the public vectors are not beside the repository' }

void t.test('the public vectors with their mutations', missing, async (t) => {
  const counts = { good: 0, bad: 0 }
  for (const path of readdirSync(vectors, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.json')) continue
    const vector = JSON.parse(readFileSync(new URL(path, vectors), 'utf8')) as Vector
    counts[vector.wantErr ? 'bad' : 'good']++
    t.equal(holds(path.split('/')[0] ?? '', vector), !vector.wantErr, `${path}: ${vector.desc}`)
  }
  t.same(counts, { good: 36, bad: 482 }, 'control: all of them were there')
})

interface Vector {
  readonly desc: string
  readonly wantErr: boolean
  readonly proof: readonly string[] | null
  readonly [member: string]: unknown
}

function holds(kind: string, vector: Vector): boolean {
  const proof = (vector.proof ?? []).map(bytes)
  const n = (member: string) => Number(vector[member])
  const h = (member: string) => bytes(String(vector[member]))
  switch (kind) {
    case 'inclusion':
      return isIncluded(n('leafIdx'), n('treeSize'), h('leafHash'), proof, h('root'))
    case 'consistency':
      return isConsistent(n('size1'), n('size2'), h('root1'), h('root2'), proof)
    case 'subtreeinclusion':
      return isInSubtree(n('leafIdx'), n('start'), n('end'), h('leafHash'), proof, h('root'))
    default:
      return isConsistentSubtree(n('start'), n('end'), n('size'), h('root1'), h('root2'), proof)
  }
}

const bytes = (base64: string) => Buffer.from(base64, 'base64')
