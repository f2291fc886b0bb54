import { performance } from 'node:perf_hooks'
import { LogError, type Position, type Stored } from '../log.ts'
import { countOf, type Entry, markerTag, storedOf } from './entry.ts'
import { type EntryId, placeOf, type Place, positionOf, textOf } from './position.ts'
import { entryAt, range, rangeBack, type Source } from './stream.ts'
import { isCutAt } from './trim.ts'

/** 1,000 entries, or 1 MiB: what the server sends in about a millisecond, so that an append beside it waits no longer. */
const mostEntries = 1000
const pageBytes = 1024 * 1024

/** A reader away for less cannot have been overtaken by trimming, which leaves hours. Milliseconds. */
const unnoticedMs = 1000

/** How many entries the next page should have, from what the newest had: it may double at most. */
export function nextCount(entries: readonly Entry[], count: number): number {
  let bytes = 0
  for (const { value } of entries) bytes += value.length
  const fitting = Math.floor((pageBytes * entries.length) / Math.max(1, bytes))
  return Math.max(1, Math.min(mostEntries, 2 * count, fitting))
}

/** The first page's entries: few, because nothing is known of their size. */
export const firstCount = 32

/** @throws LogError `position` */
export function missing(position: Position): LogError {
  return new LogError(
    'position',
    `the log has no position ${position} (any more): lines are missing, trimmed away, or of another log; start again from an older position, or from the start`,
  )
}

/**
 * The entry that holds `place`; of a place after `after` the reader goes on.
 * @throws LogError `position` where the stream does not hold it: what came after it may be gone, too
 */
export async function entryOfPlace(source: Source, { id, index }: Place): Promise<Entry> {
  const entry = await entryAt(source.connection, source.key, id)
  // an entry without bodies is the place that a repair left, and good to go on from
  if (entry === null || index >= Math.max(1, countOf(entry))) throw missing(positionOf(id, index))
  return entry
}

/**
 * Pages of entries after entry `after` (null: from the first) up to `to`, oldest first.
 * @throws LogError `position` where trimming overtook a slow reader
 */
async function* pages(
  source: Source,
  after: EntryId | null,
  to: EntryId,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  let count = firstCount
  let seen = after
  let since = performance.now()
  while (!signal.aborted) {
    const from = seen === null ? '-' : `(${textOf(seen)}`
    const { connection } = source
    const wasSlow = performance.now() - since > unnoticedMs
    const entries = await range(connection, source.key, from, textOf(to), count)
    if (wasSlow && seen !== null) await entryOfPlace(source, { id: seen, index: 0 })
    since = performance.now()
    const last = entries.at(-1)
    if (last === undefined) return
    yield entries
    if (entries.length < count) return
    seen = last.id
    count = nextCount(entries, count)
  }
}

/** Entries after `after` up to the newest of this moment, and how many bodies of the first are to be left out. */
async function* entriesAfter(
  source: Source,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly entries: readonly Entry[]; readonly skip: number }> {
  let place = after === null ? null : placeOf(after)
  const newest = await newestEntry(source)
  if (place !== null && (await entryAt(source.connection, source.key, place.id)) === null)
    if (await isCutAt(source, place)) place = null
  if (place !== null) {
    const first = await entryOfPlace(source, place)
    if (signal.aborted) return
    yield { entries: [first], skip: place.index + 1 }
  }
  if (newest === null) return
  for await (const entries of pages(source, place?.id ?? null, newest.id, signal))
    yield { entries, skip: 0 }
}

/** As the port's `read`. Asks for the source when it is first asked for a line. */
export async function* readLines(
  source: () => Source,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<Stored> {
  for await (const { entries, skip } of entriesAfter(source(), after, signal))
    for (const entry of entries)
      for (const stored of skip === 0 ? storedOf(entry) : storedOf(entry).slice(skip)) {
        if (signal.aborted) return
        yield stored
      }
}

/** The first line after `after` whose bytes contain `needle`: only entries with a hit are decoded. */
export async function findLine(
  source: Source,
  needle: string,
  after: Position | null,
  signal: AbortSignal,
): Promise<Stored | null> {
  const bytes = Buffer.from(needle)
  for await (const { entries, skip } of entriesAfter(source, after, signal))
    for (const entry of entries) {
      if (!entry.value.includes(bytes)) continue
      const found = storedOf(entry)
        .slice(skip)
        .find(({ body }) => Buffer.from(body).includes(bytes))
      if (found !== undefined) return found
    }
  return null
}

/** The newest entry that has bodies. */
export async function newestEntry(source: Source): Promise<Entry | null> {
  for await (const entries of pagesBack(source, 1))
    for (const entry of entries) if (entry.tag !== markerTag) return entry
  return null
}

async function* pagesBack(source: Source, first: number): AsyncGenerator<readonly Entry[]> {
  let from = '+'
  for (let count = first; ;) {
    const entries = await rangeBack(source.connection, source.key, from, '-', count)
    const last = entries.at(-1)
    if (last === undefined) return
    yield entries
    if (entries.length < count) return
    from = `(${textOf(last.id)}`
    count = nextCount(entries, count)
  }
}

/** The newest `count` lines, oldest first. */
export async function readTail(source: Source, count: number): Promise<readonly Stored[]> {
  const wanted = Math.max(0, Math.floor(count))
  if (wanted === 0) return []
  const parts: (readonly Stored[])[] = []
  let lines = 0
  search: for await (const entries of pagesBack(source, Math.min(wanted, firstCount)))
    for (const entry of entries) {
      const part = storedOf(entry)
      parts.push(part)
      lines += part.length
      if (lines >= wanted) break search
    }
  return parts.toReversed().flat().slice(-wanted)
}

/** 60 s: how far a hub's clock and the server's may differ; clocks in a control room are within a second. */
const skewMs = 60_000

/**
 * The newest position whose lines were all stamped before `at`. The server's ids are its own clock: what it took
 * {@link skewMs} before `at` was stamped before it, and only the rest is read. Where the entry there says
 * otherwise, all is read.
 */
export async function newestBefore(
  source: Source,
  at: number,
  timeOf: (body: string) => number,
): Promise<Position | null> {
  const never = new AbortController().signal
  let newest: Position | null = null
  const from = at - skewMs
  if (from > 0) {
    const { connection, key } = source
    for (const entry of await rangeBack(connection, key, `(${Math.floor(from)}-0`, '-', 8)) {
      const lines = storedOf(entry)
      if (lines.some(({ body }) => timeOf(body) >= at)) break
      newest = lines.at(-1)?.position ?? null
      if (newest !== null) break
    }
  }
  for await (const { position, body } of readLines(() => source, newest, never)) {
    if (timeOf(body) >= at) return newest
    newest = position
  }
  return newest
}
