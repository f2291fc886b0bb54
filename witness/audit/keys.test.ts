import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { canonical, type Canonical } from '../canonical.ts'
import { keyChangeIn } from '../check/key-change.ts'
import { parseManifest } from '../check/manifest.ts'
import { parsePolicy } from '../check/policy.ts'
import { parseVkey } from '../check/vkey.ts'
import { publish, seal, signHead } from '../seal/sealer.ts'
import { SealStore } from '../seal/store.ts'
import { newFolder } from '../seal/try.fixture.ts'
import { newKey, parseKey, type Signer } from '../sign/key.ts'
import { signKeyChange, type SignedKeyChange } from '../sign/key-change.ts'
import { manifestNote, type ManifestLine } from '../sign/manifest.ts'
import { auditFolder } from './folder.ts'

const origin = 'studio.example/log'
const [old, next, third, thief] = ['a', 'b', 'c', 'd'].map(() => parseKey(newKey(origin, 'log')))
if (old === undefined || next === undefined || third === undefined || thief === undefined)
  throw new Error('there are four')
const root = parseKey(newKey('studio.example/root', 'log'))

const entry = (seq: number, event: unknown) => ({
  rid: String(seq + 1),
  body: canonical({
    at: 1_795_000_000_000 + seq,
    event: event as Canonical,
    hprev: '',
    hseq: seq + 1,
    hub: 'a',
  }),
})
const changed = (change: SignedKeyChange) => ({
  type: 'KeyChanged',
  actor: { type: 'api', id: 'ops' },
  ...change,
})

interface Step {
  /** So many entries, and a head behind them. */
  readonly entries: number
  readonly by: Signer
  /** Their last is a change of the key. */
  readonly change?: SignedKeyChange
}

/** A sealed folder, a head after each step. */
function sealed(t: Test, steps: readonly Step[], word = 'Pressed'): string {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  for (const { entries, by, change } of steps) {
    const from = store.size
    const all = Array.from({ length: entries }, (_, i) => entry(from + i, { type: word }))
    if (change !== undefined) all.splice(-1, 1, entry(from + entries - 1, changed(change)))
    seal(store, all)
    publish(store, signHead(store, by), [])
  }
  store.close()
  return folder
}

const audit = (folder: string, ...keys: readonly Signer[]) =>
  auditFolder(folder, {
    policy: parsePolicy(`${keys.map(({ vkey }) => `log ${vkey}`).join('\n')}\nquorum none`),
    strict: true,
    threads: 1,
    heads: [],
  })

const rotation = (after = 20): readonly Step[] => [
  { entries: 20, by: old },
  { entries: 5, by: old, change: signKeyChange(old, next, after) },
  { entries: 10, by: next },
]

void t.test(
  'who trusts the key of before follows its change, and who trusts the new one knows the old',
  async (t) => {
    const folder = sealed(t, rotation())
    t.match(await audit(folder, old), { ok: true, heads: 4, sealed: { size: 35 } })
    t.match(await audit(folder, next), { ok: true, sealed: { size: 35 } })
    t.match(await audit(folder, old, next), { ok: true })
    t.match(await audit(folder, thief), { fault: 'signature' }, 'control: not of anybody else')
    const plain = sealed(t, [
      { entries: 25, by: old },
      { entries: 10, by: next },
    ])
    t.match(
      await audit(plain, old),
      { fault: 'signature' },
      'control: without the entry nothing follows',
    )
  },
)

void t.test('a key is followed through several changes', async (t) => {
  const folder = sealed(t, [
    ...rotation(),
    { entries: 1, by: next, change: signKeyChange(next, third, 35) },
    { entries: 3, by: third },
  ])
  for (const key of [old, next, third]) t.match(await audit(folder, key), { ok: true, to: 39 })
})

void t.test(
  'old entries that are signed again with a newer key are found, and heads of a key that had its day',
  async (t) => {
    const again = sealed(t, [
      { entries: 20, by: next },
      { entries: 5, by: old, change: signKeyChange(old, next, 20) },
      { entries: 10, by: next },
    ])
    t.match(await audit(again, old), {
      fault: 'signature',
      detail: /head of 20 lines.*signs heads of sizes 26 and up only/,
    })
    const late = sealed(t, [...rotation().slice(0, 2), { entries: 10, by: old }])
    t.match(await audit(late, old), {
      fault: 'signature',
      detail: /head of 35 lines.*signs heads of sizes 0 to 25 only/,
    })
    // all of it made anew by who has the new key alone: there is no head of the old one over it
    const anew = sealed(t, [{ entries: 25, by: thief }, ...rotation().slice(2)], 'Forged')
    rmSync(join(anew, 'checkpoints', '25'))
    t.match(await audit(anew, old), { fault: 'signature' })
  },
)

void t.test('a change counts only where the old key signed the head that has it', async (t) => {
  const folder = sealed(t, rotation())
  const last = join(folder, 'checkpoints', '25')
  renameSync(last, `${last}.kept`)
  t.match(await audit(folder, old), {
    fault: 'signature',
    detail: /signs from size 26 on, and no good head of 25 lines/,
  })
  renameSync(`${last}.kept`, last)
  t.ok((await audit(folder, old)).ok, 'control')
})

