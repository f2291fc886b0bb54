import t, { type Test } from 'tap'
import { bundleParts, type Disclosed } from '../bundle.ts'
import { parsePolicy } from '../check/policy.ts'
import { commitmentOf, disclosureText } from '../commitment.ts'
import { leafHash } from '../merkle/hash.ts'
import { lineOf } from '../seal/line.ts'
import { readLines } from '../seal/segments.ts'
import { SealStore } from '../seal/store.ts'
import { headOf, logSigner, newFolder } from '../seal/try.fixture.ts'
import { auditBundle } from './bundle.ts'
import { auditExit, auditLines } from './verdict.ts'

const policy = parsePolicy(`log ${logSigner.vkey}\nquorum none`)

const salt = (n: number) => Buffer.alloc(32, n + 1)
const value = (n: number) => ({ text: `für Anna, ${n}` })
const disclosedOf = (n: number): Disclosed => ({
  commitment: commitmentOf(value(n), salt(n)),
  text: disclosureText(value(n), salt(n)),
})

/** A bundle of five entries, each of which commits to a value; these are disclosed. */
function bundleWith(t: Test, disclosed: readonly Disclosed[]): string {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  let { prev } = store
  const lines = Array.from({ length: 5 }, (_, n) => {
    const body = `{"args":{"$commitment":"${disclosedOf(n).commitment}"},"n":${n}}`
    const line = lineOf(prev, n, body, String(n + 1))
    prev = leafHash(Buffer.from(line))
    return line
  })
  store.append(lines)
  const { note } = headOf(store)
  const head = { origin: logSigner.name, from: 0, to: 5, size: 5 }
  const parts = bundleParts(
    head,
    readLines(`${folder}/segments`, 0, 5),
    note,
    (range) => store.hashOf(range),
    () => disclosed,
  )
  const text = Array.from(parts, (part) => part.toString()).join('')
  store.close()
  return text
}

const audit = (bundle: string | Buffer) =>
  auditBundle([Buffer.from(bundle)], { policy, strict: true, name: 'a.ifw.ndjson' })

void t.test(
  'values that are disclosed are seen to be what was recorded, and the others are counted',
  async (t) => {
    t.match(await audit(bundleWith(t, [])), { ok: true, redacted: 5 })
    t.match(await audit(bundleWith(t, [disclosedOf(1), disclosedOf(3)])), { ok: true, redacted: 3 })
  },
)

void t.test(
  'a value that is not what was recorded has a verdict and an exit code of its own',
  async (t) => {
    const good = disclosedOf(1)
    const other = disclosureText(value(2), salt(1))
    for (const [disclosed, detail] of [
      [[{ ...good, text: other }], /not what .* commits to/],
      [[disclosedOf(7)], /no line commits to/],
      [[good, good], /disclosed twice/],
      [[{ ...good, text: '{"salt":"AAAA","value":1}' }], /not what .* commits to/],
    ] as const) {
      const verdict = await audit(bundleWith(t, disclosed))
      t.match(verdict, { ok: false, fault: 'disclosure', detail })
      t.match(
        auditLines(verdict).find(([word]) => word === 'REDACTED')?.[1],
        /^NOT WHAT WAS RECORDED/,
      )
    }
    t.equal(auditExit.disclosure, 11)
  },
)

void t.test('no bit of what is disclosed can be changed unnoticed', async (t) => {
  const good = Buffer.from(bundleWith(t, [disclosedOf(0), disclosedOf(4)]))
  const from = good.indexOf('{"disclosed"')
  t.ok((await audit(good)).ok, 'control')
  let unseen = 0
  for (let at = from; at < good.length; at++)
    for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ bit
      if ((await audit(bad)).ok) unseen++
    }
  t.equal(unseen, 0, `${good.length - from} bytes, each bit`)
})
