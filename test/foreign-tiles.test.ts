import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { serveSealed } from '../hub/served.contract.ts'
import { publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { newFolder, logSigner } from '../witness/seal/try.fixture.ts'
import { newKey, parseKey } from '../witness/sign/key.ts'

// Other people's code reads our log: the packages `note` and `tlog` with which the go command reads its checksum database.
// Debian has them as golang-go and golang-golang-x-mod-dev, so that this needs no network.

/** Where Debian puts the sources of Go's packages. */
const gopath = '/usr/share/gocode'
const isThere =
  spawnSync('go', ['version']).error === undefined &&
  existsSync(join(gopath, 'src/golang.org/x/mod/sumdb/tlog'))
/** On a test server it must be there; elsewhere its absence is shown as a skip. */
const needsGo =
  isThere || process.env['CI'] !== undefined
    ? {}
    : { skip: 'Go is not installed: apt-get install golang-go golang-golang-x-mod-dev' }

/** More than one full tile of level 1, which has 65,536 lines below it, and a part of the next. */
const size = 70_000
const first = 300

t.setTimeout(120_000)

/** The program, built once. */
function build(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-tiles-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'read-tiles')
  const source = fileURLToPath(new URL('fixtures/read-tiles.go', import.meta.url))
  const { status, stderr, error } = spawnSync('go', ['build', '-o', program, source], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...{ GO111MODULE: 'off', GOFLAGS: '', GOPATH: gopath, GOCACHE: join(folder, 'cache') },
    },
  })
  if (status !== 0)
    throw new Error(
      `no program of Go: ${error?.message ?? stderr}: apt-get install golang-go golang-golang-x-mod-dev`,
    )
  return program
}

/** A sealed log, served as a hub serves it; `old`: a head of its first lines, which somebody has kept. */
async function served(t: Test) {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      rid: `${from + i + 1}`,
      body: `{"n":${from + i}}`,
    }))
  seal(store, entries(0, first))
  publish(store, signHead(store, logSigner), [])
  for (let at = first; at < size; at = Math.min(size, at + 10_000))
    seal(store, entries(at, Math.min(size, at + 10_000)))
  publish(store, signHead(store, logSigner), [])
  store.close()
  const { url } = await serveSealed(t, folder)
  return { folder, url: `${url}/witness/`, old: join(folder, 'checkpoints', `${first}`) }
}

async function run(program: string, ...words: readonly string[]) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, out, err }
}

void t.test(
  'Go reads the tiles: head, lines in their places, and how it grew',
  needsGo,
  async (t) => {
    const program = build(t)
    const { folder, url, old } = await served(t)
    const lines = ['0', '255', '256', '65535', '65536', String(size - 1)]
    const read = (...more: readonly string[]) => run(program, url, logSigner.vkey, old, ...more)
    const good = await read(...lines)
    t.equal(good.err, '')
    t.equal(good.code, 0)
    const [, root = ''] =
      /\n70000\n(.*)\n/.exec(readFileSync(join(folder, 'checkpoint'), 'utf8')) ?? []
    t.match(good.out, `checkpoint ${size} ${root}\n`, 'the signature, by our public key')
    for (const n of lines)
      t.match(good.out, new RegExp(`^line ${n} \\{"\\$prev".*"n":${n}\\}`, 'm'))
    t.match(good.out, `grew from ${first}\n`, 'the head that somebody has kept is of the same log')

    await t.test('a byte that is changed in what is served is found', async (t) => {
      // where it does not compare a tile with the one above, it is the proof made of it that is not good
      const wrong = /inconsistent tile|invalid transparency proof/
      for (const [name, at, said] of [
        ['tile/0/000', 255 * 32, wrong],
        ['tile/1/000', 7, wrong],
        ['tile/2/000', 9, wrong],
        ['segments/000000.ndjson', 90, /line 0: invalid transparency proof/],
      ] as const) {
        const path = join(folder, name)
        const bytes = readFileSync(path)
        const bad = Buffer.from(bytes)
        bad[at] = (bad[at] ?? 0) ^ 1
        writeFileSync(path, bad)
        const { code, err } = await read('0', '255')
        t.equal(code, 1, name)
        t.match(err, said, name)
        writeFileSync(path, bytes)
        t.equal((await read('0', '255')).code, 0, 'control: as it was')
      }
    })

    await t.test('another key, and a head of another history, are refused', async (t) => {
      const other = parseKey(newKey(logSigner.name, 'log'))
      const key = await run(program, url, other.vkey, old)
      t.match(key, { code: 1, err: /no verifiable signatures/ })
      const elsewhere = newFolder(t)
      const store = new SealStore(elsewhere)
      seal(store, [{ rid: '1', body: '{"n":"other"}' }])
      publish(store, signHead(store, logSigner), [])
      store.close()
      const history = await run(program, url, logSigner.vkey, join(elsewhere, 'checkpoint'))
      t.match(history, { code: 1, err: /the checkpoint of 1 lines: / })
    })
  },
)
