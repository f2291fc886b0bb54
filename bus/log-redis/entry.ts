import { isUtf8 } from 'node:buffer'
import { LogError, type Stored } from '../log.ts'
import { type EntryId, entryIdOf, positionOf } from './position.ts'

/**
 * One entry of the stream: one field. The field's name is the tag of the commit, which only its writer can have made;
 * the value is the commit's bodies with a line feed between them. A {@link markerTag} has no bodies.
 */
export interface Entry {
  readonly id: EntryId
  readonly tag: string
  /** As stored; the bodies of attacker-controlled bytes are looked at in {@link storedOf}. */
  readonly value: Buffer
}

/** The tag of an entry that only moves the stream's id forward; its value says over what. */
export const markerTag = 'gap'

const tagForm = /^w[0-9a-f]{16}\.\d{1,15}$/

/** The tag of a writer's nth commit: `w`, 16 hex digits of its own, a dot, n. */
export function tagOf(writer: string, n: number): string {
  return `w${writer}.${n}`
}

/**
 * The entries of an answer to XRANGE, XREVRANGE or one stream of XREAD.
 * @throws LogError `corrupt` for an entry that no hub wrote
 */
export function entriesOf(reply: unknown): readonly Entry[] {
  if (!Array.isArray(reply)) throw foreign('an answer')
  return reply.map(entryOf)
}

function entryOf(item: unknown): Entry {
  const [idBytes, fields] = Array.isArray(item) ? (item as readonly unknown[]) : []
  const id = Buffer.isBuffer(idBytes) ? entryIdOf(idBytes.toString('latin1')) : null
  if (id === null) throw foreign('an entry')
  const [name, value, ...more] = Array.isArray(fields) ? (fields as readonly unknown[]) : []
  const tag = Buffer.isBuffer(name) && name.length <= 40 ? name.toString('latin1') : ''
  const known = tag === markerTag || tagForm.test(tag)
  if (!known || !Buffer.isBuffer(value) || more.length > 0) throw foreign(`${id.ms}-${id.seq}`)
  return { id, tag, value }
}

function foreign(what: string): LogError {
  return new LogError(
    'corrupt',
    `the stream holds ${what} that no hub wrote; nobody else may write to it: remove that entry (XDEL), or give the site another name`,
  )
}

/** How many bodies an entry holds, without decoding them. */
export function countOf({ tag, value }: Entry): number {
  if (tag === markerTag) return 0
  let count = 1
  for (let at = value.indexOf(10); at !== -1; at = value.indexOf(10, at + 1)) count++
  return count
}

/**
 * The lines of an entry, in order; `bodies` where they are at hand.
 * @throws LogError `corrupt` for bytes that are not UTF-8: decoded, they would be others
 */
export function storedOf(entry: Entry, bodies = bodiesOf(entry)): readonly Stored[] {
  return bodies.map((body, index) => ({ position: positionOf(entry.id, index), body }))
}

function bodiesOf({ id, tag, value }: Entry): readonly string[] {
  if (tag === markerTag) return []
  if (!isUtf8(value))
    throw new LogError(
      'corrupt',
      `the entry ${id.ms}-${id.seq} of the stream is not UTF-8, so it was changed; compare it with a copy of the record`,
    )
  return value.toString().split('\n')
}
