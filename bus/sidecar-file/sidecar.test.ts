import t from 'tap'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMemoryLog } from '../log-memory/log.ts'
import { LogError, type Position } from '../log.ts'
import { withFileSidecar } from './log.ts'
import { openFileSidecar, readFileSidecar } from './sidecar.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'if-sidecar-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'disclosures')
}

const onDisk = (folder: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')

void t.test(
  'what is kept is there after a restart, and what is erased is in no file',
  async (t) => {
    const folder = newFolder()
    const sidecar = await openFileSidecar(folder)
    t.equal(sidecar.size(), 0)
    await sidecar.put(
      new Map([
        ['a', 'Anna'],
        ['b', 'with spaces  and ü'],
      ]),
    )
    await sidecar.put(new Map([['c', 'Carla']]))
    t.match(onDisk(folder), 'Anna', 'control: it is in the clear there')
    t.equal(await sidecar.erase(['a', 'nobody']), 1)
    t.equal(sidecar.get('a'), undefined)
    t.notMatch(onDisk(folder), 'Anna')
    await sidecar.put(new Map([['d', 'Dora']]))
    await sidecar.close()
    const again = await openFileSidecar(folder)
    t.same(
      ['a', 'b', 'c', 'd'].map((key) => again.get(key)),
      [undefined, 'with spaces  and ü', 'Carla', 'Dora'],
    )
    t.same([...(await readFileSidecar(folder)).keys()], ['b', 'c', 'd'])
  },
)

void t.test('what was let go of is shown to nobody, and still erased from the disk', async (t) => {
  const folder = newFolder()
  const sidecar = await openFileSidecar(folder)
  await sidecar.put(new Map([['a', 'Anna']]))
  sidecar.forget(['a'])
  t.equal(sidecar.get('a'), undefined)
  t.match(onDisk(folder), 'Anna', 'control: the disk has it')
  t.equal(await sidecar.erase(['a']), 1)
  t.notMatch(onDisk(folder), 'Anna')
})

void t.test(
  'a file is begun anew at 1 MiB, and erasing touches only the file that has it',
  async (t) => {
    const folder = newFolder()
    const sidecar = await openFileSidecar(folder)
    for (let i = 0; i < 3; i++)
      await sidecar.put(new Map([[`k${i}`, String(i).repeat(1024 * 1024)]]))
    t.same(readdirSync(folder), ['000001.txt', '000002.txt', '000003.txt'])
    t.equal(await sidecar.erase(['k1']), 1)
    t.same(
      readdirSync(folder).map((name) => readFileSync(join(folder, name)).length > 0),
      [true, false, true],
    )
  },
)

void t.test(
  'a line without an end, and a file that was being written anew, are gone after a crash',
  async (t) => {
    const folder = newFolder()
    const sidecar = await openFileSidecar(folder)
    await sidecar.put(new Map([['a', 'Anna']]))
    appendFileSync(join(folder, '000001.txt'), 'b Ber')
    writeFileSync(join(folder, '000001.txt.new'), 'a An')
    const again = await openFileSidecar(folder)
    t.equal(again.size(), 1)
    await again.put(new Map([['c', 'Carla']]))
    t.equal(onDisk(folder), 'a Anna\nc Carla\n')
  },
)

void t.test(
  'an append waits for what stands beside it, and those behind it keep their place',
  async (t) => {
    const folder = newFolder()
    const log = await withFileSidecar(openMemoryLog(), folder)
    const order = await Promise.all([
      log.append(['one'], 'live'),
      log.append(['two'], 'durable', new Map([['a', 'Anna']])),
      log.append(['three'], 'live'),
    ])
    t.same(order.flat(), ['1', '2', '3'])
    t.equal(log.sidecar?.get('a'), 'Anna')
    await log.close()
  },
)

void t.test(
  'where the sidecar cannot be written nothing is appended, and nothing behind it',
  async (t) => {
    const folder = newFolder()
    const memory = openMemoryLog()
    const log = await withFileSidecar(memory, folder)
    await log.append(['one'], 'durable', new Map([['a', 'Anna']]))
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'a file where a folder must be')
    const results = await Promise.allSettled([
      log.append(['two'], 'durable', new Map([['b', 'Berta']])),
      log.append(['three'], 'durable'),
    ])
    for (const result of results)
      t.ok(
        result.status === 'rejected' &&
          result.reason instanceof LogError &&
          result.reason.code === 'io',
      )
    t.equal(await memory.head(), '1' as Position)
    rmSync(folder)
    t.same(await log.append(['two'], 'durable'), ['2'], 'control: the next is taken')
    await log.close()
  },
)

void t.test('where the log says no, what stood beside it is not kept', async (t) => {
  const folder = newFolder()
  const memory = openMemoryLog()
  const log = await withFileSidecar(
    { ...memory, append: () => Promise.reject(new LogError('full', 'no')) },
    folder,
  )
  await t.rejects(log.append(['one'], 'durable', new Map([['a', 'Anna']])), { code: 'full' })
  t.equal(log.sidecar?.get('a'), undefined)
  t.equal(onDisk(folder), '')
})
