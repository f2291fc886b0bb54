import { performance } from 'node:perf_hooks'
import { LogError, type Position, type Stored } from '../log.ts'
import { connect, type Connection } from './connection.ts'
import { type Entry, entriesOf, storedOf } from './entry.ts'
import { faultOf, isLasting } from './fault.ts'
import { forkAt } from './gap.ts'
import type { Link } from './link.ts'
import { commandTimeoutMs, type RedisLogOptions } from './options.ts'
import { placeOf, type Place, textOf } from './position.ts'
import { entryOfPlace, firstCount, missing, nextCount } from './read.ts'
import { endOf, markOf } from './seen.ts'
import { entryAt } from './stream.ts'
import { isCutAt } from './trim.ts'
import { wait } from './wait.ts'

/** How long one blocking read waits: a server that is gone without a word is noticed after this and a time-out. */
const blockMs = 2000

/** The wait before a new connection. Milliseconds. */
const againMs = 100

/** A reader away for less cannot have been overtaken by trimming, which leaves hours. Milliseconds. */
const unnoticedMs = 1000

/** The place a follower has reached; `entry` once it was read by this follower. */
interface Cursor {
  readonly place: Place | null
  readonly tag: string | null
}

/** What a follower needs of its log. */
export interface Followed {
  readonly options: RedisLogOptions
  readonly link: Link
  /** @throws LogError once the log is closed */
  check(): void
  /** Ends the connection when the log is closed. Returns its own removal. */
  onClose(end: () => void): () => void
}

/** As the port's `follow`: on a connection of its own, because a blocking read would hold up every append. */
export async function* followLines(
  log: Followed,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<readonly Stored[]> {
  log.check()
  let cursor: Cursor = { place: after === null ? null : placeOf(after), tag: null }
  const timeoutMs = blockMs + (log.options.commandTimeoutMs ?? commandTimeoutMs)
  while (!signal.aborted) {
    log.check()
    let connection: Connection | null = null
    const end = () => connection?.drop()
    const off = log.onClose(end)
    signal.addEventListener('abort', end)
    try {
      connection = await connect(log.options, timeoutMs)
      if (isOver(log, signal)) continue
      yield* resume(log, connection, cursor, signal)
      for await (const entry of entriesFrom(log, connection, cursor.place, signal)) {
        const lines = storedOf(entry, log.link.own.bodiesOf(entry))
        if (signal.aborted) return
        if (lines.length > 0) yield lines
        const mark = markOf(entry)
        log.link.seen.add(mark)
        cursor = { place: placeOf(endOf(mark)), tag: entry.tag }
      }
    } catch (error) {
      if (signal.aborted) return
      log.check()
      const isOurs = error instanceof LogError && error.code !== 'io'
      if (isOurs || isLasting(error)) throw faultOf(error, log.link.address)
      // away: the place is kept, and nothing is missed
      await wait(againMs, signal)
    } finally {
      off()
      signal.removeEventListener('abort', end)
      connection?.drop()
    }
  }
}

function isOver(log: Followed, signal: AbortSignal): boolean {
  log.check()
  return signal.aborted
}

/**
 * Makes sure that nothing between the cursor and what comes is missing, and yields what is left of the cursor's entry.
 * @throws LogError `position` where the server came back with another past than the one that was followed
 */
async function* resume(
  { link }: Followed,
  connection: Connection,
  { place, tag }: Cursor,
  signal: AbortSignal,
): AsyncGenerator<readonly Stored[]> {
  if (place === null) return
  const source = { key: link.key, connection }
  if (tag === null) {
    const isThere = (await entryAt(connection, link.key, place.id)) !== null
    if (!isThere && (await isCutAt(source, place))) return
    const entry = await entryOfPlace(source, place)
    const rest = storedOf(entry).slice(place.index + 1)
    if (rest.length > 0 && !signal.aborted) yield rest
    return
  }
  await compared(link, connection)
  const entry = await entryAt(connection, link.key, place.id)
  if (entry?.tag === tag) return
  // lost with the server's tail: the log reports that itself; here it only matters whether something is to be seen again
  const { common, strange, isCertain } = await forkAt(connection, link.key, link.seen, place.id)
  if (strange === 0 && isCertain) return
  const from = common === null ? 'the start' : endOf(markOf(common))
  throw new LogError(
    'position',
    `the log's server came back with another past: commits before the follower's place may never have been seen; start again from ${from}`,
  )
}

/**
 * Sees to it that the link compares the server with what this process has seen before anything newer is seen: with
 * that as its newest entry it would find nothing missing.
 * @throws LogError `io` where the link has to do so first
 */
async function compared(link: Link, connection: Connection): Promise<void> {
  const { newest } = link.seen
  if (newest === null) return
  if ((await entryAt(connection, link.key, newest.id))?.tag === newest.tag) return
  const error = new LogError(
    'io',
    `the log's server ${link.address} came back without its newest entries: looking what is missing`,
  )
  link.drop(error)
  throw error
}

async function* entriesFrom(
  { link }: Followed,
  connection: Connection,
  place: Place | null,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  let last = place?.id ?? null
  let count = firstCount
  let since = performance.now()
  while (!signal.aborted) {
    const from = last === null ? '0-0' : textOf(last)
    const wasSlow = performance.now() - since > unnoticedMs
    const args = ['COUNT', count, 'BLOCK', blockMs, 'STREAMS', link.key, from]
    const reply = await connection.call('XREAD', ...args)
    if (wasSlow && last !== null && (await entryAt(connection, link.key, last)) === null)
      throw missing(`${from}.0` as Position) // in a message only
    since = performance.now()
    // one stream was asked for: [[key, entries]], or nothing
    if (!Array.isArray(reply)) continue
    const [stream] = reply as readonly unknown[]
    const entries = entriesOf(Array.isArray(stream) ? (stream as readonly unknown[])[1] : [])
    for (const entry of entries) {
      yield entry
      last = entry.id
    }
    count = nextCount(entries, count)
  }
}
