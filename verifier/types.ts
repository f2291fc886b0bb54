/** What the machine lends. */
export interface Machine {
  /** SHA-256 (FIPS 180-4). */
  sha256(bytes: Uint8Array): Uint8Array
  /** Whether an Ed25519 signature (RFC 8032) is good. */
  ed25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}

export interface Key {
  readonly name: string
  readonly use: 'log' | 'witness'
  /** Four bytes, in hex. */
  readonly id: string
  readonly raw: Uint8Array
  /** The same in hex: what makes two keys the same. */
  readonly hex: string
}

/** A checkpoint and what stands under it. */
export interface Head {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** What is signed, with its last line feed. */
  readonly text: string
  readonly signatures: readonly {
    readonly name: string
    readonly id: string
    readonly bytes: Uint8Array
  }[]
}

export interface Policy {
  readonly logs: readonly Key[]
  readonly witnesses: readonly Key[]
  readonly quorum: string
  isQuorum(by: ReadonlySet<string>): boolean
}

/** Names, or parts of a policy: whether witnesses, by their keys in hex, are enough. */
export interface Rule {
  readonly words: string
  holds(by: ReadonlySet<string>): boolean
}

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** A file of sealed lines; the number of its first. */
export interface LinesFile {
  readonly name: string
  readonly first: number
  readonly chunks: Chunks
}

export interface FoundNote {
  readonly name: string
  readonly note: Uint8Array
}

export interface Options {
  readonly machine: Machine
  readonly policy: Policy
  readonly strict: boolean
  /** Of what is verified. */
  readonly name: string
}

export type FaultName =
  | 'integrity'
  | 'root'
  | 'truncated'
  | 'signature'
  | 'unwitnessed'
  | 'silent'
  | 'disclosure'
  | 'unreadable'

export interface Place {
  readonly seq: number
  readonly file: string
  readonly offset: number
}

export interface Fault {
  readonly fault: FaultName
  readonly detail: string
  readonly at: Place | null
}

export interface Witnessed {
  readonly size: number
  readonly by: readonly { readonly name: string; readonly at: number }[]
  readonly quorum: string
  readonly isQuorum: boolean
}

export interface Verdict {
  readonly ok: boolean
  readonly fault: FaultName | null
  readonly detail: string
  readonly at: Place | null
  readonly origin: string | null
  readonly from: number
  readonly to: number
  readonly sealed: { readonly size: number; readonly root: string } | null
  readonly heads: number
  readonly witnessed: Witnessed | null
  readonly unsealed: number
  readonly redacted: number
}
