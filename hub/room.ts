import { counts } from '../projections/counts.ts'
import { activity, type Activity } from '../projections/activity.ts'
import { custody, type Custody } from '../projections/custody.ts'
import { deliveries, type Deliveries } from '../projections/deliveries.ts'
import { devices, type Devices } from '../projections/devices.ts'
import { firings, type Firings } from '../projections/firings.ts'
import { pages, type Pages } from '../projections/pages.ts'
import { panel, type Panel } from '../projections/panel.ts'
import { leases, type Leases } from '../projections/leases.ts'
import type { Folded, Projection } from '../projections/projection.ts'
import type { Folds } from '../projections/runner.ts'
import { runs, type Runs } from '../projections/runs.ts'

/** Everything that is folded from the journal: the room as it is recorded. */
export interface Room extends Folds {
  readonly deliveries: Folded<Deliveries>
  readonly devices: Folded<Devices>
  readonly runs: Folded<Runs>
  readonly panel: Folded<Panel>
  readonly pages: Folded<Pages>
  readonly activity: Folded<Activity>
  readonly leases: Folded<Leases>
  readonly custody: Folded<Custody>
  readonly firings: Folded<Firings>
}

export function openRoom(): Room {
  const room = {
    deliveries: empty(deliveries),
    devices: empty(devices),
    runs: empty(runs),
    panel: empty(panel),
    pages: empty(pages),
    activity: empty(activity),
    leases: empty(leases),
    custody: empty(custody),
    firings: empty(firings),
  }
  return {
    ...room,
    all: Object.values(room) as unknown as readonly Folded<never>[], // each folds its own state only
    counts: (recorded) => counts(room.deliveries.state, room.leases.state, recorded),
  }
}

function empty<State>(projection: Projection<State>): Folded<State> {
  return { projection, state: projection.initial() }
}
