import { systemClock } from '../../bus/clock.ts'
import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import type { Position } from '../../bus/log.ts'
import { diffRecord, type RecordDiff } from './diff.ts'
import { momentOf } from './moment.ts'
import { ofRecord, openRecord } from './record.ts'
import type { Given } from './site-record.ts'
import { textsOf } from '../site/source.ts'
import { shownWith } from '../privacy/personal.ts'
import { replayLog } from './replay.ts'
import type { RoomState } from './room-state.ts'

// What can be asked of a record's past without a hub.

/** The room at a moment; null: the newest. @throws RecordError, RangeError */
export async function replayGiven(given: Given, to: string | null): Promise<RoomState> {
  const moment = to === null ? null : momentOf(to)
  return ofRecord(given, async (record) =>
    shownWith(await replayLog(record, moment, systemClock().now()), await textsOf(record)),
  )
}

/** What changed between two moments. @throws RecordError, RangeError */
export async function diffGiven(given: Given, from: string, to: string): Promise<RecordDiff> {
  const [a, b] = [momentOf(from), momentOf(to)]
  return ofRecord(given, (record) => diffRecord(record, a, b, systemClock().now()))
}

/** All entries after a position (null: from the first), in order. @throws RecordError, RangeError, LogError */
export async function* entriesGiven(
  given: Given,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<Recorded> {
  const record = await openRecord(given)
  const texts = await textsOf(record)
  try {
    for await (const stored of record.read(after as Position | null, signal))
      // looked up, whatever it is
      yield shownWith(decodeEntry(stored), texts)
  } finally {
    await record.close()
  }
}
