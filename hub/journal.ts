import { decodeEntry, timeOf } from '../bus/entry.ts'
import { inTime } from '../bus/in-time.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import type { Clock } from '../bus/clock.ts'
import { openSpoolLog, type SpoolLog } from '../bus/log-spool/log.ts'
import { hasSpool, leftSpool } from '../bus/log-spool/spool.ts'
import { LogError, type Beside, type EventLog, type LogErrorCode, type Stored } from '../bus/log.ts'
import { openRecorder, tipOf, type Recorder, type Urgency } from '../bus/recorder.ts'
import type { Config } from '../config/config.ts'
import type { RedisLogConfig } from '../config/log.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Instant } from '../intents/id.ts'
import { tipsOfBase } from '../projections/base.ts'
import { withFileSidecar } from '../bus/sidecar-file/log.ts'
import { commitmentsIn } from './privacy/personal.ts'
import { disclosuresOf, journalOf, spoolOf } from './data-folder.ts'
import { openAll, type Opened } from './site/opened.ts'

export type LogGap = Extract<BusEvent, { readonly type: 'LogGap' }>

/** The hub's journal: its log, its one writer, and whether it can be written. */
export interface Journal {
  readonly log: EventLog
  /** The same, where the hub may go on alone while the log's server is away; null otherwise. */
  readonly spool: SpoolLog | null
  /** When the newest of what the last process wrote alone was written, where it is in the log since; null otherwise. */
  readonly broughtUntil: Instant | null
  readonly recorder: Recorder
  /** What its opening found, to be recorded first. */
  readonly found: readonly BusEvent[]
  /** What was wrong with the last write; null while it can be written. */
  trouble(): { readonly code: LogErrorCode; readonly detail: string } | null
  /** The newest gap that was found in the log since the hub started; null: none. */
  gap(): LogGap | null
  /** What is to be recorded with a gap, in the same commit. */
  onGap(more: (gap: LogGap) => readonly BusEvent[]): void
  /** Records, and again every quarter of a second until it is recorded or the journal closes. */
  insist(events: readonly BusEvent[], urgency: Urgency): void
  close(): Promise<void>
}

/** How soon recording is tried again where the log is full. Milliseconds. */
const againMs = 250

/** How many of the newest entries are looked at for this hub's last one, before all are: others may have written since. */
const looksBack = [1000, 16_000]

/** @throws LogError, EntryError: what was opened before is closed again */
export function openJournal(
  config: Config,
  data: string,
  clock: Clock,
  given?: EventLog,
): Promise<Journal> {
  return openAll((opened) => open(config, data, clock, given, opened))
}

