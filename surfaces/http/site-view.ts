import type { Instant, LeaseId } from '../../intents/id.ts'
import type { DeviceView } from './device-view.ts'
import type { SurfaceView } from './surface-view.ts'
import type { WitnessView } from './witness-view.ts'

// How the site is.

/** A hub as it says itself with its signs of life. */
export interface HubView {
  readonly hub: string
  /** Where its console is. */
  readonly url: string
  readonly version: string
  readonly startedAt: Instant
  /** When it last gave a sign of life. */
  readonly at: Instant
  /** The newest entry it has folded. */
  readonly cursor: string | null
  /** How long after its stamp it folded that entry. Milliseconds. */
  readonly lagMs: number
  /** It is stopping, and gives up what it has. */
  readonly leaving: boolean
}

/** Who acts for a device, or as `$macros` for the site's macros. */
export interface LeaseView {
  readonly device: LeaseId
  /** null: nobody at this moment. */
  readonly hub: string | null
  /** The fencing token; null where the log has one hub. */
  readonly token: number | null
  readonly since: Instant | null
}

export interface StatusView {
  readonly site: string
  readonly hub: string
  readonly version: string
  readonly startedAt: Instant
  readonly now: Instant
  readonly held: boolean
  readonly log: {
    readonly engine: string
    readonly head: string | null
    readonly writable: boolean
    /** Since when this hub acts alone, on its own disk, because the log's server is away; null where it does not. */
    readonly aloneSince: Instant | null
    readonly detail: string
  }
  readonly devices: readonly DeviceView[]
  /** The hubs of the site that are alive, this one among them. */
  readonly hubs: readonly HubView[]
  readonly leases: readonly LeaseView[]
  readonly openIntents: number
  readonly witness: WitnessView
  readonly surfaces: readonly SurfaceView[]
}

export interface HealthView {
  readonly ok: boolean
  /** One sentence for each thing that is wrong; empty when `ok`. */
  readonly reasons: readonly string[]
}
