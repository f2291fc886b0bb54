import type { Recorded } from '../bus/entry.ts'
import type { BusEvent } from '../intents/event.ts'
import type { IntentId } from '../intents/id.ts'
import { actorName } from '../intents/intent.ts'
import type { Outcome } from '../intents/outcome.ts'
import { counts } from '../projections/counts.ts'
import { deliveries, type IntentRecord } from '../projections/deliveries.ts'
import { leases } from '../projections/leases.ts'
import type { Folded } from '../projections/projection.ts'
import { foldInto, type Folds } from '../projections/runner.ts'
import { sentence, what } from '../web/sentence.js'
import type { SealedEntry } from './sealed-entry.ts'

/** What became of an intent, as far as it is recorded in this part: `open` where that does not say. */
export type Ended = Outcome | 'open'

/** One intent: who, what, when, outcome. */
export interface IntentRow {
  readonly id: IntentId
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly who: string
  /** The surface and the control that was pressed; empty where it was no press. */
  readonly place: string
  readonly source: string
  readonly what: string
  /** Null where it is of no device. */
  readonly device: string | null
  /** Whether it follows from another: a step of a macro, a part of a `do`. */
  readonly isPart: boolean
  readonly ended: Ended
  /** From its acceptance to its end. Milliseconds. */
  readonly tookMs: number | null
  readonly attempts: number
  /** Why it did not happen; empty where it did. */
  readonly why: string
  /** Its sealed lines, the first and the last. */
  readonly lines: readonly [first: number, last: number]
}

/** What happened to the hub or the record itself. */
export interface RecordRow {
  readonly seq: number
  readonly at: number
  readonly hub: string
  readonly type: string
  readonly text: string
  /** Of heartbeats that follow each other, cosigned by the same: how many there are, and the last. Else 1, and itself. */
  readonly count: number
  readonly until: { readonly seq: number; readonly at: number }
  /** Whether something is not there, or came later: what an auditor looks for first. */
  readonly isGap: boolean
}

/** A time of which the record has something to say, for the picture. Milliseconds since the epoch. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly what: 'alone' | 'stopped'
}

export interface ReportModel {
  /** Of the first and the last entry; null where there is none. Milliseconds since the epoch. */
  readonly first: number | null
  readonly last: number | null
  readonly hubs: readonly string[]
  readonly intents: readonly IntentRow[]
  readonly record: readonly RecordRow[]
  readonly spans: readonly Span[]
  /** How many device reports, link changes, steps and leases there are beside; they are in the bundle. */
  readonly beside: number
  /** Lines that cannot be read. */
  readonly unread: readonly number[]
  /** Entries on intents that were accepted before this part begins. */
  readonly earlier: number
}

/** What a part of the record says: a fold of its entries, by the rules that the hub itself goes by. Pure. */
export function reportModel(entries: readonly SealedEntry[]): ReportModel {
  const folds = openFolds()
  const intents = new Map<IntentId, { record: IntentRecord; lines: [number, number] }>()
  const record: RecordRow[] = []
  const hubs = new Set<string>()
  const unread: number[] = []
  let beside = 0
  let earlier = 0
  /** Whose heartbeat the newest row is; null where it is none. */
  let lastBeat: string | null = null
  for (const { seq, recorded } of entries) {
    if (recorded === null) {
      unread.push(seq)
      continue
    }
    const { event, hub, at } = recorded
    hubs.add(hub)
    foldInto(folds, recorded)
    const id = intentOf(event)
    if (id !== null) {
      const known = folds.deliveries.state.intents.get(id)
      const lines = intents.get(id)?.lines ?? [seq, seq]
      if (known !== undefined) intents.set(id, { record: known, lines: [lines[0], seq] })
      else if (!intents.has(id)) earlier++
    } else if (isBeside(event)) beside++
    else {
      const row = { seq, at, hub, type: event.type, text: sentence(recorded) }
      const one = { ...row, count: 1, until: { seq, at }, isGap: gaps.has(event.type) }
      const beat = beatOf(recorded)
      const before = beat !== null && beat === lastBeat ? record.pop() : undefined
      // one a minute would hide what an auditor looks for; each stands in the bundle
      record.push(
        before === undefined
          ? one
          : { ...before, count: before.count + 1, until: one.until, text: one.text },
      )
      lastBeat = beat
    }
  }
  const times = entries.flatMap(({ recorded }): number[] =>
    recorded === null ? [] : [recorded.at],
  )
  return {
    first: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    last: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    hubs: [...hubs].toSorted(),
    intents: [...intents.values()].map(({ record: one, lines }) => rowOf(one, lines)),
    record,
    spans: spansOf(entries),
    beside,
    unread,
    earlier,
  }
}

function openFolds() {
  const folded = <State>(projection: Folded<State>['projection']): Folded<State> => ({
    projection,
    state: projection.initial(),
  })
  const room = { deliveries: folded(deliveries), leases: folded(leases) }
  const folds: Folds = {
    all: Object.values(room) as unknown as readonly Folded<never>[], // each folds its own state only
    counts: (recorded) => counts(room.deliveries.state, room.leases.state, recorded),
  }
  return { ...folds, ...room }
}

/** Whose life an event is part of; null where it is of none. */
function intentOf(event: BusEvent): IntentId | null {
  if ('submission' in event) return event.submission.id
  return 'intent' in event ? event.intent : null
}

/** Whose heartbeat an entry is, and who cosigned that head; null where it is none. */
function beatOf({ hub, event }: Recorded): string | null {
  if (event.type !== 'HeadSealed') return null
  return JSON.stringify([hub, event.witnesses.map(({ name }) => name)])
}

/** What devices and hubs say all the time: counted here, and in full in the bundle. */
function isBeside({ type }: BusEvent): boolean {
  return (
    type === 'DeviceReported' ||
    type === 'LinkChanged' ||
    type === 'RunAdvanced' ||
    type === 'LeaseTaken' ||
    type === 'LeaseGiven'
  )
}

const gaps: ReadonlySet<string> = new Set([
  'LogGap',
  'LogRecovered',
  'WentAlone',
  'Rejoined',
  'ClockStepped',
] satisfies BusEvent['type'][])

function rowOf(record: IntentRecord, lines: readonly [number, number]): IntentRow {
  const { submission, outcome, attempts } = record
  const { id, at, actor, source, intent, cause } = submission
  const failure = outcome?.failure ?? attempts.at(-1)?.failure ?? null
  return {
    id,
    at,
    who: actorName(actor),
    place: actor.type === 'operator' ? `${actor.surface} ${actor.control}`.trimEnd() : '',
    source,
    what: what(intent),
    device: 'device' in intent ? intent.device : null,
    isPart: cause !== null,
    ended: outcome?.type ?? 'open',
    tookMs: outcome === null ? null : outcome.at - at,
    attempts: attempts.length,
    why: failure === null ? '' : `${failure.code}: ${failure.detail}`,
    lines,
  }
}

/** When a hub acted alone, or was not running, as far as this part says when that began and when it was over. */
function spansOf(entries: readonly SealedEntry[]): readonly Span[] {
  const stopped = new Map<string, number>()
  return entries.flatMap(({ recorded }): readonly Span[] => {
    if (recorded === null) return []
    const { hub, at, event }: Recorded = recorded
    if (event.type === 'Rejoined') return [{ from: event.since, to: event.until, what: 'alone' }]
    if (event.type === 'HubStopped') stopped.set(hub, at)
    const since = stopped.get(hub)
    if (event.type !== 'HubStarted' || since === undefined) return []
    stopped.delete(hub)
    return [{ from: since, to: at, what: 'stopped' }]
  })
}