async function open(
  config: Config,
  data: string,
  clock: Clock,
  given: EventLog | undefined,
  opened: Opened,
): Promise<Journal> {
  const found: BusEvent[] = []
  /** Told of by the log itself; before there is a recorder it is recorded with what opening found. */
  let report = (event: BusEvent): void => void found.push(event)
  const { log, spool, broughtUntil } =
    given === undefined
      ? await openLog(config, data, (event) => report(event), opened)
      : await besideFiles(given, data, opened)
  opened.add(() => log.close())
  const { tip, newest } = await ownTip(log, config.hub)
  if (newest !== null) {
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

  let newestGap: LogGap | null = null
  let withGap = (_gap: LogGap): readonly BusEvent[] => []
  /** What was found while the log was away is its first entry when it is back: a crash must not leave it untold. */
  let untold: readonly BusEvent[] = []
  let isAway = false

  async function tell(): Promise<void> {
    const events = untold
    untold = []
    if (events.length === 0) return
    const all = events.flatMap((event) =>
      event.type === 'LogGap' ? [event, ...withGap(event)] : [event],
    )
    try {
      await recorder.recordFirst(all, besideAgain(log, all))
    } catch {
      untold = [...events, ...untold]
      // away again: when it is back; full: when there may be space
      clock.after(againMs, () => void (closed || isAway || tell()))
    }
  }

  // after the recorder's own listener, which takes entries again from then on
  log.onAway?.((away) => {
    isAway = away !== null
    if (!isAway) void tell()
  })
  report = (event) => {
    if (event.type === 'LogGap') newestGap = event
    untold = [...untold, event]
    if (!isAway) void tell()
  }

  return {
    log,
    spool,
    broughtUntil,
    recorder,
    found,
    trouble() {
      const error = recorder.trouble()
      return error instanceof LogError ? { code: error.code, detail: error.message } : null
    },
    gap: () => newestGap,
    onGap: (more) => void (withGap = more),
    insist: (events, urgency) => void insist(events, urgency),
    async close() {
      await inTime(clock, recorder.idle(), stopWithinMs)
      closed = true
      await log.close()
    },
  }
}

/** What is recorded again may have been lost beside the log, too. */
function besideAgain({ sidecar }: EventLog, events: readonly BusEvent[]): Beside | undefined {
  if (sidecar === undefined || sidecar.size() === 0) return undefined
  const kept = commitmentsIn(events).flatMap((key) => {
    const text = sidecar.get(key)
    return text === undefined ? [] : [[key, text] as const]
  })
  return new Map(kept)
}

interface OpenedLog {
  readonly log: EventLog
  readonly spool: SpoolLog | null
  readonly broughtUntil: Instant | null
}

/** What a log has that no server can take away. */
const alwaysThere = { spool: null, broughtUntil: null } as const

async function openLog(
  config: Config,
  data: string,
  report: (event: BusEvent) => void,
  opened: Opened,
): Promise<OpenedLog> {
  switch (config.log.engine) {
    case 'file': {
      const log = await openFileLog(journalOf(data), {
        timeOf,
        segmentBytes: config.log.segmentBytes,
      })
      if (log.recovered !== null) report({ type: 'LogRecovered', ...log.recovered })
      return besideFiles(log, data, opened)
    }
    case 'redis':
      return openRedis(config, config.log, data, report, opened)
    case 'kurrent': {
      const [{ openKurrentLog }, { kurrentOptions }] = await Promise.all([
        import('../bus/log-kurrent/log.ts'),
        import('./site/kurrent.ts'),
      ])
      return besideFiles(await openKurrentLog(kurrentOptions(config, config.log)), data, opened)
    }
    default:
      return config.log satisfies never
  }
}

/** A log of one hub, with what is kept beside it in files. */
async function besideFiles(log: EventLog, data: string, opened: Opened): Promise<OpenedLog> {
  opened.add(() => log.close())
  return { ...alwaysThere, log: await withFileSidecar(log, disclosuresOf(data)) }
}

/** Loads what speaks to Redis, only here: a hub with the embedded log starts without it. */
async function openRedis(
  config: Config,
  settings: RedisLogConfig,
  data: string,
  report: (event: BusEvent) => void,
  opened: Opened,
): Promise<OpenedLog> {
  const [{ openRedisLog, openRedisLogLater }, { redisOptions }] = await Promise.all([
    import('../bus/log-redis/log.ts'),
    import('./site/redis.ts'),
  ])
  const onGap = (gap: Omit<BusEvent & { type: 'LogGap' }, 'type'>) =>
    report({ type: 'LogGap', ...gap })
  const options = { ...redisOptions(config, settings), onGap }
  const mayLeave = settings.whenUnavailable === 'act-and-record-later'
  const place = { dir: spoolOf(data), timeOf }
  const left = await leftSpool(place)
  if (left !== null) opened.add(() => left.log.close())
  if (left === null && !mayLeave) return { ...alwaysThere, log: await openRedisLog(options) }
  const shared =
    left !== null && mayLeave ? openRedisLogLater(options) : await openRedisLog(options)
  const log = openSpoolLog({ shared, hub: config.hub, options: place, left })
  opened.add(() => log.close())
  if (left === null) return { ...alwaysThere, log, spool: log }
  if (left.log.recovered !== null) report({ type: 'LogRecovered', ...left.log.recovered })
  const [newest] = await log.tail(1)
  const isThere = !mayLeave || (await isBack(log, startWithinMs))
  const broughtUntil =
    isThere && newest !== undefined && (await bring(log)) ? decodeEntry(newest).at : null
  return { log: mayLeave ? log : shared, spool: mayLeave ? log : null, broughtUntil }
}

/** Whether the last process left a spool with which this one may go on without the log's server. */
export async function mayStartAlone({ log }: Config, data: string): Promise<boolean> {
  return (
    log.engine === 'redis' &&
    log.whenUnavailable === 'act-and-record-later' &&
    (await hasSpool(spoolOf(data)))
  )
}

/**
 * A hub that stops waits so long for each part of it, and systemd longer than for all: what is in doubt on a server that is
 * away stays so until that is back. Milliseconds.
 */
export const stopWithinMs = 2000

/** How long a start with a spool waits for the server, before it goes on alone. Milliseconds. */
export const startWithinMs = 1000

/** Whether the server is there within that time. */
function isBack(log: SpoolLog, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isThere: boolean) => {
      clearTimeout(timer)
      off()
      resolve(isThere)
    }
    const timer = setTimeout(() => end(false), withinMs)
    const off = log.onServer((away) => void (away === null && end(true)))
  })
}

/** Brings the spool to the log, all of it; false where the server went away meanwhile. @throws LogError `corrupt` */
async function bring(log: SpoolLog): Promise<boolean> {
  try {
    await log.pause()
    await log.drain()
    await log.rejoin()
    return true
  } catch (error) {
    log.resume()
    if (error instanceof LogError && error.code === 'io') return false
    throw error
  }
}

/** The end of this hub's chain, however much other hubs have written since, and the newest entry of all. */
async function ownTip(log: EventLog, hub: string) {
  let newest: Stored | null = null
  for (const count of looksBack) {
    const newestFirst = (await log.tail(count)).toReversed()
    newest = newestFirst[0] ?? null
    const tip = tipOf(
      hub,
      newestFirst.map((stored) => stored.body),
    )
    if (tip.hseq > 0) return { tip, newest }
    if (newestFirst.length < count) return { tip: await trimmedTip(log, hub), newest }
  }
  // it has been away for long, or is new here: one pass in constant memory
  let own: string[] = []
  for await (const { body } of log.read(null, new AbortController().signal))
    if (tipOf(hub, [body]).hseq > 0) own = [body]
  const tip = tipOf(hub, own)
  return { tip: tip.hseq > 0 ? tip : await trimmedTip(log, hub), newest }
}

/** Of a hub whose last entry was trimmed: where its chain was then. */
async function trimmedTip(log: EventLog, hub: string) {
  const base = (await log.cutting?.base()) ?? null
  const tip = base === null ? undefined : tipsOfBase(base.text).find((one) => one.hub === hub)
  return tip === undefined ? tipOf(hub, []) : { hseq: tip.hseq, hash: tip.head }
}
