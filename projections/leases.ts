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
  /**
   * The log has lost entries since: hubs that read it at different times may know different tokens. Nobody has it, and
   * the first to take it does, whatever its token.
   */
  readonly lost: boolean
}

export interface Leases {
  /** Empty in a log of one hub, which needs none. */
  readonly leases: Map<LeaseId, Lease>
}

export const leases: Projection<Leases> = {
  name: 'leases',
  version: 2,
  initial: () => ({ leases: new Map() }),
  evolve({ leases }, { at, hub, event }: Recorded) {
    if (event.type === 'LeaseTaken')
      leases.set(event.lease, { hub, token: event.token, since: at, lost: false })
    else if (event.type === 'LeaseGiven')
      leases.set(event.lease, { hub: null, token: event.token, since: at, lost: false })
    else if (event.type === 'LogGap')
      for (const [lease, { token }] of leases)
        leases.set(lease, { hub: null, token, since: at, lost: true })
  },
  save: ({ leases }) => [[...leases]] as unknown as readonly Json[], // nothing but JSON
  load: ([saved]) => ({ leases: new Map(saved as unknown as [LeaseId, Lease][]) }),
}

/** Whether `hub` may act for `lease`: it has it, or the log has never heard of leases of it. */
export function mayAct({ leases }: Leases, lease: LeaseId, hub: string): boolean {
  const known = leases.get(lease)
  return known === undefined || known.hub === hub
}
