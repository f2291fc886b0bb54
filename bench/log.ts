import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { timeOf } from '../bus/entry.ts'
import type { Durability, EventLog } from '../bus/log.ts'
import { openFileLog } from '../bus/log-file/log.ts'

// What the embedded log costs, beside what the disk itself takes for the same bytes: node --require ./from-source.cjs bench/log.ts [DIR]
// DIR: a folder on the disk to measure; by default the system's temporary one.

const never = new AbortController().signal
const writeAt = promisify(write)
const sync = promisify(fdatasync)
const rounds = 3

/** About the size of an accepted press, 330 bytes. */
const line = JSON.stringify({ at: 1_700_000_000_000, event: { text: 'x'.repeat(280) } })

/** The middle one of what the rounds found. */
async function median(measure: () => Promise<number>): Promise<number> {
  const found: number[] = []
  for (let round = 0; round < rounds; round++) found.push(await measure())
  return middle(found)
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** The median milliseconds of one of `count` runs, one after the other. */
async function each(count: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const began = performance.now()
    await run()
    times.push(performance.now() - began)
  }
  return middle(times)
}

/** Thousands a second with `width` appends in flight. */
async function throughput(
  log: EventLog,
  count: number,
  width: number,
  durability: Durability,
): Promise<number> {
  let left = count
  const began = performance.now()
  const caller = async () => {
    while (left-- > 0) await log.append([line], durability)
  }
  await Promise.all(Array.from({ length: width }, caller))
  return count / (performance.now() - began)
}

/** Thousands of lines a second where the disk gets 64 of them at a time, `count` times, and nothing else is done. */
async function bareRate(
  many: Buffer,
  count: number,
  bare: (bytes: Buffer) => Promise<void>,
): Promise<number> {
  const began = performance.now()
  for (let i = 0; i < count; i++) await bare(many)
  return (64 * count) / (performance.now() - began)
}

/** Thousands a second of the log's lines, read from the start. */
async function replay(log: EventLog, visit: (body: string) => unknown): Promise<number> {
  const began = performance.now()
  let count = 0
  for await (const { body } of log.read(null, never)) {
    visit(body)
    count++
  }
  return count / (performance.now() - began)
}

/** Thousands a second of `JSON.parse` alone, on strings that are each their own as they are after a read. */
function bareParse(count: number): number {
  const bytes = Buffer.from(line)
  const bodies = Array.from({ length: count }, () => bytes.toString())
  const began = performance.now()
  for (const body of bodies) JSON.parse(body)
  return count / (performance.now() - began)
}

async function bareDisk(dir: string): Promise<(bytes: Buffer) => Promise<void>> {
  const fd = openSync(join(dir, 'bare'), 'w')
  let at = 0
  return async (bytes) => {
    if (bytes.length === 0) return closeSync(fd)
    await writeAt(fd, bytes, 0, bytes.length, at)
    at += bytes.length
    await sync(fd)
  }
}

async function main(parent: string): Promise<void> {
  const dir = mkdtempSync(join(parent, 'log-bench-'))
  const journal = join(dir, 'journal')
  try {
    const bare = await bareDisk(dir)
    const one = Buffer.from(`${line}\n`)
    const many = Buffer.from(`${line}\n`.repeat(64))
    const log = await openFileLog(journal, { timeOf })
    const row = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`)
    const k = (value: number) => `${value.toFixed(0).padStart(6)} k/s`
    const ms = (value: number) => `${value.toFixed(3).padStart(6)} ms`

    console.log(
      `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}, lines of ${one.length} bytes\n`,
    )
    row(
      'bare write and fdatasync of one line, p50',
      ms(await median(() => each(500, () => bare(one)))),
    )
    row(
      'one durable append, p50',
      ms(await median(() => each(500, () => log.append([line], 'durable')))),
    )
    row(
      'one live append, p50',
      ms(await median(() => each(2000, () => log.append([line], 'live')))),
    )
    row(
      'bare write and fdatasync of 64 lines at a time',
      k(await median(() => bareRate(many, 800, bare))),
    )
    row(
      'durable, 64 appends in flight',
      k(await median(() => throughput(log, 50_000, 64, 'durable'))),
    )
    row(
      'durable, 1,000 appends in flight',
      k(await median(() => throughput(log, 200_000, 1000, 'durable'))),
    )
    row('live, 64 appends in flight', k(await median(() => throughput(log, 200_000, 64, 'live'))))

    row('replay, read and JSON.parse', k(await median(() => replay(log, JSON.parse))))
    row('replay, read alone', k(await median(() => replay(log, () => null))))
    row('bare JSON.parse of such lines in memory', k(await median(async () => bareParse(300_000))))
    const bytes = Number(await log.head()) * (one.length + 9)
    row(
      'search of the whole log for an id that is not there',
      `${(bytes / 1e6 / (await median(() => each(1, () => log.find('no such id', null, never))))).toFixed(1).padStart(6)} GB/s`,
    )
    row('the newest 100 lines', ms(await median(() => each(20, () => log.tail(100)))))
    await log.close()
    row(
      `open a log of ${(bytes / 1e6).toFixed(0)} MB`,
      ms(
        await median(async () => {
          const began = performance.now()
          const again = await openFileLog(journal, { timeOf })
          const took = performance.now() - began
          await again.close()
          return took
        }),
      ),
    )
    await bare(Buffer.alloc(0))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

await main(process.argv[2] ?? tmpdir())
