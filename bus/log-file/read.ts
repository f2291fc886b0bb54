import { resolve } from 'node:path'
import { type Cutting, type EventLog, type Position, type Stored } from '../log.ts'
import { baseOf, cutOf } from './base.ts'
import { findRecord } from './find.ts'
import { positionOf, seqWithin } from './position.ts'
import { newestBefore, readRecords, readTail } from './records.ts'
import { tailOf } from './recover.ts'
import { type Extent, listSegments } from './segment.ts'

/** What can be asked of a log without opening it for writing. */
export type LogView = Pick<EventLog, 'head' | 'read' | 'tail' | 'before' | 'find'> &
  Pick<Cutting, 'base'>

/**
 * A view of the journal in folder `dir`, which another process may have open: no lock is taken, nothing is written, and
 * a torn tail ends it. Each call sees the log of its moment. It may show the newest lines before their writer knows
 * that they are durable, and, where that write fails, lines that are then taken back. Nothing to close.
 */
export function readFileLog(dir: string, timeOf: (body: string) => number): LogView {
  const folder = resolve(dir)
  return {
    async head() {
      const { head } = await extentOf(folder)
      return head === 0 ? null : positionOf(head)
    },
    async *read(after: Position | null, signal: AbortSignal): AsyncGenerator<Stored> {
      const extent = await extentOf(folder)
      yield* readRecords(() => ({ extent, after: seqWithin(after, extent.head) }), signal)
    },
    async tail(count) {
      return readTail(await extentOf(folder), count)
    },
    async before(at) {
      return newestBefore(await extentOf(folder), at, timeOf)
    },
    base: () => baseOf(folder),
    async find(needle, after, signal) {
      const extent = await extentOf(folder)
      return findRecord(extent, needle, seqWithin(after, extent.head), signal)
    },
  }
}

async function extentOf(dir: string): Promise<Extent> {
  const segments = await listSegments(dir)
  const newest = segments.at(-1)
  const cut = await cutOf(dir)
  if (newest === undefined) return { segments, cut, head: cut, end: 0 }
  const { end } = await tailOf(newest)
  return { segments, cut, head: end.seq, end: end.offset }
}
