import type { Whereabouts } from './source.ts'

// What a hub and the process that seals for it say to each other.

/** What the process is told first. Secrets are references, which it resolves itself. */
export interface SealTask {
  readonly config: Whereabouts
  /** The data folder. */
  readonly data: string
  readonly origin: string
  readonly keyFile: string
  /** The text of the policy with the witnesses to ask; null: none. */
  readonly policy: string | null
  readonly signAfterMs: number
}

/** Then: how far the journal is safely stored, or that it is enough. */
export type SealOrder =
  | { readonly upTo: string }
  /** Whether this hub signs for its site from now on; it seals either way. */
  | { readonly signs: boolean }
  | { readonly stop: true }

/** What the process says, after each head and each trouble. */
export interface SealReport {
  /** How many entries are sealed, and under a signed head. */
  readonly sealed: number
  readonly signed: number
  /** The signed root, base64; empty before the first. */
  readonly root: string
  /** Milliseconds since the epoch; null before the first. */
  readonly signedAt: number | null
  /** The newest head that enough witnesses cosigned. */
  readonly witnessed: { readonly size: number; readonly at: number } | null
  /** Why the newest head is not witnessed as the policy asks; null where it is, or nothing is asked. */
  readonly unwitnessed: string | null
  /** Why nothing is sealed any more; null while all is well. */
  readonly trouble: string | null
}
