import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from 'node:crypto'
import t, { type Test } from 'tap'
import { parseCheckpoint, verifyCheckpoint } from '../check/checkpoint.ts'
import { parseVkey } from '../check/vkey.ts'
import { newKey, parseKey } from '../sign/key.ts'
import { SealStore } from '../seal/store.ts'
import { headOf, logSigner, newFolder, proofsOf, sealEntries } from '../seal/try.fixture.ts'
import { cosign } from './client.ts'
import { openWitness } from './server.ts'

const witnessSigner = parseKey(newKey('auditor.example/w1', 'witness'))
const key = parseVkey(witnessSigner.vkey)
const log = parseVkey(logSigner.vkey)
const second = 1_795_000_000

async function witnessAt(t: Test, folder = newFolder(t)) {
  const witness = await openWitness({
    signer: witnessSigner,
    logs: [log],
    folder,
    host: '127.0.0.1',
    port: 0,
    now: () => second,
  })
  t.teardown(() => witness.close())
  return { key, url: witness.address, close: () => witness.close() }
}

function storeWith(t: Test, entries: number, word?: string): SealStore {
  const store = new SealStore(newFolder(t))
  t.teardown(() => store.close())
  sealEntries(store, 0, entries, word)
  return store
}

void t.test(
  'a witness cosigns a log as it grows, and its time is in the cosignature',
  async (t) => {
    const witness = await witnessAt(t)
    const store = storeWith(t, 10)
    t.match(await cosign(witness, headOf(store), 0, proofsOf(store)), { ok: true, at: second })
    sealEntries(store, 10, 700)
    const head = headOf(store)
    const cosigned = await cosign(witness, head, 10, proofsOf(store))
    t.match(cosigned, { ok: true })
    const note = parseCheckpoint(Buffer.from(head.note + (cosigned.ok ? cosigned.line : '')))
    t.match(verifyCheckpoint(note, [log, key]), { witnesses: [{ at: second }] })
    t.match(await cosign(witness, head, 700, proofsOf(store)), { ok: true }, 'the same head again')
    const monitored = await fetch(
      `${witness.url}/${hash('sha256', logSigner.name, 'hex')}/checkpoint`,
    )
    t.match(
      verifyCheckpoint(parseCheckpoint(Buffer.from(await monitored.arrayBuffer())), [log, key]),
      {
        witnesses: [{ at: second }],
      },
    )
  },
)

void t.test(
  'a log that has forgotten what the witness cosigned is told so, and goes on from there',
  async (t) => {
    const witness = await witnessAt(t)
    const store = storeWith(t, 300)
    await cosign(witness, headOf(store), 0, proofsOf(store))
    sealEntries(store, 300, 301)
    t.match(await cosign(witness, headOf(store), 0, proofsOf(store)), { ok: true })
  },
)

void t.test('a log that was set back, and two heads of one size, are seen', async (t) => {
  const witness = await witnessAt(t)
  const store = storeWith(t, 300)
  t.match(await cosign(witness, headOf(store), 0, proofsOf(store)), { ok: true }, 'control')
  const restored = storeWith(t, 200)
  t.match(await cosign(witness, headOf(restored), 200, proofsOf(restored)), {
    ok: false,
    fault: 'ahead',
    detail: /300 lines, and here are 200/,
  })
  const other = storeWith(t, 300, 'changed')
  t.match(await cosign(witness, headOf(other), 300, proofsOf(other)), {
    fault: 'refused',
    detail: /422/,
  })
  const rewritten = storeWith(t, 400, 'changed')
  t.match(await cosign(witness, headOf(rewritten), 300, proofsOf(rewritten)), {
    fault: 'refused',
    detail: /422/,
  })
})

void t.test('a witness does not forget when it is started again', async (t) => {
  const folder = newFolder(t)
  const witness = await witnessAt(t, folder)
  const store = storeWith(t, 5)
  await cosign(witness, headOf(store), 0, proofsOf(store))
  await witness.close()
  const again = await witnessAt(t, folder)
  const other = storeWith(t, 5, 'changed')
  t.match(await cosign(again, headOf(other), 5, proofsOf(other)), {
    fault: 'refused',
    detail: /422/,
  })
  t.match(await cosign(again, headOf(store), 5, proofsOf(store)), { ok: true })
  t.equal(readdirSync(folder).length, 1)
  t.match(
    readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8'),
    /^studio\.example\/log\n5\n/,
  )
  writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'torn')
  t.match(await cosign(again, headOf(store), 5, proofsOf(store)), {
    fault: 'refused',
    detail: /500/,
  })
})

void t.test('what strangers send is answered as the protocol says', async (t) => {
  const { url, close } = await witnessAt(t)
  const store = storeWith(t, 5)
  const { note } = headOf(store)
  const status = async (body: string) =>
    (await fetch(`${url}/add-checkpoint`, { method: 'POST', body })).status
  const stranger = parseKey(newKey('other.example/log', 'log'))
  const forger = parseKey(newKey(logSigner.name, 'log'))
  t.equal(await status('rubbish'), 400)
  t.equal(await status(`old 05\n\n${note}`), 400)
  t.equal(await status(`old 6\n\n${note}`), 400)
  t.equal(await status(`old 0\n\n${headOf(store, stranger).note}`), 404)
  t.equal(await status(`old 0\n\n${headOf(store, forger).note}`), 403)
  t.equal(await status(`old 0\n\n${note.replace('\n5\n', '\n6\n')}`), 403)
  t.equal(await status(`old 0\n${Buffer.alloc(32).toString('base64')}\n\n${note}`), 422)
  t.equal(await status(`old 0\n${'x'.repeat(200_000)}`), 400)
  t.equal((await fetch(url)).status, 404)
  const conflict = await fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body: `old 3\n\n${note}`,
  })
  t.equal(conflict.status, 409)
  t.equal(conflict.headers.get('content-type'), 'text/x.tlog.size')
  t.equal(await conflict.text(), '0\n')
  t.equal(await status(`old 0\n\n${note}`), 200, 'control: the right one')
  await close()
  t.match(await cosign({ key, url }, headOf(store), 5, proofsOf(store)), { fault: 'unreachable' })
})

void t.test('two requests at one moment never lead to two histories', async (t) => {
  const witness = await witnessAt(t)
  const [a, b] = [storeWith(t, 20), storeWith(t, 20, 'changed')]
  const both = await Promise.all(
    [a, b].map((one) => cosign(witness, headOf(one), 0, proofsOf(one))),
  )
  t.equal(both.filter(({ ok }) => ok).length, 1)
})
