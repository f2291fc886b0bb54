import fc from 'fast-check'
import t, { type Test } from 'tap'
import { bundleParts } from '../bundle.ts'
import { parsePolicy } from '../check/policy.ts'
import { cosignatureLine } from '../sign/note.ts'
import { newKey, parseKey } from '../sign/key.ts'
import { SealStore } from '../seal/store.ts'
import { readLines } from '../seal/segments.ts'
import { headOf, logSigner, newFolder, sealEntries } from '../seal/try.fixture.ts'
import { auditBundle } from './bundle.ts'

const witness = parseKey(newKey('auditor.example/w1', 'witness'))
const policy = parsePolicy(`log ${logSigner.vkey}\nwitness w1 ${witness.vkey}\nquorum w1`)

/** Bundles of a log of `size` lines. */
function bundles(t: Test, size: number) {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, size)
  const { text, note } = headOf(store)
  store.close()
  return (from: number, to: number) =>
    Buffer.concat(
      [
        ...bundleParts(
          { origin: logSigner.name, from, to, size },
          readLines(`${folder}/segments`, from, to),
          note + cosignatureLine(witness, text, 1_795_000_000),
          (range) => store.hashOf(range),
        ),
      ].map((part) => Buffer.from(part)),
    )
}

const audit = (bytes: Buffer, strict = false) =>
  auditBundle([bytes], { policy, strict, name: 'a.ifw.ndjson' })

void t.test('every part of a log proves its place in the whole', async (t) => {
  const size = 37
  const bundle = bundles(t, size)
  let good = 0
  for (let from = 0; from <= size; from++)
    for (let to = from; to <= size; to++) {
      const verdict = await audit(bundle(from, to))
      if (verdict.ok && verdict.from === from && verdict.to === to && verdict.sealed?.size === size)
        good++
    }
  t.equal(good, ((size + 1) * (size + 2)) / 2)
})

void t.test('however its bytes come, the verdict is the same', async () => {
  const bytes = bundles(t, 50)(7, 44)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
      return (await auditBundle(chunks, { policy, strict: true, name: 'x' })).ok
    }),
    { numRuns: 50 },
  )
})

void t.test('a bundle that was cut, or has more than it says, is not good', async (t) => {
  const good = bundles(t, 60)(10, 50)
  let unseen = 0
  for (let end = 0; end < good.length; end += 7)
    if ((await audit(good.subarray(0, end))).ok) unseen++
  t.equal(unseen, 0)
  t.match(await audit(Buffer.concat([good, Buffer.from('{"end":true,"lines":40}\n')])), {
    fault: 'unreadable',
  })
  t.match(await audit(Buffer.concat([good, Buffer.from('x')])), { fault: 'truncated' })
  t.match(await audit(Buffer.alloc(0)), { fault: 'unreadable' })
})

void t.test('forged hashes of what is not there, and another size, are seen', async (t) => {
  const good = bundles(t, 60)(10, 50).toString()
  const [first = '', ...rest] = good.split('\n')
  const head = JSON.parse(first) as { left: string[]; right: string[]; size: number }
  const forged = (change: Partial<typeof head>) =>
    audit(Buffer.from([JSON.stringify({ ...head, ...change }), ...rest].join('\n')))
  const zero = Buffer.alloc(32).toString('base64')
  t.match(await forged({ left: head.left.with(0, zero) }), { fault: 'root' })
  t.match(await forged({ right: head.right.with(0, zero) }), { fault: 'root' })
  t.match(await forged({ left: [] }), { fault: 'unreadable' })
  t.match(await forged({ size: 61 }), { fault: 'unreadable' })
  t.match(await forged({}), { ok: true }, 'control')
})

void t.test('bytes without an end are no bundle, and are not gathered', async (t) => {
  const good = bundles(t, 60)(10, 50)
  let asked = 0
  function* endless(first: Buffer) {
    yield first
    for (const chunk = Buffer.alloc(64 * 1024, 'x'); asked < 100; asked++) yield chunk
  }
  for (const first of [Buffer.alloc(0), good.subarray(0, good.length - 30)]) {
    asked = 0
    const verdict = await auditBundle(endless(first), { policy, strict: false, name: 'a' })
    t.match(verdict, { ok: false, fault: 'unreadable', detail: /too long/ })
    t.ok(asked < 10, `${asked} chunks were read`)
  }
})

void t.test('a head that the auditor has from elsewhere must be of the same history', async (t) => {
  const headAt = (size: number, word?: string) => {
    const store = new SealStore(newFolder(t))
    sealEntries(store, 0, size, word)
    store.close()
    return [{ name: 'elsewhere', note: Buffer.from(headOf(store).note) }]
  }
  const bundle = bundles(t, 60)(10, 50)
  const found = async (heads: ReturnType<typeof headAt>) =>
    auditBundle([bundle], { policy, strict: false, name: 'a', heads })
  for (const size of [10, 11, 30, 50, 60]) {
    t.match(await found(headAt(size)), { ok: true, heads: 2, sealed: { size: 60 } }, `${size}`)
    t.match(await found(headAt(size, 'other')), { fault: 'root' }, `another history, ${size}`)
  }
  t.match(await found(headAt(61)), { fault: 'truncated', detail: /61 lines/ })
  for (const size of [9, 51])
    t.match(await found(headAt(size)), { fault: 'unreadable', detail: /cannot be compared/ })
  t.match(await found([{ name: 'elsewhere', note: Buffer.from('x') }]), {
    fault: 'unreadable',
    detail: /^elsewhere: /,
  })
})

void t.test('whatever a stranger sends as a bundle has a verdict, and never a crash', async () => {
  const parts = fc.constantFrom(
    '{"ifw":1',
    '{"end":true,"lines":0}',
    '\n',
    '{"checkpoint":"x"}',
    '{"$prev":"',
    '"',
    '}',
    '[',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(parts).map((all) => Buffer.from(all.join(''))),
      ),
      async (bytes) => !(await audit(Buffer.from(bytes))).ok,
    ),
    { numRuns: 1000 },
  )
})
