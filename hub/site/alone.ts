import type { Clock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import { inTime } from '../../bus/in-time.ts'
import { LogError, type Position } from '../../bus/log.ts'
import type { SpoolLog } from '../../bus/log-spool/log.ts'
import type { Recorder } from '../../bus/recorder.ts'
import type { BusEvent, HeldLease } from '../../intents/event.ts'
import type { Instant } from '../../intents/id.ts'
import type { Alone as AloneRecord } from '../../projections/deliveries.ts'

// The life of a hub whose log may be away (`log.whenUnavailable: act-and-record-later`):
//
//   joined ──server away, half a second──▶ leaving ──WentAlone recorded──▶ alone ──server back──▶ rejoining ──▶ joined
//                                             │ the disk says no: joined, and refuses             │ away again: alone
//
// joined      sends by its leases, as any hub. What comes while the server is away waits.
// leaving     sends nothing: what was under way is written to the spool, behind a snapshot of what is folded.
// alone       sends for what it had, whatever others do. Takes and gives no leases.
// rejoining   begins no attempts, brings the rest of the spool to the log, and folds that anew in the log's order.

/** What a hub does while its log is away. */
export interface Alone {
  /** Since when it acts alone, why, and how many entries wait for the log; null where it does not. */
  now(): { readonly since: Instant; readonly detail: string; readonly entries: number } | null
  /** Whether leases are as the log says; otherwise nothing of them is to be changed. */
  isJoined(): boolean
  /** Whether it may send, where that is not for its leases to say; null where it is. */
  maySend(): boolean | null
  /** The next entries, after they were folded. */
  apply(batch: readonly Recorded[]): void
  /** The hub is up: from here on it follows what becomes of the server. */
  begin(): void
  /** Ends its waits; what is under way may end. */
  close(): Promise<void>
}

export interface AloneParts {
  readonly clock: Clock
  readonly hub: string
  readonly log: SpoolLog
  readonly recorder: Recorder
  /** What the record says of a hub of this name that was alone when the last process ended. */
  readonly left: AloneRecord | null
  /** What it acts for. */
  leases(): readonly HeldLease[]
  position(): Position | null
  /** Keeps what is folded, for a start without the server. */
  save(): Promise<void>
  /** From where it has folded on. */
  follow(): void
  /** Resolves when nothing more comes. */
  unfollow(): Promise<void>
  /** Begins no attempts while `on`; resolves when none is under way. */
  park(on: boolean): Promise<void>
  /** Folds the shared log anew up to `end`, and goes on from there: leases, what waits, what is shown. */
  rewind(end: Position | null): Promise<void>
  /** What is to be recorded with the end of it. */
  ends(alone: AloneRecord, until: Instant, entries: number): readonly BusEvent[]
  /** Gives a sign of life now, so that others know of it before it is asked for. */
  greet(): Promise<unknown>
  /** It has rejoined: looks what it should have. */
  look(): void
  /** The hub must not go on. */
  readonly fatal: (error: Error) => void
}

/** A restarted server or a new master is there again after less; a press that waits so long is late, not lost. Milliseconds. */
const patienceMs = 500
/** How soon something is tried again that the disk or the server did not take. Milliseconds. */
const againMs = 1000
/** How long it waits for answers of devices before it rejoins without them. Milliseconds. */
const settleMs = 5000

/** A log that is never away, or refuses while it is. */
export const neverAlone: Alone = {
  now: () => null,
  isJoined: () => true,
  maySend: () => null,
  apply: () => {},
  begin: () => {},
  close: () => Promise.resolve(),
}

export function openAlone(parts: AloneParts): Alone {
  const { clock, hub, log, recorder } = parts
  /** As it is recorded. */
  let record = log.isAlone() ? parts.left : null
  let phase: 'joined' | 'leaving' | 'alone' | 'rejoining' =
    record !== null ? 'alone' : log.isAlone() ? 'leaving' : 'joined'
  let detail = log.isAlone() ? 'it was started without the log' : ''
  let closed = false
  let off = () => {}
  let cancel = () => {}
  /** One thing at a time. */
  let busy: Promise<void> = Promise.resolve()
  let caughtUp = () => {}
  /** Since when the server cannot be used, or only comes and goes; null while all is well. */
  let awaySince: Instant | null = null
  let resting = false

  function away(why: LogError): void {
    if (phase !== 'joined') return
    recorder.hold(true) // what is given to the server now could not be said to be written alone
    detail = why.message
    awaySince ??= clock.now()
    cancel()
    cancel = clock.after(awaySince + patienceMs - clock.now(), decide)
  }

  /** The server had its time. One that comes and goes, and takes nothing, is away. */
  function decide(): void {
    const since = awaySince
    if (phase !== 'joined' || since === null) return
    if (log.server() !== null || log.waitsMs() >= patienceMs) enqueue(() => leave(since))
    else awaySince = null
  }

  function enqueue(task: () => Promise<void>): void {
    busy = busy.then(task).catch((error: unknown) => {
      if (!closed) parts.fatal(error instanceof Error ? error : new Error(String(error)))
    })
  }

  async function leave(since: Instant): Promise<void> {
    if (phase !== 'joined') return
    phase = 'leaving'
    log.hold()
    await parts.unfollow()
    const leases = parts.leases()
    // before all that waits, so that what is sent next is sent by a hub that has said so
    const said = recorder.recordFirst([{ type: 'WentAlone', since, leases, detail }])
    recorder.hold(false)
    try {
      await parts.save()
      await log.leave(parts.position())
    } catch {
      // nothing is lost: what waits is refused, and the log's health says why
      said.catch(() => {})
      log.stay()
      phase = 'joined'
      parts.follow()
      cancel = clock.after(againMs, decide)
      return
    }
    parts.follow()
    await said.catch(() => insist({ type: 'WentAlone', since, leases, detail }))
    back()
  }

  /** A spool of the last process, which died before it could say that it was alone: nobody knows what it had. */
  async function saySo(): Promise<void> {
    const since = clock.now()
    await insist({ type: 'WentAlone', since, leases: [], detail })
    back()
  }

  async function insist(...events: readonly BusEvent[]): Promise<void> {
    while (!closed)
      try {
        await recorder.record(events, 'durable')
        return
      } catch {
        // nothing is lost: it is said as soon as the disk takes it
        await new Promise<void>((resolve) => clock.after(againMs, resolve))
      }
  }

  function back(): void {
    recorder.hold(false)
    if (closed || resting || phase !== 'alone' || log.server() !== null) return
    cancel()
    resting = true
    enqueue(rejoin)
  }

  async function rejoin(): Promise<void> {
    resting = false
    if (closed || log.server() !== null) return
    let entries = 0
    try {
      await log.drain() // nearly all of it, while presses go on
      await parts.greet()
      phase = 'rejoining'
      await inTime(clock, parts.park(true), settleMs)
      const last = await log.pause()
      await until(last)
      entries = recorder.chain().hseq
      await parts.unfollow()
      await parts.rewind(await log.drain())
    } catch (error) {
      const passes = error instanceof LogError && (error.code === 'io' || error.code === 'full')
      if (!passes) throw error
      stay()
      return
    }
    await log.rejoin()
    phase = 'joined'
    awaySince = null
    const was = record
    record = null
    parts.follow()
    if (was !== null) void insist(...parts.ends(was, clock.now(), entries - was.hseq + 1))
    await parts.park(false)
    parts.look()
    const why = log.server()
    if (why !== null) away(why)
  }

  /** The server went away again. */
  function stay(): void {
    if (phase === 'rejoining') {
      phase = 'alone'
      log.resume()
      parts.follow()
      void parts.park(false)
    }
    resting = true
    cancel = clock.after(againMs, () => {
      resting = false
      back()
    })
  }

  function until(last: Position | null): Promise<void> {
    if (parts.position() === last) return Promise.resolve()
    return new Promise((resolve) => {
      caughtUp = () => {
        if (parts.position() === last) resolve()
      }
    })
  }

  return {
    now: () =>
      record === null
        ? null
        : { since: record.since, detail, entries: recorder.chain().hseq - record.hseq + 1 },
    isJoined: () => phase === 'joined',
    maySend: () => (phase === 'joined' ? null : phase !== 'leaving'),
    apply(batch) {
      for (const { hub: by, hseq, event } of batch)
        if (by === hub && event.type === 'WentAlone') {
          record = { since: event.since, leases: event.leases, hseq }
          if (phase === 'leaving') phase = 'alone'
        }
      caughtUp()
    },
    begin() {
      off = log.onServer((why) => (why === null ? back() : away(why)))
      const why = log.server()
      if (phase === 'leaving') enqueue(saySo)
      else if (why === null) back()
      else away(why)
    },
    async close() {
      off()
      cancel()
      // what is still to be recorded is, wherever it can be
      if (phase === 'joined' && log.server() !== null) enqueue(() => leave(clock.now()))
      closed = true
      await busy
      recorder.hold(false)
      log.hasten()
    },
  }
}
