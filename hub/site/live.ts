import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import type { EventLog, Position } from '../../bus/log.ts'

/**
 * The journal for those who watch it: history from the log, then what is committed, without reading it back. A
 * reader that falls behind goes back to the log; nothing is skipped and nothing grows.
 */
export interface Live {
  apply(batch: readonly Recorded[]): void
  /** The log's order is another one than was shown: readers go back to it, and see again what has moved. */
  rewind(): void
  /** After `after` (null: from the start; 'now': only what comes), endless. @throws LogError for no position of this log */
  entries(after: Position | null | 'now', signal: AbortSignal): AsyncIterable<Recorded>
}

/** What a reader may have unread before it goes back to the log. Entries. */
const mostUnread = 4096

export function openLive(log: EventLog): Live {
  /** Each is given what is committed; null: it is to go back to the log. */
  const readers = new Set<(batch: readonly Recorded[] | null) => void>()

  async function* entries(
    after: Position | null | 'now',
    signal: AbortSignal,
  ): AsyncGenerator<Recorded> {
    let position = after === 'now' ? await log.head() : after
    while (!signal.aborted) {
      let unread: Recorded[] = []
      let behind = false
      let wake = () => {}
      const take = (batch: readonly Recorded[] | null) => {
        if (batch === null || unread.length + batch.length > mostUnread) {
          behind = true
          unread = []
        } else if (!behind) unread.push(...batch)
        wake()
      }
      const aborted = () => wake()
      readers.add(take)
      signal.addEventListener('abort', aborted)
      try {
        // the reader listens already, so what is committed while history is read is not missed
        for await (const stored of log.read(position, signal)) {
          position = stored.position
          yield decodeEntry(stored)
        }
        while (!behind && !signal.aborted) {
          const batch = unread
          unread = []
          for (const recorded of batch) {
            if (position !== null && log.compare(recorded.position, position) <= 0) continue
            position = recorded.position
            yield recorded
          }
          if (unread.length === 0 && !behind && !signal.aborted)
            await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        readers.delete(take)
        signal.removeEventListener('abort', aborted)
      }
    }
  }

  return {
    apply(batch) {
      for (const take of readers) take(batch)
    },
    rewind() {
      for (const take of readers) take(null)
    },
    entries,
  }
}
