// The seal over the journal, its key and its files.

/** The seal over the journal: a Merkle tree whose head is signed, and cosigned by witnesses. */
export interface SealView {
  /** How many entries are sealed, and how many of them are under a signed head. */
  readonly sealed: number
  readonly signed: number
  /** The signed root, base64; empty before the first. */
  readonly root: string
  /** Milliseconds since the epoch; null before the first. */
  readonly signedAt: number | null
  /** The newest head that enough witnesses cosigned, and when; null: none yet, or none is asked. */
  readonly witnessed: { readonly size: number; readonly at: number } | null
  /** Why the newest head is not witnessed as the policy asks; null where it is, or nothing is asked. */
  readonly unwitnessed: string | null
  /** Why nothing is sealed any more; null while all is well. */
  readonly trouble: string | null
  /** Whether this hub signs for its site; each hub seals. */
  readonly signs: boolean
  /** Since when entries wait for a signed head, milliseconds since the epoch; null where all are under one, or another hub signs. */
  readonly behindSince: number | null
  /** Whether the config names witnesses to ask. */
  readonly asksWitnesses: boolean
  /** How long after something new the head is signed, and how often a heartbeat is recorded. Milliseconds. */
  readonly signAfterMs: number
  readonly heartbeatMs: number
}

/** The key that signs the log, and the one that follows or has followed it: public halves, `<name>+<key ID>+<base64>`. */
export interface KeyView {
  readonly old: string
  readonly next: string
  /** The size of the last head that the old one signed; null where it still signs. */
  readonly last: number | null
}

/** A file of the sealed log, as C2SP tlog-tiles has it. */
export interface TileView {
  readonly bytes: Uint8Array
  /** The numbers of its lines: from the first up to, and without, `to`; null for a tile of hashes. */
  readonly lines: { readonly from: number; readonly to: number } | null
}
