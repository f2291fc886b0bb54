import type { Instant } from '../../intents/id.ts'
import type { Activity, Hand } from '../../projections/activity.ts'
import type { Lease } from '../../projections/leases.ts'
import type { ControlFace } from '../../projections/panel.ts'
import type { Run } from '../../projections/runs.ts'
import type { DeviceView } from '../../surfaces/http/device-view.ts'
import type { IntentView } from '../../surfaces/http/intent-view.ts'

/** What a hub last said of itself. */
export interface HubState {
  readonly up: boolean
  /** When it started or stopped. */
  readonly at: Instant
  readonly position: string
  readonly version: string
  /** SHA-256 of its config file, hex. */
  readonly config: string
}

/** The room at a moment, and what is known of that moment: nothing but JSON. */
export interface RoomState extends Omit<FoldedState, 'held'> {
  /** Of the newest entry that counts in; null before the first. */
  readonly position: string | null
  readonly at: Instant | null
  readonly entries: number
  /** Where a bundle begins that is only part of the record: what was set before, and not since, is not known. */
  readonly since: {
    /** The number of its first line. */
    readonly line: number
    readonly position: string | null
    readonly at: Instant | null
  } | null
  /** Entries of which there is only the hash: what they say does not count in. */
  readonly unread: number
  /** null: not known, in part of a record in which nobody turned it on or off. */
  readonly held: boolean | null
  readonly hubs: Readonly<Record<string, HubState>>
}

/** What the projections make of the entries. */
export interface FoldedState {
  readonly held: boolean
  readonly open: readonly IntentView[]
  readonly devices: readonly DeviceView[]
  /** Those under way. */
  readonly runs: readonly Run[]
  /** By `page/row/col`. */
  readonly panel: Readonly<Record<string, ControlFace>>
  readonly leases: Readonly<Record<string, Lease>>
  readonly activity: Omit<Activity, 'rejected' | 'hands'> & {
    readonly rejected: Readonly<Record<string, number>>
    readonly hands: Readonly<Record<string, readonly Hand[]>>
  }
}
