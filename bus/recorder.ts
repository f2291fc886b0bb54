import { hash } from 'node:crypto'
import type { BusEvent } from '../intents/event.ts'
import type { Clock } from './clock.ts'
import {
  decodeEntry,
  encodeEntry,
  encodeEvent,
  firstPrevious,
  ownNumber,
  type Recorded,
} from './entry.ts'
import type { Beside, Durability, EventLog, LogError, Position, Stored } from './log.ts'

/**
 * How soon an entry must be kept. `lazy`: as `live`, but it waits for a commit that is under way instead of starting
 * one beside it; for what nobody waits for (outcomes, reports).
 */
export type Urgency = Durability | 'lazy'

/**
 * A hub's one writer: stamps, chains and group-commits its entries. In a shared log they are recorded when they come
 * back in its order, among those of other hubs (see {@link Recorder.follow}): who acts then knows what came before.
 */
export interface Recorder {
  /**
   * Records events one after another, all or none. Resolves when they are as durable as asked and every listener of
   * `onCommit` has seen them. `kept` is called before that: at that moment one may act; earlier where a `live` entry
   * overtakes a durable commit, and in a shared log when the listeners have seen it. `beside`: what the log keeps beside them.
   * @throws LogError where they were not recorded; TypeError for what JSON cannot say
   */
  record(
    events: readonly BusEvent[],
    urgency: Urgency,
    kept?: () => void,
    beside?: Beside,
  ): Promise<readonly Recorded[]>
  /** As `record`, before all that waits for its commit; `durable`. */
  recordFirst(events: readonly BusEvent[], beside?: Beside): Promise<readonly Recorded[]>
  /** While `on` nothing more is given to the log: what is asked for waits, and is not stamped yet. */
  hold(on: boolean): void
  /** Called with what is recorded, in the order of the log. Listeners MUST NOT throw. Returns its own removal. */
  onCommit(listener: (batch: readonly Recorded[]) => void): () => void
  /** The newest entry of this hub's chain. */
  chain(): { readonly hub: string; readonly hseq: number; readonly head: string }
  /** Why the newest append failed; null while the log takes what it is given. */
  trouble(): unknown
  /** Waits until everything asked for is stored or failed. */
  idle(): Promise<void>
  /**
   * Brings what stands in a shared log after `after`, this hub's and the others', until `signal` aborts; nothing is
   * recorded before it is called. @throws LogError, EntryError where the log cannot be read
   */
  follow(after: Position | null, signal: AbortSignal): Promise<void>
}

interface Waiting {
  readonly events: readonly BusEvent[]
  readonly urgency: Urgency
  readonly kept: (() => void) | undefined
  readonly beside: Beside | undefined
  readonly resolve: (recorded: readonly Recorded[]) => void
  readonly reject: (error: unknown) => void
}

/** An entry that is one as soon as it is known where it stands: one object, because a hub makes three for each press. */
type Unplaced = Omit<Recorded, 'position'> & { position: Position | null }

/** One append under way. */
interface Commit {
  readonly waiting: readonly Waiting[]
  readonly entries: readonly Unplaced[]
  readonly tip: Tip
  /** What the log has answered; null before. */
  positions: readonly Position[] | null
  /** Its entries with their positions, from the first: in a shared log as they come back. */
  readonly recorded: Recorded[]
}

/** The end of the chain: number and hash of the newest body. */
interface Tip {
  readonly hseq: number
  readonly hash: string
}

/** What one commit takes at most, so that a burst cannot hold up the event loop. Entries. */
const mostEntries = 4096

/** SHA-256 of a body as it is stored (UTF-8), base64: the chain's link. */
export function bodyHash(body: string): string {
  return hash('sha256', body, 'base64')
}

/**
 * The tip of `hub`'s chain, for a recorder that goes on with it: its newest entry among the bodies `newestFirst`.
 */
export function tipOf(hub: string, newestFirst: Iterable<string>): Tip {
  for (const body of newestFirst) {
    const hseq = ownNumber(hub, body)
    if (hseq !== null) return { hseq, hash: bodyHash(body) }
  }
  return { hseq: 0, hash: firstPrevious }
}

