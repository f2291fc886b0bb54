import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bodiesOf, body, errorOf } from '../log.contract.ts'
import type { EventLog } from '../log.ts'
import { openFileLog } from './log.ts'
import { newFolder, timeOf } from './try.fixture.ts'

const never = new AbortController().signal

/** A closed log of `count` lines in one segment; its file and the file's bytes. */
async function writtenLog(t: Test, count: number) {
  const dir = newFolder(t)
  const bodies = Array.from({ length: count }, (_, i) => body(i, 'ü'))
  const log = await openFileLog(dir, { timeOf })
  await log.append(bodies, 'durable')
  await log.close()
  const file = join(dir, '000000000000000001.log')
  return { dir, bodies, file, bytes: readFileSync(file) }
}

async function reopened<T>(dir: string, look: (log: EventLog) => Promise<T>) {
  const log = await openFileLog(dir, { timeOf })
  try {
    return { recovered: log.recovered, seen: await look(log) }
  } finally {
    await log.close()
  }
}

const all = (log: EventLog) => bodiesOf(log.read(null, never))
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

void t.test('the format is a checksum, a space, the text and a line end', async (t) => {
  const dir = newFolder(t)
  const log = await openFileLog(dir, { timeOf })
  // CRC-32/ISO-HDLC of '123456789' is cbf43926: the check value of the catalogue of CRC algorithms
  await log.append(['123456789'], 'durable')
  // of the UTF-8 bytes, as Python's zlib.crc32 has it
  await log.append(['ü'], 'live')
  await log.close()
  t.equal(
    readFileSync(join(dir, '000000000000000001.log'), 'utf8'),
    'cbf43926 123456789\n63d969d5 ü\n',
  )
})

void t.test('a log that was closed has nothing to recover', async (t) => {
  const { dir, bodies } = await writtenLog(t, 3)
  const { recovered, seen } = await reopened(dir, all)
  t.equal(recovered, null)
  t.same(seen, bodies)
})

void t.test('the last line torn at any byte is cut, reported, and the log goes on', async (t) => {
  const { dir, bodies, file, bytes } = await writtenLog(t, 3)
  const start = bytes.lastIndexOf(10, bytes.length - 2) + 1
  t.ok(bytes.length - start > 20, 'there are bytes to tear at')
  for (let length = start + 1; length < bytes.length; length++) {
    writeFileSync(file, bytes.subarray(0, length))
    const { recovered, seen } = await reopened(dir, async (log) => {
      const before = await all(log)
      const [position] = await log.append([body(9, 'next')], 'durable')
      return { before, position, after: await all(log) }
    })
    t.same(recovered, { cutBytes: length - start, sha256: sha256(bytes.subarray(start, length)) })
    t.same(seen, {
      before: bodies.slice(0, 2),
      position: '3',
      after: [...bodies.slice(0, 2), body(9, 'next')],
    })
    t.equal((await reopened(dir, all)).recovered, null, 'cut once')
  }
})

void t.test('a tail of zeros, of noise, or with a wrong checksum is cut', async (t) => {
  const { dir, bodies, file, bytes } = await writtenLog(t, 3)
  const lastLine = bytes.subarray(bytes.lastIndexOf(10, bytes.length - 2) + 1)
  const flipped = Buffer.from(lastLine)
  flipped[12] = (flipped[12] ?? 0) ^ 1
  const tails = [
    Buffer.alloc(1),
    Buffer.alloc(70_000),
    Buffer.from('noise\nmore noise\n\n'),
    flipped,
  ]
  for (const tail of tails) {
    writeFileSync(file, Buffer.concat([bytes, tail]))
    const { recovered, seen } = await reopened(dir, all)
    t.same(recovered, { cutBytes: tail.length, sha256: sha256(tail) })
    t.same(seen, bodies)
    t.equal(readFileSync(file).length, bytes.length)
  }
})

void t.test('a torn first line leaves an empty log', async (t) => {
  const { dir, file, bytes } = await writtenLog(t, 1)
  truncateSync(file, bytes.length - 1)
  const { recovered, seen } = await reopened(dir, (log) => log.head())
  t.equal(recovered?.cutBytes, bytes.length - 1)
  t.equal(seen, null)
})

