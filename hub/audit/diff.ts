import type { Recorded } from '../../bus/entry.ts'
import { endOf } from '../../intents/end.ts'
import type { Instant } from '../../intents/id.ts'
import { outcomes, succeeded, type Outcome } from '../../intents/outcome.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { IntentView } from '../../surfaces/http/intent-view.ts'
import { changesOf, type Change } from './changes.ts'
import { momentName, type Moment } from './moment.ts'
import { openPlayer, type Player, type Tape } from './player.ts'
import type { RoomState } from './room-state.ts'
import { intentView } from '../views.ts'

/** What changed in a room between two moments of its record, and what was recorded in between. */
export interface RecordDiff {
  readonly from: Place
  readonly to: Place
  readonly since: RoomState['since']
  /** How many entries lie between: those after `from`, up to and with `to`. */
  readonly entries: number
  /** Values, links, leases, runs and the panic stop: as they were, and as they are. */
  readonly changes: readonly Change[]
  /** How many intents ended, by outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Those that did not do what they were for, the newest {@link keptFailures}, oldest first. */
  readonly failures: readonly IntentView[]
  /** Every change of a config, and every start and stop of a hub. */
  readonly hubs: readonly HubEntry[]
  /** How many entries of each type lie between. */
  readonly types: Readonly<Record<string, number>>
}

interface Place {
  readonly position: string | null
  readonly at: Instant | null
}

export interface HubEntry extends Place {
  readonly hub: string
  readonly event: Extract<BusEvent, { type: 'HubStarted' | 'HubStopped' | 'ConfigChanged' }>
}

/** As many as a person reads; how many there were in all is in `outcomes`. */
const keptFailures = 1000

/** @throws RangeError for a moment that the record does not know, and where `to` comes before `from` */
export async function diffRecord(
  tape: Tape,
  from: Moment,
  to: Moment,
  now: Instant,
): Promise<RecordDiff> {
  if ('time' in from && 'time' in to && from.time > to.time) throw swapped(from, to)
  const player = openPlayer(tape, now)
  try {
    let isPassed = false
    await player.to(from, ({ position }) => (isPassed ||= isAt(to, position)))
    const before = player.state()
    const isBehind = isPassed && before.position !== placeOf(to)
    if (isBehind || ('time' in to && before.at !== null && before.at > to.time))
      throw swapped(from, to)
    return await between(player, before, to)
  } finally {
    await player.close()
  }
}

async function between(player: Player, before: RoomState, to: Moment): Promise<RecordDiff> {
  const counts = Object.fromEntries(outcomes.map((one) => [one, 0])) as Record<Outcome, number> // every outcome is listed
  const types: Record<string, number> = {}
  const hubs: HubEntry[] = []
  let failures: IntentView[] = []
  const look = ({ position, at, hub, event }: Recorded) => {
    types[event.type] = (types[event.type] ?? 0) + 1
    if (
      event.type === 'HubStarted' ||
      event.type === 'HubStopped' ||
      event.type === 'ConfigChanged'
    )
      hubs.push({ position, at, hub, event })
    const end = endOf(event)
    const record = end === null ? undefined : player.room.deliveries.state.intents.get(end.intent)
    // a later end of the same intent does not count
    if (record?.outcome?.at !== at || record.outcome.type !== end?.outcome) return
    counts[record.outcome.type]++
    if (succeeded(record.outcome.type)) return
    failures.push(intentView(record, player.room.custody.state))
    if (failures.length >= 2 * keptFailures) failures = failures.slice(-keptFailures)
  }
  await player.to(to, look)
  const after = player.state()
  return {
    from: { position: before.position, at: before.at },
    to: { position: after.position, at: after.at },
    since: after.since,
    entries: after.entries - before.entries,
    changes: changesOf(before, after),
    outcomes: counts,
    failures: failures.slice(-keptFailures),
    hubs,
    types,
  }
}

function isAt(moment: Moment, position: string): boolean {
  return placeOf(moment) === position
}

function placeOf(moment: Moment): string | null {
  return 'position' in moment ? moment.position : null
}

function swapped(from: Moment, to: Moment): RangeError {
  return new RangeError(
    `${momentName(to)} comes before ${momentName(from)}: give the earlier moment first`,
  )
}
