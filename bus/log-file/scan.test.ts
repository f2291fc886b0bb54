import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bodiesOf, body, errorOf } from '../log.contract.ts'
import type { Position } from '../log.ts'
import { openFileLog } from './log.ts'
import { readFileLog } from './read.ts'
import { scanRecords, type ScannedRecord } from './scan.ts'
import { newFolder, timeOf } from './try.fixture.ts'

const never = new AbortController().signal

async function scanned(dir: string): Promise<ScannedRecord[]> {
  const records: ScannedRecord[] = []
  for await (const record of scanRecords(dir, never)) records.push(record)
  return records
}

void t.test('a scan yields every line with its place, in all files', async (t) => {
  const dir = newFolder(t)
  const bodies = Array.from({ length: 30 }, (_, i) => body(i, 'ü'.repeat(i)))
  const log = await openFileLog(dir, { timeOf, segmentBytes: 300 })
  for (const body of bodies) await log.append([body], 'live')
  const records = await scanned(dir)
  t.same(
    records.map(({ body }) => body.toString()),
    bodies,
    'while the log is open, too',
  )
  t.same(
    records.map(({ position }) => Number(position)),
    bodies.map((_, i) => i + 1),
  )
  t.ok(new Set(records.map(({ file }) => file)).size > 3, 'many files')
  for (const { file, offset, body, crc } of records) {
    t.equal(crc, 'ok')
    const at = offset + 9
    t.same(readFileSync(file).subarray(at, at + body.length), body)
  }
  await log.close()
})

void t.test('a scan yields bad lines as they are and never throws for them', async (t) => {
  const dir = newFolder(t)
  const file = join(dir, '000000000000000001.log')
  // CRC-32 of '123456789' is cbf43926 (check value of the catalogue of CRC algorithms)
  const lines = [
    'cbf43926 123456789',
    'cbf43927 123456789',
    'CBF43926 123456789',
    'cbf43926_123456789',
    'short',
    '',
    '00000000 ',
  ]
  writeFileSync(file, lines.map((line) => `${line}\n`).join('') + 'cbf43926 123456789')
  const seen = (await scanned(dir)).map(({ body, crc }) => [body.toString(), crc])
  t.same(seen, [
    ['123456789', 'ok'],
    ['123456789', 'bad'],
    ['CBF43926 123456789', 'bad'],
    ['cbf43926_123456789', 'bad'],
    ['short', 'bad'],
    ['', 'bad'],
    ['', 'ok'],
    ['123456789', 'torn'],
  ])
})

void t.test('lines are the same whatever their length is beside that of a read', async (t) => {
  const dir = newFolder(t)
  const log = await openFileLog(dir, { timeOf })
  const chunk = 256 * 1024
  const lengths = [chunk - 11, chunk - 10, chunk - 9, 0, 1, 2 * chunk, 5 * chunk + 3, 7]
  const bodies = lengths.map((length) => 'y'.repeat(length))
  await log.append(bodies, 'live')
  t.same(await bodiesOf(log.read(null, never)), bodies)
  t.same(
    (await log.tail(3)).map(({ body }) => body.length),
    lengths.slice(-3),
  )
  await log.close()
})

void t.test('a needle across the border of two reads is found', async (t) => {
  const dir = newFolder(t)
  const log = await openFileLog(dir, { timeOf })
  const chunk = 1024 * 1024
  for (const shift of [1, 5, 9]) {
    const [position] = await log.append(['x'.repeat(chunk - 10 - shift), `${shift}-needle`], 'live')
    t.equal((await log.find(`${shift}-needle`, null, never))?.body, `${shift}-needle`)
    t.equal((await log.find(`${shift}-needle`, position ?? null, never))?.body, `${shift}-needle`)
  }
  t.equal(await log.find('needle1', null, never), null, 'nor is one made of two lines')
  await log.close()
})

void t.test('a checksum that looks like what is searched for is no hit', async (t) => {
  const dir = newFolder(t)
  const log = await openFileLog(dir, { timeOf })
  await log.append(['123456789', 'the sum is cbf43926'], 'live')
  t.match(readFileSync(join(dir, '000000000000000001.log'), 'utf8'), /^cbf43926 1/)
  t.equal((await log.find('cbf43926', null, never))?.position, '2')
  t.equal(await log.find('cbf43926 1', null, never), null)
  await log.close()
})

void t.test('a log that another process has open can be read, up to a torn tail', async (t) => {
  const dir = newFolder(t)
  const view = readFileLog(dir, timeOf)
  t.equal(await view.head(), null, 'an empty folder is an empty log')
  t.same(await view.tail(3), [])
  const bodies = Array.from({ length: 30 }, (_, i) => body(i))
  const log = await openFileLog(dir, { timeOf, segmentBytes: 300 })
  t.same(await bodiesOf(view.read(null, never)), [])
  const positions: (Position | undefined)[] = []
  for (const body of bodies) positions.push((await log.append([body], 'live'))[0])
  const newest = (await scanned(dir)).at(-1)?.file ?? ''
  appendFileSync(newest, 'cbf43926 1234')
  t.equal(await view.head(), '30')
  t.same(await bodiesOf(view.read(null, never)), bodies)
  t.same(await bodiesOf(view.read(positions[11] ?? null, never)), bodies.slice(12))
  t.same(
    (await view.tail(12)).map(({ body }) => body),
    bodies.slice(-12),
  )
  t.equal(await view.before(17), positions[16])
  t.equal((await view.find('"at":21,', null, never))?.position, positions[21])
  t.equal((await errorOf(bodiesOf(view.read('31' as Position, never)))).code, 'position')
  await log.close()
})
