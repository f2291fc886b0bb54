import type { Position } from '../log.ts'
import { countOf, type Entry } from './entry.ts'
import { compareIds, type EntryId, positionOf, textOf } from './position.ts'

/** 4,096 entries: what a failover loses is what a replica lags behind, well under a second of them. */
const most = 4096

/** An entry that this process knows to have been on the server. */
export interface Mark {
  readonly id: EntryId
  readonly tag: string
  readonly count: number
}

export function markOf(entry: Entry): Mark {
  return { id: entry.id, tag: entry.tag, count: countOf(entry) }
}

/** The position of an entry's last body. */
export function endOf({ id, count }: Mark): Position {
  return positionOf(id, Math.max(0, count - 1))
}

/** The newest entries that this process has seen: what a server that comes back is compared with. */
export interface Seen {
  readonly newest: Mark | null
  add(mark: Mark): void
  /** Whether this very entry, not only one of its id, was seen; of those that are still remembered. */
  has(id: EntryId, tag: string): boolean
  /** Whether `id` is older than all that is remembered. */
  isOlder(id: EntryId): boolean
  /** What was newest is lost: from now on it is `mark`. */
  restart(mark: Mark): void
}

export function seenEntries(): Seen {
  const tags = new Map<string, string>()
  let newest: Mark | null = null
  let oldest: EntryId | null = null
  return {
    get newest() {
      return newest
    },
    add(mark) {
      tags.set(textOf(mark.id), mark.tag)
      oldest ??= mark.id
      if (newest === null || compareIds(mark.id, newest.id) > 0) newest = mark
      if (tags.size <= 2 * most) return
      // trimmed to half, so that it is paid for once in many
      const kept = [...tags].slice(-most)
      tags.clear()
      for (const [id, tag] of kept) tags.set(id, tag)
      const [ms = '0', seq = '0'] = kept[0]?.[0].split('-') ?? []
      oldest = { ms: Number(ms), seq: Number(seq) }
    },
    has: (id, tag) => tags.get(textOf(id)) === tag,
    isOlder: (id) => oldest === null || compareIds(id, oldest) < 0,
    restart(mark) {
      newest = mark
      tags.set(textOf(mark.id), mark.tag)
    },
  }
}
