import { type Connection } from './connection.ts'
import { type Entry, entriesOf } from './entry.ts'
import { type EntryId, textOf } from './position.ts'

// The commands that read one stream, on a connection that is given.

/** What can be asked; it may be another connection each time. */
export type Asked = Pick<Connection, 'call'>

/** Where a stream is read. */
export interface Source {
  readonly key: string
  readonly connection: Asked
}

/** Entries from `from` to `to` (`-`, `+`, an id, or `(` and an id for "not this one"), oldest first. */
export async function range(
  connection: Asked,
  key: string,
  from: string,
  to: string,
  count: number,
): Promise<readonly Entry[]> {
  return entriesOf(await connection.call('XRANGE', key, from, to, 'COUNT', count))
}

/** As {@link range}, newest first, from `from` down to `to`. */
export async function rangeBack(
  connection: Asked,
  key: string,
  from: string,
  to: string,
  count: number,
): Promise<readonly Entry[]> {
  return entriesOf(await connection.call('XREVRANGE', key, from, to, 'COUNT', count))
}

/** The entry of exactly this id; null where there is none. */
export async function entryAt(connection: Asked, key: string, id: EntryId): Promise<Entry | null> {
  const [entry] = await range(connection, key, textOf(id), textOf(id), 1)
  return entry ?? null
}
