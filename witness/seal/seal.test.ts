import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { canonical, type Canonical } from '../canonical.ts'
import { isConsistent, isIncluded } from '../check/proof.ts'
import { leafHash } from '../merkle/hash.ts'
import { inclusionPath } from '../merkle/proof.ts'
import { maxBodyBytes } from './line.ts'
import { checkJournal, positionsOf, publish, seal, signHead, type Entry } from './sealer.ts'
import { SealStore } from './store.ts'
import { logSigner, newFolder, proofsOf, sealEntries } from './try.fixture.ts'

const entryOf = (i: number): Entry => ({ rid: String(i + 1), body: `{"n":${i}}` })
const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => entryOf(from + i))

void t.test('lines stand in their files as the contract says', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, entries(0, 3))
  publish(store, signHead(store, logSigner), [])
  store.close()
  const lines = readFileSync(join(folder, 'segments', '000000.ndjson'), 'utf8').split('\n')
  t.equal(
    lines[0],
    '{"$prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","$seq":0,"body":{"n":0},"rid":"1"}',
  )
  const prev = leafHash(Buffer.from(lines[0] ?? '')).toString('base64')
  t.equal(lines[1], `{"$prev":"${prev}","$seq":1,"body":{"n":1},"rid":"2"}`)
  t.equal(lines.length, 4)
  for (const line of lines.slice(0, -1))
    t.equal(canonical(JSON.parse(line) as Canonical), line, 'each is its own canonical form')
  t.same(readdirSync(join(folder, 'checkpoints')), ['3'])
  t.match(
    readFileSync(join(folder, 'checkpoint'), 'utf8'),
    /^studio\.example\/log\n3\n[^\n]+\n\n— /,
  )
})

void t.test('sealing is a function of the journal alone, however it comes in', async () => {
  const roots = new Set<string>()
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }), (cuts) => {
      const store = new SealStore(newFolder(t))
      for (const cut of [...new Set([...cuts, 700])].toSorted((a, b) => a - b))
        seal(store, entries(store.size, cut))
      roots.add(store.root.toString('hex'))
      store.close()
    }),
    { numRuns: 10 },
  )
  t.equal(roots.size, 1)
})

void t.test('a store that is opened again goes on where its newest signed head is', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, entries(0, 1000))
  signHead(store, logSigner)
  const root = store.root
  seal(store, entries(1000, 1500)) // never signed
  store.close()
  const again = new SealStore(folder)
  t.equal(again.size, 1000)
  t.same(again.root, root)
  t.same(positionsOf(again), { newest: '1000', before: '999' })
  seal(again, entries(1000, 1500))
  t.ok(isConsistent(1000, 1500, root, again.root, proofsOf(again)(1000)))
  const leaf = leafHash(
    Buffer.from(
      readFileSync(join(folder, 'segments', '000000.ndjson'), 'utf8').split('\n')[777] ?? '',
    ),
  )
  const proof = inclusionPath(777, 1500).map((range) => again.hashOf(range))
  t.ok(isIncluded(777, 1500, leaf, proof, again.root))
  again.close()
})

void t.test('lines go on in the next file after 65,536', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, 65_530)
  sealEntries(store, 65_530, 65_545)
  signHead(store, logSigner)
  const root = store.root
  store.close()
  t.same(readdirSync(join(folder, 'segments')), ['000000.ndjson', '000001.ndjson'])
  const again = new SealStore(folder)
  t.same(again.root, root)
  t.match(again.newest?.toString(), /"\$seq":65544/)
  again.close()
})

void t.test('tiles that a crash tore are made again from the lines', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, 600)
  signHead(store, logSigner)
  const root = store.root
  store.close()
  const tile = join(folder, 'tile', '0', '002')
  truncateSync(tile, 64)
  const again = new SealStore(folder)
  t.same(again.root, root)
  t.equal(readFileSync(tile).length, 88 * 32)
  again.close()
})

void t.test('what was signed and is not there any more is never gone on with', async (t) => {
  const make = () => {
    const folder = newFolder(t)
    const store = new SealStore(folder)
    sealEntries(store, 0, 10)
    signHead(store, logSigner)
    store.close()
    return { folder, segment: join(folder, 'segments', '000000.ndjson') }
  }
  const good = make()
  new SealStore(good.folder).close()
  const short = make()
  truncateSync(short.segment, 100)
  t.throws(() => new SealStore(short.folder), /has lost sealed lines/)
  const changed = make()
  writeFileSync(
    changed.segment,
    readFileSync(changed.segment, 'utf8').replace('"entry":4', '"entry":5'),
  )
  truncateSync(join(changed.folder, 'tile', '0', '000'), 0)
  t.throws(() => new SealStore(changed.folder), /not those that were signed/)
  const state = make()
  const signState = join(state.folder, 'sign-state')
  for (const text of ['{"size":"x"}', '', '{']) {
    writeFileSync(signState, text)
    t.throws(() => new SealStore(state.folder), /cannot be read/)
  }
  rmSync(signState)
  writeFileSync(join(state.folder, 'checkpoint'), 'a head')
  t.throws(() => new SealStore(state.folder), /is not there, and heads were signed/)
  mkdirSync(signState) // something is there, and it cannot be read: that is no new log
  t.throws(() => new SealStore(state.folder), { code: 'EISDIR' })
  t.match(readFileSync(state.segment, 'utf8'), /"entry":9/, 'and its lines are not touched')
})

void t.test('a journal that was set back or changed under its seal is not sealed on', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, entries(0, 10))
  signHead(store, logSigner)
  store.close()
  const again = new SealStore(folder)
  checkJournal(again, entryOf(9))
  t.throws(() => checkJournal(again, null), /lost or changed/)
  t.throws(() => checkJournal(again, { rid: '10', body: '{"n":8}' }), /lost or changed/)
  again.close()
})

void t.test('no second head of one size, and no smaller one, is ever signed', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, 10)
  signHead(store, logSigner)
  t.equal(
    signHead(store, logSigner).note,
    signHead(store, logSigner).note,
    'the same one is the same',
  )
  store.close()
  const state = join(folder, 'sign-state')
  const kept = readFileSync(state, 'utf8')
  const again = new SealStore(folder)
  sealEntries(again, 10, 11)
  signHead(again, logSigner)
  t.not(readFileSync(state, 'utf8'), kept, 'control')
  again.close()
})

void t.test('a body that is too long is stood for by its hash', async (t) => {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(store, [{ rid: '1', body: JSON.stringify('x'.repeat(maxBodyBytes)) }])
  const line = readFileSync(join(folder, 'segments', '000000.ndjson'), 'utf8')
  t.match(
    line,
    /^\{"\$prev":"[^"]+","\$seq":0,"bodyBytes":61442,"bodyHash":"[^"]{44}","rid":"1"\}\n$/,
  )
  t.notOk(existsSync(join(folder, 'segments', '000001.ndjson')))
  store.close()
})
