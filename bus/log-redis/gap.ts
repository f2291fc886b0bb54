import type { Connection } from './connection.ts'
import { type Entry, markerTag } from './entry.ts'
import { isRefusal } from './fault.ts'
import type { Gap } from './options.ts'
import { type EntryId, textOf } from './position.ts'
import { endOf, markOf, type Seen } from './seen.ts'
import { entryAt, rangeBack } from './stream.ts'

/** How far back the newest common entry is looked for: 100 pages of 100. */
const pages = 100
const pageEntries = 100

/** Where this process' past and the server's part. */
export interface Fork {
  /** The newest entry up to `id` that both have; null: none. */
  readonly common: Entry | null
  /** Entries after `common` and up to `id` that this process has never seen: added to another past. */
  readonly strange: number
  /** False where `common` is only supposed: it is older than all that this process remembers. */
  readonly isCertain: boolean
}

/** Looks from `id` backwards for an entry that this process has seen. */
export async function forkAt(
  connection: Connection,
  key: string,
  seen: Seen,
  id: EntryId,
): Promise<Fork> {
  let from = textOf(id)
  let strange = 0
  for (let page = 0; page < pages; page++) {
    const entries = await rangeBack(connection, key, from, '-', pageEntries)
    for (const entry of entries) {
      if (seen.has(entry.id, entry.tag)) return { common: entry, strange, isCertain: true }
      if (seen.isOlder(entry.id)) return { common: entry, strange, isCertain: false }
      if (entry.tag !== markerTag) strange++
    }
    const last = entries.at(-1)
    if (last === undefined || entries.length < pageEntries) break
    from = `(${textOf(last.id)}`
  }
  return { common: null, strange, isCertain: true }
}

/**
 * Compares the server with the newest entry that this process has seen. Where that is gone, the stream's id is moved
 * past it before anything is appended, so that no later entry sorts before something seen; the answer says what is
 * missing. Null: nothing is.
 *
 * The id is moved by an entry without bodies, not by XSETID: adding with an id of our own is refused by the server where
 * the stream is beyond it already, so two hubs that repair at once cannot move it back; it also works on a stream
 * that is gone altogether, and asks for no further right.
 */
export async function repair(connection: Connection, key: string, seen: Seen): Promise<Gap | null> {
  const { newest } = seen
  if (newest === null) {
    const [head] = await rangeBack(connection, key, '+', '-', 1)
    if (head !== undefined) seen.add(markOf(head))
    return null
  }
  if ((await entryAt(connection, key, newest.id))?.tag === newest.tag) return null
  const { common, strange } = await forkAt(connection, key, seen, newest.id)
  const after = common === null ? null : endOf(markOf(common))
  const until = endOf(newest)
  await moveForward(connection, key, newest.id, `${after ?? '-'} ${until}`)
  const [head] = await rangeBack(connection, key, '+', '-', 1)
  if (head !== undefined) seen.restart(markOf(head))
  const others =
    strange === 0 ? '' : `; ${strange} commits were added meanwhile to the past it came back with`
  return {
    after,
    until,
    detail: `the log's server ${connection.server.address} came back without entries that it had confirmed${others}`,
  }
}

async function moveForward(
  connection: Connection,
  key: string,
  { ms, seq }: EntryId,
  over: string,
): Promise<void> {
  try {
    await connection.call('XADD', key, `${ms}-${seq + 1}`, markerTag, over)
  } catch (error) {
    // the stream is beyond it already: nothing to move
    if (isRefusal(error) && error instanceof Error && /equal or smaller/.test(error.message)) return
    throw error
  }
}