export function openRecorder(log: EventLog, clock: Clock, hub: string, start: Tip): Recorder {
  const listeners = new Set<(batch: readonly Recorded[]) => void>()
  /** What is safely stored, and what the next body is chained to. They differ while appends are under way. */
  let storedTip = start
  let nextTip = start
  let pending: Waiting[] = []
  let commits: Commit[] = []
  let urgent = false
  /** In a shared log: what is under way, or stored and has not come back yet, in the order of its numbers. */
  let coming: Commit[] = []
  /** The number of the newest own entry that came back. */
  let cameTo = start.hseq
  /** After a failed append: no new one until those behind it have failed too, because they are chained to it. */
  let broken = false
  let held = false
  let trouble: unknown = null
  /** Why the log's storage cannot be used; null while it can. */
  let away: LogError | null = null
  let idlers: (() => void)[] = []

  function flush(): void {
    if (broken || held || pending.length === 0) return
    if (commits.length > 0 && !urgent) return // group commit: what waits now is the next commit
    const { taken, rest } = take(pending)
    pending = rest
    urgent = pending.some((waiting) => waiting.urgency === 'live')
    const { commit, bodies } = stamp(taken)
    if (bodies.length === 0) return flush()
    nextTip = commit.tip
    commits.push(commit)
    if (log.shared) coming.push(commit)
    const durable = commit.waiting.some((waiting) => waiting.urgency === 'durable')
    const beside = besideOf(commit.waiting)
    const urgency = durable ? 'durable' : 'live'
    const appended =
      beside === null ? log.append(bodies, urgency) : log.append(bodies, urgency, beside)
    appended.then(
      (positions) => settled(commit, positions),
      (error: unknown) => failed(commit, error),
    )
  }

  /** Bodies are made here and not when their events come in: strings that wait are what the garbage collector moves. */
  function stamp(taken: readonly Waiting[]) {
    const at = clock.now()
    const bodies: string[] = []
    const waiting: Waiting[] = []
    const entries: Unplaced[] = []
    let { hseq, hash: hprev } = nextTip
    for (const one of taken) {
      const encoded = encodeAll(one)
      if (encoded === null) continue
      waiting.push(one)
      for (let i = 0; i < encoded.length; i++) {
        const body = encodeEntry({ hub, hseq: ++hseq, hprev }, at, encoded[i] as string)
        hprev = bodyHash(body)
        bodies.push(body)
        entries.push({ position: null, hub, hseq, at, event: one.events[i] as BusEvent }) // one for each that is encoded
      }
    }
    const commit: Commit = {
      waiting,
      entries,
      tip: { hseq, hash: hprev },
      positions: null,
      recorded: [],
    }
    return { commit, bodies }
  }

  function settled(commit: Commit, positions: readonly Position[]): void {
    commit.positions = positions
    trouble = null
    if (!log.shared) {
      complete(commit)
      keep(commit.waiting)
    }
    // listeners see the order of the log: an overtaking commit waits here for the one before it
    for (let first = commits[0]; first?.positions; first = commits[0]) {
      commits.shift()
      storedTip = first.tip
      if (!log.shared) announce(first.waiting, first.recorded)
    }
    mend()
    flush()
    rest()
  }

  /** The log answers with one position for each body. */
  function complete({ entries, positions, recorded }: Commit): void {
    for (let i = recorded.length; i < entries.length; i++)
      recorded.push(placed(entries[i] as Unplaced, positions?.[i] as Position))
  }

  function keep(all: readonly Waiting[]): void {
    for (const { kept } of all) kept?.()
  }

  function announce(all: readonly Waiting[], stored: readonly Recorded[]): void {
    for (const listener of listeners) listener(stored)
    answer(all, stored)
  }

  function answer(all: readonly Waiting[], stored: readonly Recorded[]): void {
    if (all.length === 1) {
      all[0]?.resolve(stored)
      return
    }
    let from = 0
    for (const waiting of all) {
      waiting.resolve(stored.slice(from, from + waiting.events.length))
      from += waiting.events.length
    }
  }

  /** Lines of a shared log in its order. Of this hub's own the events are at hand and need not be read again. */
  function came(lines: readonly Stored[]): void {
    const batch = lines.map((stored) => ownOf(stored) ?? decodeEntry(stored))
    for (const listener of listeners) listener(batch)
    arrive()
  }

  /** What this process has appended and waits for; null for anything else. */
  function ownOf({ position, body }: Stored): Recorded | null {
    const hseq = ownNumber(hub, body)
    if (hseq === null) return null
    const commit = coming.find(({ tip }) => hseq <= tip.hseq)
    const entry = commit?.entries[commit.recorded.length]
    if (commit === undefined || entry?.hseq !== hseq) return null
    cameTo = hseq
    const recorded = placed(entry, position)
    commit.recorded.push(recorded)
    return recorded
  }

  /**
   * Tells those whose entries have come back, before anything that stands behind them is looked at: they do not wait for the
   * answer to their append, which may be the later of the two.
   */
  function arrive(): void {
    let first = coming[0]
    while (first !== undefined && first.tip.hseq <= cameTo) {
      coming.shift()
      keep(first.waiting)
      answer(first.waiting, first.recorded)
      first = coming[0]
    }
  }

  function failed(commit: Commit, error: unknown): void {
    broken = true
    trouble = error
    // what overtook it and was stored is chained to it: it will never be seen, and nobody may wait for that
    const first = commits.indexOf(commit)
    const lost = commits.filter(
      (other, i) => i === first || (i > first && other.positions !== null),
    )
    commits = commits.filter((other) => !lost.includes(other))
    coming = coming.filter((other) => !lost.includes(other))
    for (const { waiting } of lost) for (const one of waiting) one.reject(error)
    mend()
    flush()
    rest()
  }

  function mend(): void {
    if (!broken || commits.length > 0) return
    broken = false
    nextTip = storedTip
  }

  function rest(): void {
    if (commits.length > 0 || pending.length > 0) return
    const woken = idlers
    idlers = []
    for (const wake of woken) wake()
  }

  // what was asked for while a log was away must not be acted on when it comes back, minutes later
  log.onAway?.((why) => {
    away = why
    trouble = why
    if (why === null) return
    const refused = pending
    pending = []
    urgent = false
    for (const { reject } of refused) reject(why)
    rest()
  })

  return {
    record(events, urgency, kept, beside) {
      if (away !== null) return Promise.reject(away)
      return new Promise((resolve, reject) => {
        pending.push({ events, urgency, kept, beside, resolve, reject })
        if (urgency === 'live') urgent = true
        flush()
      })
    },
    recordFirst(events, beside) {
      return new Promise((resolve, reject) => {
        pending.unshift({ events, urgency: 'durable', kept: undefined, beside, resolve, reject })
        flush()
      })
    },
    hold(on) {
      held = on
      flush()
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async follow(after, signal) {
      for await (const lines of log.follow(after, signal)) came(lines)
    },
    chain: () => ({ hub, hseq: storedTip.hseq, head: storedTip.hash }),
    trouble: () => trouble,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve)
        rest()
      }),
  }
}

/** What a commit has to keep beside its entries; null for nothing, as nearly always. */
function besideOf(waiting: readonly Waiting[]): Beside | null {
  let all: Map<string, string> | null = null
  for (const { beside } of waiting)
    if (beside !== undefined && beside.size > 0) all = new Map([...(all ?? []), ...beside])
  return all
}

function placed(entry: Unplaced, position: Position): Recorded {
  entry.position = position
  return entry as Recorded // it has its position now
}

/** The events as canonical JSON; null where JSON cannot say one of them: that record fails, alone. */
function encodeAll({ events, reject }: Waiting): readonly string[] | null {
  try {
    return events.map(encodeEvent)
  } catch (error) {
    reject(error)
    return null
  }
}

/** The next commit's share of what waits: whole records, about {@link mostEntries} entries. */
function take(pending: Waiting[]) {
  let entries = 0
  const end = pending.findIndex((waiting) => (entries += waiting.events.length) > mostEntries)
  return end <= 0
    ? { taken: end === 0 ? pending.slice(0, 1) : pending, rest: end === 0 ? pending.slice(1) : [] }
    : { taken: pending.slice(0, end), rest: pending.slice(end) }
}