void t.test(
  'a damaged line before a good one is an error that says where, and nothing is cut',
  async (t) => {
    const { dir, file, bytes } = await writtenLog(t, 4)
    const second = bytes.indexOf(10) + 1
    for (const at of [second, second + 8, second + 12]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      writeFileSync(file, damaged)
      const error = await errorOf(openFileLog(dir, { timeOf }))
      t.equal(error.code, 'corrupt')
      t.match(error.message, file)
      t.match(error.message, `byte ${second}, position 2`)
      t.same(readFileSync(file), damaged)
    }
    writeFileSync(file, bytes)
    t.equal((await reopened(dir, all)).seen.length, 4, 'the refused openings left no lock behind')
  },
)

void t.test('a crash while a new file is begun leaves an empty one, which is fine', async (t) => {
  const { dir, bodies } = await writtenLog(t, 3)
  appendFileSync(join(dir, '000000000000000004.log'), '')
  const { recovered, seen } = await reopened(dir, async (log) => {
    const head = await log.head()
    const tail = (await log.tail(1)).map((stored) => stored.body)
    const before = await log.before(1)
    return { head, tail, before, next: await log.append([body(9)], 'durable'), all: await all(log) }
  })
  t.equal(recovered, null)
  t.same(seen, {
    head: '3',
    tail: bodies.slice(-1),
    before: '1',
    next: ['4'],
    all: [...bodies, body(9)],
  })
})

void t.test(
  'damage in an older file is found by the reader, after the good lines before it',
  async (t) => {
    const dir = newFolder(t)
    const bodies = Array.from({ length: 20 }, (_, i) => body(i))
    const log = await openFileLog(dir, { timeOf, segmentBytes: 100 })
    for (const body of bodies) await log.append([body], 'live')
    t.teardown(() => log.close())
    const names = readdirSync(dir).filter((name) => name.endsWith('.log'))
    t.ok(names.length > 4, 'many files')
    const name = names[2] ?? ''
    const bytes = readFileSync(join(dir, name))
    const start = bytes.indexOf(10) + 1
    const position = Number(name.slice(0, 18)) + 1

    const read = async () => {
      const seen: string[] = []
      const error = await errorOf(
        (async () => {
          for await (const { body } of log.read(null, never)) seen.push(body)
        })(),
      )
      return { seen, error }
    }
    const damaged = Buffer.from(bytes)
    damaged[start + 11] = (damaged[start + 11] ?? 0) ^ 4
    writeFileSync(join(dir, name), damaged)
    const flipped = await read()
    t.equal(flipped.error.code, 'corrupt')
    t.match(
      flipped.error.message,
      `${join(dir, name)}: the record at byte ${start}, position ${position},`,
    )
    t.same(flipped.seen, bodies.slice(0, position - 1))

    writeFileSync(join(dir, name), bytes.subarray(0, start))
    const short = await read()
    t.equal(short.error.code, 'corrupt', 'lines missing at the end of an older file')
    t.match(short.error.message, `position ${position}, expected before byte 0, is missing`)
    t.same(short.seen, bodies.slice(0, position - 1))

    writeFileSync(join(dir, name), bytes)
    t.same(await all(log), bodies)
  },
)

void t.test('opening reads the newest file only, however long the log is', async (t) => {
  const bytesRead = () => {
    // what all reads of this process returned, in bytes: proc(5), /proc/pid/io
    const line = /rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))
    return Number(line?.[1])
  }
  const cost = async (lines: number) => {
    const dir = newFolder(t)
    const log = await openFileLog(dir, { timeOf, segmentBytes: 64 * 1024 })
    for (let i = 0; i < lines; i += 100)
      await log.append(
        Array.from({ length: 100 }, () => body(1, 'x'.repeat(300))),
        'live',
      )
    await log.close()
    const before = bytesRead()
    const again = await openFileLog(dir, { timeOf })
    const opening = bytesRead() - before
    t.equal((await bodiesOf(again.read(null, never))).length, lines)
    const reading = bytesRead() - before - opening
    await again.close()
    return { opening, reading }
  }
  const small = await cost(1000)
  const large = await cost(20_000)
  t.ok(large.reading > 15 * small.reading, `control: reading all grows (${large.reading} bytes)`)
  t.ok(large.opening < small.opening + 100_000, `opening does not (${large.opening} bytes)`)
})
