import { hash } from 'node:crypto'
import t, { type Test } from 'tap'
import { parsePolicy } from '../check/policy.ts'
import { isTlogProof, parseTlogProof } from '../check/tlog-proof.ts'
import { inclusionPath } from '../merkle/proof.ts'
import { readLines } from '../seal/segments.ts'
import { SealStore } from '../seal/store.ts'
import { headOf, logSigner, newFolder, sealEntries } from '../seal/try.fixture.ts'
import { newKey, parseKey } from '../sign/key.ts'
import { cosignatureLine } from '../sign/note.ts'
import { tlogProof } from '../tlog-proof.ts'
import { auditProof } from './proof.ts'

const witness = parseKey(newKey('auditor.example/w1', 'witness'))
const log = parsePolicy(`log ${logSigner.vkey}\nquorum none`)
const both = parsePolicy(`log ${logSigner.vkey}\nwitness w1 ${witness.vkey}\nquorum w1`)

/** Proofs of a log of `size` lines, and the lines. */
function proofs(t: Test, size: number) {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, size)
  const { note, text } = headOf(store)
  store.close()
  const lines = [...readLines(`${folder}/segments`, 0, size)]
  const proofOf = (index: number, signatures = '') =>
    tlogProof(
      index,
      inclusionPath(index, size).map((range) => store.hashOf(range)),
      note + signatures,
    )
  return { lines, proofOf, note, text }
}

const judge = (proof: string, line: Uint8Array, policy = log) =>
  auditProof(Buffer.from(proof), line, { policy, manifest: null })

// by hand, without the code that writes it: the form of C2SP's tlog-proof.md
void t.test('a proof has the bytes that C2SP asks for', async (t) => {
  const { lines, proofOf, note } = proofs(t, 3)
  const leaf = (line: Uint8Array | undefined) =>
    hash('sha256', Buffer.concat([Uint8Array.of(0), line ?? Buffer.alloc(0)]), 'buffer')
  const [a, b, c] = lines.map(leaf)
  const over = (x: Buffer, y: Buffer) =>
    hash('sha256', Buffer.concat([Uint8Array.of(1), x, y]), 'base64')
  if (a === undefined || b === undefined || c === undefined) throw new Error('three lines')
  t.equal(
    proofOf(1),
    `c2sp.org/tlog-proof@v1\nindex 1\n${a.toString('base64')}\n${c.toString('base64')}\n\n${note}`,
  )
  t.equal(proofOf(2), `c2sp.org/tlog-proof@v1\nindex 2\n${over(a, b)}\n\n${note}`)
  t.equal(
    proofs(t, 1).proofOf(0).split('\n').slice(0, 3).join('|'),
    'c2sp.org/tlog-proof@v1|index 0|',
  )
  t.ok(isTlogProof(Buffer.from(proofOf(0))))
  t.notOk(isTlogProof(Buffer.from(note)), 'control')
})

void t.test('every line of a log is proven, and by no other proof', async (t) => {
  const { lines, proofOf } = proofs(t, 23)
  let good = 0
  let bad = 0
  for (const [i, line] of lines.entries())
    for (let j = 0; j < lines.length; j++) {
      const { ok, fault, from, to } = judge(proofOf(j), line)
      if (ok && i === j && from === i && to === i + 1) good++
      if (fault === 'integrity' && i !== j) bad++
    }
  t.same([good, bad], [23, 23 * 22])
})

void t.test('no changed byte of a proof proves the line', async (t) => {
  const { lines, proofOf } = proofs(t, 9)
  const proof = Buffer.from(proofOf(4))
  const [line] = lines.slice(4)
  if (line === undefined) throw new Error('nine lines')
  t.ok(judge(proof.toString(), line).ok, 'control')
  const missed: number[] = []
  for (let at = 0; at < proof.length; at++) {
    const changed = Buffer.from(proof)
    changed[at] = (changed[at] ?? 0) ^ 1
    if (auditProof(changed, line, { policy: log, manifest: null }).ok) missed.push(at)
  }
  t.same(missed, [])
  const other = Buffer.from(line)
  other[20] = (other[20] ?? 0) ^ 1
  t.equal(auditProof(proof, other, { policy: log, manifest: null }).fault, 'integrity')
})

void t.test('who signed counts: only the keys that the auditor gives', async (t) => {
  const { lines, proofOf, text } = proofs(t, 5)
  const [line] = lines.slice(2)
  if (line === undefined) throw new Error('five lines')
  const stranger = parsePolicy(`log ${parseKey(newKey('other/log', 'log')).vkey}\nquorum none`)
  t.equal(judge(proofOf(2), line, stranger).fault, 'signature')
  t.equal(judge(proofOf(2), line, both).fault, 'unwitnessed')
  const cosigned = judge(proofOf(2, cosignatureLine(witness, text, 1_795_000_000)), line, both)
  t.match(cosigned, { ok: true, witnessed: { by: [{ at: 1_795_000_000 }], isQuorum: true } })
})

void t.test('what is no proof is said to be none', async (t) => {
  const { lines, proofOf, note } = proofs(t, 5)
  const [line] = lines
  if (line === undefined) throw new Error('five lines')
  const good = proofOf(0)
  const bad = [
    '',
    note,
    good.slice(0, 100),
    good.replace('index 0', 'index 00'),
    good.replace('index 0', 'index -1'),
    good.replace('index 0\n', ''),
    good.replace('@v1', '@v2'),
    good.replace(/index 0\n[^\n]{43}=/, 'index 0\nAAAA'),
    good.replace('index 0\n', `index 0\n${`${'A'.repeat(43)}=\n`.repeat(60)}`),
    good.replace('index 0', 'extra not-base64\nindex 0'),
    good + 'x'.repeat(300_000),
  ]
  for (const text of bad)
    t.equal(judge(text, line).fault, 'unreadable', JSON.stringify(text.slice(0, 80)))
  t.equal(
    auditProof(Uint8Array.of(0xff, 0xfe), line, { policy: log, manifest: null }).fault,
    'unreadable',
  )
  const extra = good.replace('index 0', 'extra aGVsbG8=\nindex 0')
  t.ok(judge(extra, line).ok, 'control: what somebody adds as extra changes nothing')
  t.equal(parseTlogProof(Buffer.from(extra)).index, 0)
})
