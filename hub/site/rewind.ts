import type { Recorded } from '../../bus/entry.ts'
import type { EventLog, Position } from '../../bus/log.ts'
import { endOf } from '../../intents/end.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Deliveries } from '../../projections/deliveries.ts'
import type { Runner } from '../../projections/runner.ts'
import type { Adoption } from './adoption.ts'
import type { Routers } from '../devices/devices.ts'
import type { Live } from './live.ts'
import { leftNames } from '../runs/names.ts'
import type { Ownership } from './ownership.ts'
import { openRoom, type Room } from '../room.ts'
import type { RunKeeper } from '../runs/runs.ts'
import { steeringOf } from '../runs/steering.ts'
import type { Waiters } from './waiters.ts'

export interface RewindParts {
  readonly hub: string
  readonly room: Room
  readonly runner: Pick<Runner, 'rewind'>
  readonly live: Live
  readonly waiters: Waiters
  readonly ownership: Ownership
  readonly adoption: Adoption
  readonly routers: Pick<Routers, 'hold'>
  /** null while another hub carries out the site's macros. */
  runs(): RunKeeper | null
  /** How many intents a name stands for. */
  partsOf(name: string): number
  record(events: readonly BusEvent[]): void
}

/**
 * Puts the log's own order, up to `until`, in the place of the one that a hub saw alone, and tells everybody what that
 * changes. Nothing else may be folded meanwhile. Rejects before it has changed anything. @throws LogError, EntryError
 */
export function openRewind(parts: RewindParts) {
  const { hub, room, live, waiters, ownership, adoption } = parts
  return async (there: EventLog, until: Position | null): Promise<void> => {
    const before = room.deliveries.state
    const fresh = openRoom()
    /** What macros wait for, of other hubs. */
    const news: Recorded[] = []
    let report: readonly Recorded[] = []
    await parts.runner.rewind(there, fresh, until, (recorded) => {
      const { hub: by, event } = recorded
      waiters.apply([recorded])
      if (by === hub) return
      if (event.type === 'DeviceReported') report = [recorded]
      else if (isForRuns(event, fresh.deliveries.state)) news.push(recorded)
    })
    live.rewind()
    ownership.rewound()
    adoption.rewound((id) => before.intents.has(id))
    const { state } = room.deliveries
    if (state.held !== before.held) parts.routers.hold(state.held)
    const runs = parts.runs()
    if (runs === null) return
    runs.apply([...news, ...report])
    const left = leftNames(state, hub, parts.partsOf)
    if (left.length > 0) parts.record(left)
  }
}

/** What goes on in macros hangs on these. */
function isForRuns(event: BusEvent, { intents }: Deliveries): boolean {
  if (event.type === 'IntentAccepted') {
    const { intent } = event.submission
    return intent.verb === 'run' || intent.verb === 'cancel' || steeringOf(intent) !== null
  }
  const ended = endOf(event)
  return ended !== null && intents.get(ended.intent)?.submission.actor.type === 'macro'
}
