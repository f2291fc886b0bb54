import { decodeEntry, timeOf } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import type { Clock } from '../bus/clock.ts'
import { LogError, type EventLog, type LogErrorCode } from '../bus/log.ts'
import { openRecorder, tipOf, type Recorder, type Urgency } from '../bus/recorder.ts'
import type { Config } from '../config/config.ts'
import type { BusEvent } from '../intents/event.ts'
import { journalOf } from './offline.ts'

/** The hub's journal: its log, its one writer, and whether it can be written. */
export interface Journal {
  readonly log: EventLog
  readonly recorder: Recorder
  /** What its opening found, to be recorded first. */
  readonly found: readonly BusEvent[]
  /** What was wrong with the last write; null while it can be written. */
  trouble(): { readonly code: LogErrorCode; readonly detail: string } | null
  /** Records, and again every quarter of a second until it is recorded or the journal closes. */
  insist(events: readonly BusEvent[], urgency: Urgency): void
  close(): Promise<void>
}

/** How soon recording is tried again where the log is full. Milliseconds. */
const againMs = 250

/** How many of the newest entries are looked at for this hub's last one: other hubs may have written since. */
const lookBack = 1000

/** @throws LogError */
export async function openJournal(
  config: Config,
  data: string,
  clock: Clock,
  given?: EventLog,
): Promise<Journal> {
  const found: BusEvent[] = []
  const log = given ?? (await openFile())
  async function openFile(): Promise<EventLog> {
    const file = await openFileLog(journalOf(data), {
      timeOf,
      segmentBytes: config.log.segmentBytes,
    })
    if (file.recovered !== null) found.push({ type: 'LogRecovered', ...file.recovered })
    return file
  }
  const newestFirst = (await log.tail(lookBack)).toReversed()
  const tip = tipOf(
    config.hub,
    newestFirst.map((stored) => stored.body),
  )
  const [newest] = newestFirst
  if (newest !== undefined) {
    const { at } = decodeEntry(newest)
    const now = clock.now()
    if (at > now) found.push({ type: 'ClockStepped', wall: now, kept: now })
  }

  let closed = false
  const recorder = openRecorder(log, clock, config.hub, tip)

  async function insist(events: readonly BusEvent[], urgency: Urgency): Promise<void> {
    while (!closed)
      try {
        await recorder.record(events, urgency)
        return
      } catch {
        // nothing is lost: the events are still here, and `trouble` says why they cannot be written
        await new Promise<void>((resolve) => clock.after(againMs, resolve))
      }
  }

  return {
    log,
    recorder,
    found,
    trouble() {
      const error = recorder.trouble()
      return error instanceof LogError ? { code: error.code, detail: error.message } : null
    },
    insist: (events, urgency) => void insist(events, urgency),
    async close() {
      await recorder.idle()
      closed = true
      await log.close()
    },
  }
}
