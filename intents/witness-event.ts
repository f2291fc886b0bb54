import type { Actor } from './intent.ts'

/** What a witness said to a head. */
export interface CosignatureRecord {
  /** The witness's name, as in its key. */
  readonly name: string
  /** When it cosigned. Seconds since the epoch, by its own clock. */
  readonly at: number
  /** What stands behind its name in the signed note: base64 of key ID, time and signature (C2SP tlog-cosignature). */
  readonly signature: string
}

/** What happened to the seal over the journal, to the keys that sign it, and who has read the journal. */
export type WitnessEvent =
  /**
   * The heartbeat of the hub that signs: the newest head that enough witnesses have cosigned, or, where none are asked, that
   * is signed; size 0 before the first. So what stands after it is later than the cosignatures, and the log is never silent
   * while that hub runs.
   */
  | {
      readonly type: 'HeadSealed'
      readonly size: number
      /** Base64; empty where the size is 0. */
      readonly root: string
      readonly witnesses: readonly CosignatureRecord[]
      /** The next one comes within this time. Milliseconds. */
      readonly everyMs: number
      /** How long its machine has been up, by a clock that nobody sets. Milliseconds. */
      readonly upMs: number
    }
  /** Another hub of the site has sealed another history: this one seals no more. */
  | {
      readonly type: 'HeadsDiffered'
      /** How many lines both roots are over. */
      readonly size: number
      /** Base64: of this hub, and of the other one. */
      readonly root: string
      readonly other: string
      readonly otherRoot: string
    }
  /** A key that may sign was made; it is known by its public half, `<name>+<key ID>+<base64>`. */
  | { readonly type: 'KeyMade'; readonly actor: Actor; readonly key: string }
  /**
   * From the line after this entry on the log is signed by `next` and no more by `old`. Both signed the text that
   * `witness/check/key-change.ts` documents.
   */
  | {
      readonly type: 'KeyChanged'
      readonly actor: Actor
      readonly old: string
      readonly next: string
      /** How many lines were sealed when they signed: this entry stands behind them. */
      readonly after: number
      /** Signature lines as in a signed note, of the old key and of the new one. */
      readonly signatures: readonly [old: string, next: string]
    }
  /** The private half of this key was destroyed. */
  | { readonly type: 'KeyRetired'; readonly actor: Actor; readonly key: string }
  /** Somebody read the journal. The first time is recorded at once, what follows within a minute together. */
  | {
      readonly type: 'LogRead'
      readonly actor: Actor
      readonly source: string
      /** `intents`, `events`, `stream`, `replay`, `verify`, `tiles`. */
      readonly route: string
      /** What was read: positions, or, of `tiles`, numbers of sealed lines as `$512`. null: from the start, and to what comes. */
      readonly from: string | null
      readonly to: string | null
      readonly count: number
    }
