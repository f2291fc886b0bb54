import type { Instant } from '../../intents/id.ts'
import type { SealView } from './seal-view.ts'

// What verification said of the record.

export interface WitnessView {
  readonly hub: string
  /** Entries of this hub's chain, and the SHA-256 of its newest, base64. */
  readonly entries: number
  readonly head: string
  /** The newest whole verification from the stored bytes; null before the first. */
  readonly verified: ({ readonly at: Instant } & VerdictView) | null
  /** null where the config seals nothing, or nothing was said of it yet. */
  readonly seal: SealView | null
}

export type VerdictView =
  | {
      readonly ok: true
      readonly entries: number
      readonly hubs: readonly {
        readonly hub: string
        readonly entries: number
        readonly head: string
      }[]
      /** What the record itself says that its storage lost, and whose entries are missing there. */
      readonly gaps: readonly {
        readonly position: string
        readonly hub: string
        readonly after: string | null
        readonly until: string
        readonly missing: readonly {
          readonly hub: string
          readonly from: number
          readonly to: number
        }[]
      }[]
      /** When hubs acted alone, as they say themselves: what they wrote then was recorded later. */
      readonly alone: readonly {
        readonly position: string
        readonly hub: string
        readonly since: number
        readonly until: number
        readonly entries: number
      }[]
    }
  | {
      readonly ok: false
      readonly fault: string
      /** Where: the position, and the file and byte offset that hold it. */
      readonly position: string
      readonly file: string
      readonly offset: number
      readonly detail: string
    }
