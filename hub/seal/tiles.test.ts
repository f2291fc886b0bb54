import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditTiles } from '../../witness/audit/tiles.ts'
import { parsePolicy } from '../../witness/check/policy.ts'
import { leafHash } from '../../witness/merkle/hash.ts'
import { publish, seal, signHead } from '../../witness/seal/sealer.ts'
import { segmentLines } from '../../witness/seal/segments.ts'
import { SealStore } from '../../witness/seal/store.ts'
import { logSigner, newFolder } from '../../witness/seal/try.fixture.ts'
import { openTileFiles, parseTilePath } from './tiles.ts'

/** A sealed folder of `signed` lines under a head, and some more. */
function sealed(t: Test, signed: number, more = 0) {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      rid: String(from + i + 1),
      body: `{"at":${1_795_000_000_000 + from + i},"event":{"type":"Pressed"},"hprev":"","hseq":${from + i + 1},"hub":"a"}`,
    }))
  seal(store, entries(0, signed))
  publish(store, signHead(store, logSigner), [])
  seal(store, entries(signed, signed + more))
  store.close()
  const files = openTileFiles(folder)
  const get = async (path: string) =>
    path === 'checkpoint'
      ? Buffer.from((await files.checkpoint()) ?? '')
      : ((await files.tile(path.replace(/^tile\//, '')))?.bytes ?? null)
  return { folder, files, get }
}

const audit = (get: Parameters<typeof auditTiles>[0]['get'], strict = true) =>
  auditTiles({
    policy: parsePolicy(`log ${logSigner.vkey}\nquorum none`),
    strict,
    heads: [],
    get,
  })

void t.test('a path is what C2SP tlog-tiles says, and nothing else is one', (t) => {
  // its own examples, section Merkle Tree
  t.same(parseTilePath('0/x001/x234/067'), { level: 0, index: 1_234_067, width: 256 })
  t.same(parseTilePath('0/273.p/112'), { level: 0, index: 273, width: 112 })
  t.same(parseTilePath('entries/x001/067.p/3'), { level: null, index: 1067, width: 3 })
  t.same(parseTilePath('63/000'), { level: 63, index: 0, width: 256 })
  for (const path of [
    '64/000',
    '00/000',
    '-1/000',
    '0/0',
    '0/1067',
    '0/x000/067',
    '0/001/067',
    '0/x001/67',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/07',
    '0/000.p/',
    '0/000/',
    '/0/000',
    'entries/',
    'entries/../log.key',
    '../sign-state',
    '0/x001/x234/067/',
    '0/000.p/1/2',
    `0/${'x999/'.repeat(9)}999`,
  ])
    t.equal(parseTilePath(path), null, path)
  t.end()
})

void t.test('tiles and bundles have the bytes of the specification', async (t) => {
  const { folder, files } = sealed(t, 70_000)
  const lines = [0, 1].flatMap((i) =>
    readFileSync(join(folder, 'segments', `00000${i}.ndjson`), 'utf8')
      .split('\n')
      .slice(0, -1),
  )
  const has = async (path: string) => (await files.tile(path))?.bytes.length ?? null
  // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one full
  // level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1"
  t.equal(await has('0/000'), 8192)
  t.equal(await has('0/272'), 8192)
  t.equal(await has('0/273'), null)
  t.equal(await has('0/273.p/112'), 112 * 32)
  t.equal(await has('0/273.p/113'), null)
  t.equal(await has('1/000'), 8192)
  t.equal(await has('1/001.p/17'), 17 * 32)
  t.equal(await has('2/000.p/1'), 32)
  t.equal(await has('2/000.p/2'), null)
  t.equal(await has('3/000.p/1'), null)
  // a size of before, for which there was a head: the beginning of what is full now
  t.equal(await has('0/000.p/9'), 9 * 32)
  for (const [path, from, count] of [
    ['entries/000', 0, 256],
    ['entries/255', segmentLines - 256, 256],
    ['entries/256', segmentLines, 256],
    ['entries/273.p/112', 69_888, 112],
    ['entries/100.p/3', 25_600, 3],
  ] as const) {
    const tile = await files.tile(path)
    const expected = lines.slice(from, from + count).flatMap((line) => {
      const bytes = Buffer.from(line)
      return [Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]
    })
    t.ok(Buffer.concat(expected).equals(tile?.bytes ?? Buffer.alloc(0)), path)
    t.same(tile?.lines, { from, to: from + count })
  }
  const hashes = Buffer.from((await files.tile('0/100.p/3'))?.bytes ?? [])
  const leaves = lines.slice(25_600, 25_603).map((line) => leafHash(Buffer.from(line)))
  t.same(hashes, Buffer.concat(leaves))
})

void t.test('nothing is served that is not under a signed head', async (t) => {
  const { files } = sealed(t, 300, 50)
  t.equal(await files.tile('0/001.p/45'), null)
  t.equal(await files.tile('entries/001.p/45'), null)
  t.ok(await files.tile('0/001.p/44'), 'control')
  t.ok(await files.tile('entries/001.p/44'), 'control')
  const empty = openTileFiles(newFolder(t))
  t.equal(await empty.checkpoint(), null)
  t.equal(await empty.tile('0/000.p/1'), null)
})

void t.test('a log is verified from what is served, every entry and every hash', async (t) => {
  for (const size of [1, 255, 256, 257, 600]) {
    const { get } = sealed(t, size, 3)
    t.match(await audit(get), { ok: true, to: size, sealed: { size }, unsealed: 0 }, `size ${size}`)
  }
  const { get } = sealed(t, 600)
  const changed =
    (at: string, change: (bytes: Buffer) => Buffer | null) => async (path: string) => {
      const bytes = await get(path)
      return path === at && bytes !== null ? change(Buffer.from(bytes)) : bytes
    }
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
  t.match(await audit(changed('tile/entries/001', flip(9000))), { fault: 'integrity' })
  t.match(await audit(changed('tile/entries/002.p/88', (all) => all.subarray(0, -9))), {
    fault: 'unreadable',
    detail: /002\.p\/88 ends within an entry/,
  })
  for (const path of ['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2'])
    t.match(await audit(changed(path, flip(17))), {
      fault: 'integrity',
      detail: new RegExp(`${path} has other hashes`),
    })
  t.match(await audit(changed('tile/0/001', () => null)), {
    fault: 'unreadable',
    detail: /tile\/0\/001 is not served/,
  })
  t.match(await audit(changed('checkpoint', flip(40))), { ok: false })
  t.match(await audit(async () => null), { fault: 'unreadable' })
  // a partial tile may be gone once there is the full one
  const { get: small, files } = sealed(t, 300)
  const onlyFull = async (path: string) => {
    if (path.endsWith('/001.p/44')) return null
    if (!path.endsWith('/001')) return small(path)
    const known = (await files.tile(`${path.slice('tile/'.length)}.p/44`))?.bytes
    return known === undefined ? null : Buffer.concat([known, Buffer.alloc(9999, 7)])
  }
  t.match(await audit(onlyFull), { ok: true, to: 300 })
})

void t.test('lines that were lost under the head are not made up', async (t) => {
  const { folder, files, get } = sealed(t, 300)
  t.ok(await files.tile('entries/000'), 'control')
  truncateSync(join(folder, 'segments', '000000.ndjson'), 9000)
  t.equal(await openTileFiles(folder).tile('entries/001.p/44'), null)
  truncateSync(join(folder, 'tile', '0', '001'), 64)
  t.equal(await files.tile('0/001.p/44'), null)
  t.match(await audit(get), { fault: 'unreadable' })
  writeFileSync(join(folder, 'checkpoint'), 'rubbish')
  await t.rejects(files.tile('0/000'), { name: 'NoteError' })
})
