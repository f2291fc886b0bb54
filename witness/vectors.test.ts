import { readFileSync } from 'node:fs'
import t from 'tap'
import { canonical, type Canonical } from './canonical.ts'
import { strictFault } from './audit/strict.ts'
import { parseCheckpoint, verifyCheckpoint } from './check/checkpoint.ts'
import { NoteError } from './check/note.ts'
import { isConsistent, isIncluded } from './check/proof.ts'
import { parseVkey } from './check/vkey.ts'
import { append, emptyFrontier, rootOf } from './merkle/frontier.ts'
import { leafHash } from './merkle/hash.ts'
import { parseKey } from './sign/key.ts'
import { cosignatureLine, signatureLine } from './sign/note.ts'

// Vectors of our own, made by another path: witness/fixtures/vectors.py says how.

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'))
const bytes = (base64: string) => Buffer.from(base64, 'base64')

interface Proven {
  readonly what: string
  readonly size: number
  readonly root: string
  readonly proof: readonly string[]
  readonly good: boolean
}

interface Trees {
  readonly leaves: readonly string[]
  readonly roots: readonly { readonly size: number; readonly root: string }[]
  readonly inclusion: readonly (Proven & { readonly index: number; readonly leaf: string })[]
  readonly consistency: readonly (Proven & { readonly old: number; readonly oldRoot: string })[]
}

void t.test('trees and proofs, with what somebody did to them', async (t) => {
  const { leaves, roots, inclusion, consistency } = read('rfc6962.json') as Trees
  let frontier = emptyFrontier
  for (const { size, root } of roots) {
    t.equal(rootOf(frontier).toString('base64'), root, `the root of ${size}`)
    frontier = append(frontier, leafHash(Buffer.from(leaves[size] ?? ''))).frontier
  }
  for (const { what, index, size, leaf, root, proof, good } of inclusion)
    t.equal(
      isIncluded(index, size, bytes(leaf), proof.map(bytes), bytes(root)),
      good,
      `leaf ${index} of ${size}: ${what}`,
    )
  for (const { what, old, size, oldRoot, root, proof, good } of consistency)
    t.equal(
      isConsistent(old, size, bytes(oldRoot), bytes(root), proof.map(bytes)),
      good,
      `${old} of ${size}: ${what}`,
    )
  const counts = [inclusion, consistency].map((all) => all.filter(({ good }) => good).length)
  t.same([roots.length, ...counts], [34, 9, 9], 'control: all of them were there')
  t.ok(inclusion.length + consistency.length > 200, 'control: and what was done to them')
})

void t.test('canonical JSON', async (t) => {
  const cases = read('jcs.json') as readonly { readonly input: string; readonly output: string }[]
  for (const [i, { input, output }] of cases.entries()) {
    t.equal(canonical(JSON.parse(input) as Canonical), output, `text ${i}`)
    const line = Buffer.from(`\n${output}`)
    t.equal(strictFault(line, 1, line.length, 0), null, `text ${i} is its own form`)
    const other = Buffer.from(`\n${input}`)
    t.equal(strictFault(other, 1, other.length, 0) === null, input === output, `what text ${i} was`)
  }
  t.equal(cases.length, 17, 'control')
})

interface Notes {
  readonly log: { readonly vkey: string; readonly private: string }
  readonly witness: { readonly vkey: string; readonly private: string }
  readonly text: string
  readonly at: number
  readonly signed: string
  readonly cosigned: string
  readonly notes: readonly {
    readonly what: string
    readonly note: string
    readonly good: boolean
  }[]
}

void t.test('signed notes that openssl signed, with what somebody did to them', async (t) => {
  const { log, witness, text, at, signed, cosigned, notes } = read('note.json') as Notes
  const [signer, cosigner] = [log, witness].map((one) => parseKey(one.private))
  if (signer === undefined || cosigner === undefined) throw new Error('two keys')
  t.same([signer.vkey, cosigner.vkey], [log.vkey, witness.vkey])
  t.equal(signatureLine(signer, text), signed, 'the same bytes are signed here')
  t.equal(cosignatureLine(cosigner, text, at), cosigned, 'and cosigned')
  const keys = [log, witness].map(({ vkey }) => parseVkey(vkey))
  for (const { what, note, good } of notes) t.equal(isWhole(note, keys), good, what)
  t.ok(notes.some(({ good }) => good) && notes.length === 14, 'control')
})

/** The log's signature and the witness's are there, and both are good. */
function isWhole(note: string, keys: Parameters<typeof verifyCheckpoint>[1]): boolean {
  try {
    return verifyCheckpoint(parseCheckpoint(Buffer.from(note)), keys).witnesses.length === 1
  } catch (error) {
    if (error instanceof NoteError) return false
    throw error
  }
}
