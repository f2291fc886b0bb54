import { decodeEntry, type Recorded } from '../../bus/entry.ts'
import type { Stored } from '../../bus/log.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { IntentId } from '../../intents/id.ts'
import type { Submission } from '../../intents/intent.ts'
import { controlOf } from '../../projections/panel.ts'
import { foldInto } from '../../projections/runner.ts'
import type { IntentView } from '../../surfaces/http/intent-view.ts'
import { latencyOf, type Latency } from '../devices/latency.ts'
import { openRoom, type Room } from '../room.ts'
import type { SiteRecord } from './site-record.ts'
import { intentView } from '../views.ts'

/** One entry about an intent, as it is stored. */
export interface LifeEntry extends Recorded {
  readonly body: string
  /** How often its hub had started before: entries of one start have one clock. */
  readonly start: number
}

/** All that a record has of one intent. */
export interface RecordedLife extends IntentView {
  readonly latency: Latency
  readonly entries: readonly LifeEntry[]
}

/** An intent, and all that it led to: the steps of a run, the parts of a name, whatever they led to. */
export interface LifeTree {
  readonly life: RecordedLife
  /** In the order in which they came, each followed by what it led to itself. */
  readonly steps: readonly RecordedLife[]
}

/** Null where the record has no such intent. */
export async function lifeIn(record: SiteRecord, id: IntentId): Promise<LifeTree | null> {
  const found = await gather(record, (submission) => submission.id === id, Infinity)
  const life = found.life(id)
  if (life === null) return null
  return { life, steps: below(life, found.life) }
}

/** What a control led to, newest first, `limit` at the most. */
export async function handsIn(
  record: SiteRecord,
  control: string,
  limit: number,
): Promise<readonly RecordedLife[]> {
  const found = await gather(record, (submission) => controlOf(submission) === control, limit)
  return found.picked().flatMap((id) => found.life(id) ?? [])
}

function below(
  { children }: RecordedLife,
  lifeOf: (id: IntentId) => RecordedLife | null,
): readonly RecordedLife[] {
  return children.flatMap((id) => {
    const life = lifeOf(id)
    return life === null ? [] : [life, ...below(life, lifeOf)]
  })
}

interface Gathered {
  life(id: IntentId): RecordedLife | null
  /** The intents that were picked, newest first. */
  picked(): readonly IntentId[]
}

/** Reads a record once, for the newest `most` intents that `isPicked` says and all that they led to. */
async function gather(
  record: SiteRecord,
  isPicked: (submission: Submission) => boolean,
  most: number,
): Promise<Gathered> {
  const room = openRoom()
  const entries = new Map<IntentId, LifeEntry[]>()
  const starts = new Map<string, number>()
  let picked: IntentId[] = []
  const end = new AbortController()
  for await (const stored of record.read(null, end.signal)) {
    const recorded = decodeEntry(stored)
    const { event, hub } = recorded
    if (event.type === 'HubStarted') starts.set(hub, (starts.get(hub) ?? 0) + 1)
    const id = aboutOf(event)
    if (id === null) {
      if (isFolded(event)) foldInto(room, recorded)
      continue
    }
    const submission = 'submission' in event ? event.submission : null
    if (submission !== null && !entries.has(id)) {
      if (isPicked(submission)) picked.push(id)
      else if (submission.cause === null || !entries.has(submission.cause.intent)) continue
      entries.set(id, [])
    }
    const own = entries.get(id)
    if (own === undefined) continue
    // an entry that does not count where it stands is shown by nobody: two hubs may have raced
    if (foldInto(room, recorded)) own.push(entryOf(recorded, stored, starts.get(hub) ?? 0))
    if (picked.length >= 2 * most) {
      for (const old of picked.slice(0, -most)) entries.delete(old)
      picked = picked.slice(-most)
    }
  }
  return {
    life: (id) => lifeOf(room, id, entries.get(id) ?? []),
    picked: () => picked.slice(-Math.min(most, picked.length)).toReversed(),
  }
}

function entryOf(recorded: Recorded, { body }: Stored, start: number): LifeEntry {
  return { ...recorded, body, start }
}

/** The intent that an entry is about; a run is named by the intent that started it. */
function aboutOf(event: BusEvent): IntentId | null {
  if ('submission' in event) return event.submission.id
  if ('intent' in event) return event.intent
  return event.type === 'RunAdvanced' ? (event.run as string as IntentId) : null
}

const counting: ReadonlySet<string> = new Set([
  'LeaseTaken',
  'LeaseGiven',
  'LogGap',
  'WentAlone',
  'Rejoined',
  'Corrected',
])

/** What says whether another entry counts (see projections/counts.ts), and what is said beside an intent. */
function isFolded({ type }: BusEvent): boolean {
  return counting.has(type)
}

function lifeOf(room: Room, id: IntentId, entries: readonly LifeEntry[]): RecordedLife | null {
  const record = room.deliveries.state.intents.get(id)
  if (record === undefined) return null
  return {
    ...intentView(record, room.custody.state),
    latency: latencyOf(record.submission.at, entries),
    entries,
  }
}
