import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditBundle } from '../../witness/audit/bundle.ts'
import { parsePolicy } from '../../witness/check/policy.ts'
import { publish, seal, signHead } from '../../witness/seal/sealer.ts'
import { SealStore } from '../../witness/seal/store.ts'
import { logSigner } from '../../witness/seal/try.fixture.ts'
import { exportUrl } from './export-url.ts'
import { exportBundle } from './export.ts'
import { serveSealed } from '../served.contract.ts'

/** More than a batch, and a part of a tile. */
const size = 5000
const begin = 1_795_000_000_000

/** A served log with an entry a second. */
async function served(t: Test) {
  const data = mkdtempSync(join(tmpdir(), 'infra-served-'))
  t.teardown(() => rmSync(data, { recursive: true, force: true }))
  const witness = join(data, 'witness')
  const store = new SealStore(witness)
  const entries = Array.from({ length: size }, (_, i) => ({
    rid: String(i + 1),
    body: `{"at":${begin + 1000 * i},"event":{"name":"ü${i}","type":"Pressed"},"hprev":"","hseq":${i + 1},"hub":"a"}`,
  }))
  seal(store, entries)
  publish(store, signHead(store, logSigner), [])
  store.close()
  return { data, witness, out: join(data, 'out.ifw.ndjson'), ...(await serveSealed(t, witness)) }
}

const all = { from: null, to: null, around: null }

void t.test(
  'a bundle of what a hub serves is that of its folder, and the hub is told who read',
  async (t) => {
    const { data, url, reads } = await served(t)
    let out = ''
    const iso = (second: number) => new Date(begin + 1000 * second).toISOString()
    for (const part of [all, { ...all, from: iso(600), to: iso(700) }, { ...all, from: '4000' }]) {
      out = join(data, `${String(part.from)}.ifw.ndjson`)
      const done = await exportUrl(url, null, { ...part, out })
      const beside = `${out}.beside`
      const own = await exportBundle({ ...part, data, out: beside })
      t.same(done, own)
      t.ok(readFileSync(out).equals(readFileSync(beside)), 'byte for byte')
    }
    const verdict = await auditBundle([readFileSync(out)], {
      policy: parsePolicy(`log ${logSigner.vkey}\nquorum none`),
      strict: true,
      name: out,
    })
    t.match(verdict, { ok: true, from: 3999, to: size })
    t.match(reads[0], {
      actor: { type: 'api', id: 'local' },
      route: 'tiles',
      from: '$0',
      to: '$255',
    })
    t.match(reads.at(-1), { to: `$${size - 1}` })
  },
)

void t.test('what a hub serves and did not sign makes no bundle', async (t) => {
  const { witness, url, out } = await served(t)
  const segment = join(witness, 'segments', '000000.ndjson')
  const good = readFileSync(segment, 'utf8')
  writeFileSync(segment, good.replace('ü77"', 'ö77"'))
  await t.rejects(exportUrl(url, null, { ...all, out }), /is not what was signed/)
  t.throws(() => readFileSync(out), { code: 'ENOENT' })
  writeFileSync(segment, good)
  t.match(await exportUrl(url, null, { ...all, out }), { from: 0, to: size }, 'control')
})

void t.test('who asks wrongly is told what to do', async (t) => {
  const { witness, url, out } = await served(t)
  await t.rejects(exportUrl(url, null, { ...all, from: '9999999', out }), /9999999 is not sealed/)
  await t.rejects(exportUrl('http://127.0.0.1:9', null, { ...all, out }), /nobody answers at/)
  rmSync(join(witness, 'checkpoint'))
  await t.rejects(exportUrl(url, null, { ...all, out }), /nothing is signed at .* yet/)
})
