import { LogError, type LogBase, type Position } from '../log.ts'
import { countOf, markerTag } from './entry.ts'
import { type Place, placeOf, positionOf, textOf } from './position.ts'
import { range, rangeBack, type Source } from './stream.ts'

// A stream that is cut at its beginning, and what stands in the place of that: `if:{<site>}:base`, two lines as in the file
// engine's, without a checksum of its own, because the server has one.

/** The base of the stream `key`. */
function baseKeyOf(key: string): string {
  return key.replace(/journal$/, 'base')
}

/** What stands in the place of what was cut, or is about to be; null for nothing. @throws LogError */
export async function readBase({ connection, key }: Source): Promise<LogBase | null> {
  const reply = await connection.call('GET', baseKeyOf(key))
  if (!Buffer.isBuffer(reply)) return null
  const content = reply.toString()
  const end = content.indexOf('\n')
  if (end === -1)
    throw new LogError('corrupt', `the key ${baseKeyOf(key)} holds something that no hub wrote`)
  const after = content.slice(0, end) as Position
  placeOf(after) // throws for what is none
  return { after, text: content.slice(end + 1) }
}

/** The last line of the commit before that of `limit`, which stays as a whole; null: there is none before it. */
export async function lastBefore(source: Source, limit: Position): Promise<Position | null> {
  let to = `(${textOf(placeOf(limit).id)}`
  for (;;) {
    const entries = await rangeBack(source.connection, source.key, to, '-', 8)
    const entry = entries.find(({ tag }) => tag !== markerTag)
    if (entry !== undefined) return positionOf(entry.id, countOf(entry) - 1)
    const last = entries.at(-1)
    if (last === undefined) return null
    to = `(${textOf(last.id)}`
  }
}

/** Keeps the base, then cuts all commits up to that of `base.after`. The newest commit always stays. */
export async function cutStream(source: Source, { after, text }: LogBase): Promise<void> {
  const { connection, key } = source
  await connection.call('SET', baseKeyOf(key), `${after}\n${text}`)
  const [next] = await range(connection, key, `(${textOf(placeOf(after).id)}`, '+', 1)
  if (next !== undefined) await connection.call('XTRIM', key, 'MINID', '=', textOf(next.id))
}

/** Whether nothing is missing between `place`, which is gone, and the beginning of the stream. @throws LogError */
export async function isCutAt(source: Source, place: Place): Promise<boolean> {
  const base = await readBase(source)
  if (base === null || base.after !== positionOf(place.id, place.index)) return false
  const before = await rangeBack(source.connection, source.key, textOf(place.id), '-', 1)
  return before.length === 0
}
