import type { CosignatureRecord } from '../../intents/witness-event.ts'
import type { SignedKeyChange } from '../../witness/sign/key-change.ts'
import type { Whereabouts } from '../site/source.ts'

// What a hub and the process that seals for it say to each other.

/** What the process is told first. Secrets are references, which it resolves itself. */
export interface SealTask {
  readonly config: Whereabouts
  /** The data folder. */
  readonly data: string
  readonly origin: string
  /** A path, or `credential:NAME`. */
  readonly keyFile: string
  /** A file with the policy that names the witnesses to ask; null: none. */
  readonly policyFile: string | null
  readonly signAfterMs: number
}

/** Then: how far the journal is safely stored, or that it is enough. */
export type SealOrder =
  | { readonly upTo: string }
  /** Whether this hub signs for its site from now on; it seals either way. */
  | { readonly signs: boolean }
  | { readonly stop: true }
  /** The news `key-made` is on record. */
  | { readonly told: true }
  /** Another hub's root over its first lines: this one's must be the same. */
  | { readonly other: string; readonly tree: SealedTree }
  /** Make the key that follows, where there is none yet; and, where `change`, sign with both that it follows. */
  | { readonly key: 'prepare' | 'change' }

/** The root over the first `size` sealed lines. */
export interface SealedTree {
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** What the process says beside its reports. */
export type SealNews =
  | { readonly news: 'key-made'; readonly key: string }
  | {
      readonly news: 'key-next'
      readonly old: string
      readonly next: string
      readonly made: boolean
    }
  | { readonly news: 'key-signed'; readonly change: SignedKeyChange; readonly made: boolean }
  | { readonly news: 'key-refused'; readonly detail: string }
  /** The new key signs from now on; `last`: the size of the last head of the old one, which is destroyed where `retired`. */
  | {
      readonly news: 'key-changed'
      readonly old: string
      readonly next: string
      readonly last: number
      readonly retired: boolean
    }
  | {
      readonly news: 'differs'
      readonly other: string
      readonly size: number
      readonly root: string
      readonly otherRoot: string
    }

export type SealSaid = SealReport | SealNews

/** What the process says, after each head and each trouble. */
export interface SealReport {
  /** How many entries are sealed, and under a signed head. */
  readonly sealed: number
  readonly signed: number
  /** The signed root, base64; empty before the first. */
  readonly root: string
  /** All that is sealed here, signed or not. */
  readonly tree: SealedTree
  /** Where the journal has the newest entry under a signed head; null before the first. */
  readonly upTo: string | null
  /** What a heartbeat says: the newest head with as many cosignatures as are asked for; null before the first. */
  readonly beat: (SealedTree & { readonly witnesses: readonly CosignatureRecord[] }) | null
  /** Milliseconds since the epoch; null before the first. */
  readonly signedAt: number | null
  /** The newest head that enough witnesses cosigned. */
  readonly witnessed: { readonly size: number; readonly at: number } | null
  /** Why the newest head is not witnessed as the policy asks; null where it is, or nothing is asked. */
  readonly unwitnessed: string | null
  /** Why nothing is sealed any more; null while all is well. */
  readonly trouble: string | null
}

export const nothingSealed: SealReport = {
  sealed: 0,
  signed: 0,
  root: '',
  tree: { size: 0, root: '' },
  upTo: null,
  beat: null,
  signedAt: null,
  witnessed: null,
  unwitnessed: null,
  trouble: null,
}
