import type { Seal } from '../seal/seal.ts'
import type { Source } from '../site/source.ts'

/** What somebody has of a record: a bundle, or a data folder, or a config that says where it is. */
export interface Given {
  readonly bundle: string | null
  readonly config: string | null
  /** The data folder: where the record is, or at least its seal. */
  readonly data: string
  /** Keys of the log that the reader trusts, each a vkey or a file with one. */
  readonly keys: readonly string[]
  /** A file with the policy that the reader trusts. */
  readonly policy: string | null
}

/** A site's record for who has no hub. */
export interface SiteRecord extends Source {
  /** Of a bundle: the lines that it has, of all that were signed then. Null: all that there is. */
  readonly known: KnownPart | null
  /** What proves it; null where nothing is sealed, or it is elsewhere. */
  seal(): Seal | null
  /** How many entries the newest reading passed over because the record has only their hash. */
  unread(): number
}

export interface KnownPart {
  readonly origin: string
  /** The lines from `from` up to, and without, `to`, of `size`. */
  readonly from: number
  readonly to: number
  readonly size: number
}