void t.test('a change that is not signed by both keys, or stands too early, is none', (t) => {
  const good = changed(signKeyChange(old, next, 20))
  t.match(keyChangeIn(good, 24), { seq: 24, old: { id: old.id }, next: { id: next.id } }, 'control')
  const [byOld, byNext] = good.signatures
  const other = signKeyChange(old, next, 19).signatures
  const wrong: readonly unknown[] = [
    { ...good, signatures: [byNext, byOld] },
    { ...good, signatures: [byOld, byOld] },
    { ...good, signatures: [byOld] },
    { ...good, signatures: other },
    { ...good, after: 19 },
    { ...good, after: -1 },
    { ...good, old: next.vkey },
    { ...good, next: thief.vkey },
    { ...good, type: 'KeyMade' },
    { ...good, signatures: 'both' },
    { ...good, old: 'rubbish' },
    changed(signKeyChange(old, old, 20)),
    null,
    7,
  ]
  for (const one of wrong) t.equal(keyChangeIn(one, 24), null, JSON.stringify(one).slice(0, 60))
  t.equal(keyChangeIn(good, 19), null, 'before the lines that it says it stands behind')
  t.end()
})

void t.test('the text that both keys sign is this one, to the byte', (t) => {
  const texts: string[] = []
  const spy = (signer: Signer): Signer => ({
    ...signer,
    sign: (text) => {
      texts.push(text)
      return signer.sign(text)
    },
  })
  signKeyChange(spy(old), spy(next), 7)
  const expected = `infrafabric key change v1\n${origin}\nold ${old.vkey}\nnew ${next.vkey}\nafter 7\n`
  t.same(texts, [expected, expected])
  t.end()
})

void t.test(
  'with a manifest of the root key exactly its keys count, in their ranges',
  async (t) => {
    const folder = sealed(t, rotation())
    const under = (keys: readonly ManifestLine[], path = folder) =>
      auditFolder(path, {
        policy: parsePolicy('quorum none'),
        manifest: parseManifest(Buffer.from(manifestNote(root, origin, keys)), parseVkey(root.vkey))
          .keys,
        strict: false,
        threads: 1,
        heads: [],
      })
    const line = ({ vkey }: Signer, from: number, to: number | null) => ({ vkey, from, to })
    t.match(await under([line(old, 0, 25), line(next, 26, null)]), {
      ok: true,
      sealed: { size: 35 },
    })
    t.match(await under([line(old, 0, 25), line(next, 26, 35)]), { ok: true })
    t.match(await under([line(old, 0, null)]), { fault: 'signature' }, 'the lines add no key to it')
    t.match(await under([line(old, 0, 24), line(next, 25, null)]), { fault: 'signature' })
    t.match(await under([line(old, 0, 25), line(next, 26, 34)]), { fault: 'signature' })
    // the thief of the new key makes everything anew, and hides what the old one signed
    const forged = sealed(t, [{ entries: 40, by: next }], 'Forged')
    t.match(await under([line(old, 0, 25), line(next, 26, null)], forged), {
      fault: 'signature',
      detail: /no good head of 25 lines/,
    })
    t.match(await under([line(next, 0, null)], forged), { ok: true }, 'control: it is well made')
  },
)

void t.test('a manifest that is none, or of another root, is refused', (t) => {
  const key = parseVkey(root.vkey)
  const good = manifestNote(root, origin, [{ vkey: old.vkey, from: 0, to: 25 }])
  t.match(parseManifest(Buffer.from(good), key), { origin, keys: [{ from: 0, to: 25 }] }, 'control')
  t.equal(
    good.split('\n\n')[0],
    `infrafabric key manifest v1\n${origin}\nkey ${old.vkey} from 0 to 25`,
  )
  const bad: readonly (readonly [string, RegExp])[] = [
    [good.replace('to 25', 'to 26'), /not good/],
    [manifestNote(thief, origin, []), /not signed by the root key/],
    [manifestNote(root, origin, [{ vkey: old.vkey, from: 9, to: 8 }]), /ends before it begins/],
    [manifestNote(root, 'x.example/log', [{ vkey: old.vkey, from: 0, to: 8 }]), /not one of/],
    [
      manifestNote(root, origin, [
        { vkey: old.vkey, from: 0, to: 8 },
        { vkey: old.vkey, from: 9, to: 10 },
      ]),
      /twice/,
    ],
    [manifestNote(root, origin, [{ vkey: old.vkey, from: 0.5, to: 8 }]), /no line of a manifest/],
    ['rubbish', /no signatures/],
  ]
  for (const [text, why] of bad) t.throws(() => parseManifest(Buffer.from(text), key), why)
  t.end()
})

void t.test('a copy of the folder before the change says nothing wrong of it', async (t) => {
  const folder = sealed(t, rotation().slice(0, 1))
  const copy = newFolder(t)
  cpSync(folder, copy, { recursive: true })
  t.ok(existsSync(join(copy, 'checkpoint')))
  t.match(await audit(copy, old), { ok: true, to: 20 })
  t.match(await audit(copy, next), { fault: 'signature' }, 'the new key is not known there yet')
  t.match(readFileSync(join(copy, 'checkpoint'), 'utf8'), /\n20\n/)
})
