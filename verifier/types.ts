export interface Key {
  readonly name: string
  readonly use: 'log' | 'witness'
  /** Four bytes, in hex. */
  readonly id: string
  readonly raw: Uint8Array
  /** The same in hex: what makes two keys the same. */
  readonly hex: string
}

/** A signed note: a text, and who says that he signed it. */
export interface Note {
  /** What is signed, with its last line feed. */
  readonly text: string
  readonly signatures: readonly {
    readonly name: string
    readonly id: string
    readonly bytes: Uint8Array
  }[]
}

/** A signature that was found good; `at`: when a witness made it, seconds since the epoch. */
export interface Good {
  readonly key: Key
  readonly at: number
}

/** A checkpoint and what stands under it. */
export interface Head extends Note {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** A key, and the sizes of the heads that it may sign, both included; `Infinity`: open. */
export interface KeyRange {
  readonly key: Key
  readonly from: number
  readonly to: number
}

/** Line `seq` says that the log's key changed, and both keys signed that. */
export interface Change {
  readonly seq: number
  readonly old: Key
  readonly next: Key
}

/** Of the entry in a line: whose it is, and what it says. */
export interface Entry {
  readonly hub: string
  readonly event: Readonly<Record<string, unknown>> & { readonly witnesses?: readonly unknown[] }
}

/** When a hub signs so often, and how long its machine was up then. */
export interface Heartbeat {
  readonly hub: string
  readonly everyMs: number
  readonly upMs: number
  /** A silence, unless the next one says that only the clock was set. */
  pause: string | null
}

/** A cosigned head that line `seq` says. */
export interface EntryHead {
  readonly seq: number
  // what it says is any JSON
  // eslint-disable-next-line typescript/no-explicit-any
  readonly event: any
}

/** From line `seq` on all is later than `at`, seconds since the epoch. */
export interface Later {
  readonly seq: number
  readonly at: number
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

export interface FoundNote {
  readonly name: string
  readonly note: Uint8Array
}

export interface Options {
  readonly policy: Policy
  readonly strict: boolean
  /** Of what is verified. */
  readonly name: string
  /** Heads: those of a folder, and any that the auditor has from elsewhere. */
  readonly notes: readonly FoundNote[]
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

export interface Fault extends Error {
  readonly fault: FaultName
  readonly at: Place | null
}

/** The newest good head that enough witnesses signed, or, where there is none, any did. */
export interface Witnessed {
  readonly size: number
  readonly by: readonly Good[]
  readonly quorum: string
  readonly isQuorum: boolean
}

/** Which part of a log a bundle is. */
export interface Part {
  /** The numbers of its first line, and of that behind its last. */
  readonly from: number
  readonly to: number
  /** Of how many lines it is a part. */
  readonly size: number
}

/** All that the words of a verdict are made of. */
export interface Findings {
  readonly from: number
  readonly to: number
  readonly heads: readonly Head[]
  /** The log's name; undefined: no head says it. */
  readonly origin: string | undefined
  readonly sealed: Head | null
  readonly witnessed: Witnessed | null
  /** The first and the newest of what is known. */
  readonly later: readonly Later[]
  readonly unsealed: number
  readonly redacted: number
}

export interface Verdict {
  /** What a program ends with; 0: all is good. */
  readonly exit: number
  /** A word, and what it is about. */
  readonly lines: readonly (readonly [word: string, text: string])[]
}
