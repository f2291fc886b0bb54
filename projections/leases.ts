import type { Recorded } from '../bus/entry.ts'
import type { Instant, LeaseId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** Who acts for one device, or for the site's macros. */
export interface Lease {
  /** null: its last hub gave it up and nobody has taken it since. */
  readonly hub: string | null
  /** The fencing token of the newest lease. */
  readonly token: number
  readonly since: Instant
}

export interface Leases {
  /** Empty in a log of one hub, which needs none. */
  readonly leases: Map<LeaseId, Lease>
}

export const leases: Projection<Leases> = {
  name: 'leases',
  version: 1,
  initial: () => ({ leases: new Map() }),
  evolve({ leases }, { at, hub, event }: Recorded) {
    if (event.type === 'LeaseTaken') leases.set(event.lease, { hub, token: event.token, since: at })
    else if (event.type === 'LeaseGiven')
      leases.set(event.lease, { hub: null, token: event.token, since: at })
  },
  save: ({ leases }) => [[...leases]] as unknown as readonly Json[], // nothing but JSON
  load: ([saved]) => ({ leases: new Map(saved as unknown as [LeaseId, Lease][]) }),
}

/** Whether `hub` may act for `lease`: it has it, or the log has never heard of leases of it. */
export function mayAct({ leases }: Leases, lease: LeaseId, hub: string): boolean {
  const known = leases.get(lease)
  return known === undefined || known.hub === hub
}
