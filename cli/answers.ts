import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { IntentId, RunId } from '../intents/id.ts'
import type { Actor, Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Outcome } from '../intents/outcome.ts'

// What the command line reads of the API's answers, and no more of it than that: as a client it must
// keep working with a hub that says more. `answers.test.ts` holds these shapes against the server's own.

export interface Receipt {
  readonly id: IntentId
  readonly position: string
  readonly duplicate: boolean
}

export interface Attempt {
  readonly attempt: number
  /** Milliseconds since the epoch, here and wherever something is called `at` or ends in `At`. */
  readonly startedAt: number
  readonly endedAt: number | null
  readonly ack: 'sent' | 'confirmed' | null
  readonly failure: Failure | null
  readonly retryAt: number | null
}

export interface Life {
  readonly id: IntentId
  readonly intent: Intent
  readonly actor: Actor
  readonly source: string
  readonly trace: string
  readonly cause: { readonly intent: IntentId; readonly step: number } | null
  readonly at: number
  readonly expiresAt: number | null
  readonly position: string
  readonly status: 'pending' | 'attempting' | 'ended'
  readonly attempts: readonly Attempt[]
  readonly outcome: {
    readonly type: Outcome
    readonly at: number
    readonly failure?: Failure
    readonly by?: IntentId
  } | null
  readonly children: readonly IntentId[]
  /** What was said beside it to be right; absent from a hub of an older version. */
  readonly corrections?: readonly {
    readonly at: number
    readonly actor: Actor
    readonly text: string
  }[]
}

/** The grid, as far as pictures go. */
export interface Panel {
  readonly pages: readonly {
    readonly controls: readonly {
      readonly page: number
      readonly row: number
      readonly col: number
      readonly face: {
        readonly text: string
        readonly picture: {
          readonly device: string
          readonly name: string
          readonly state: 'live' | 'none' | 'elsewhere'
          readonly detail: string
        } | null
      }
    }[]
  }[]
}

export interface Device {
  readonly id: string
  readonly protocol: string
  readonly link: {
    readonly up: boolean | null
    readonly detail: string
    readonly at: number | null
  }
  readonly desired: Readonly<
    Record<string, { readonly value: Json; readonly at: number; readonly outcome: Outcome }>
  >
  readonly reported: Readonly<Record<string, { readonly value: Json; readonly at: number }>>
  readonly open: number
}

export type Verdict =
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
      readonly position: string
      readonly file: string
      /** Bytes from the start of `file`. */
      readonly offset: number
      readonly detail: string
    }

/** How far the record is sealed, signed and witnessed. Times are milliseconds since the epoch. */
export interface Seal {
  readonly sealed: number
  readonly signed: number
  readonly root: string
  readonly signedAt: number | null
  readonly witnessed: { readonly size: number; readonly at: number } | null
  readonly unwitnessed: string | null
  readonly trouble: string | null
  readonly signs: boolean
  readonly behindSince: number | null
  readonly asksWitnesses: boolean
  readonly signAfterMs: number
  readonly heartbeatMs: number
}

export interface Status {
  readonly site: string
  readonly hub: string
  readonly version: string
  readonly startedAt: number
  readonly now: number
  readonly held: boolean
  readonly log: {
    readonly engine: string
    readonly head: string | null
    readonly writable: boolean
    readonly aloneSince: number | null
    readonly detail: string
  }
  readonly devices: readonly Device[]
  readonly hubs: readonly {
    readonly hub: string
    readonly url: string
    readonly at: number
    readonly cursor: string | null
    readonly lagMs: number
    readonly leaving: boolean
  }[]
  readonly leases: readonly {
    readonly device: string
    readonly hub: string | null
    readonly token: number | null
  }[]
  readonly openIntents: number
  readonly witness: {
    readonly hub: string
    readonly entries: number
    readonly head: string
    readonly verified: ({ readonly at: number } & Verdict) | null
    readonly seal: Seal | null
  }
  readonly surfaces: readonly {
    readonly name: string
    readonly type: string
    readonly address: string
    readonly rejected: number
    readonly seated: number
    readonly panels: readonly {
      readonly id: string
      readonly product: string
      readonly page: number
      readonly locked: boolean
    }[]
  }[]
}

export interface Entry {
  readonly position: string
  readonly hub: string
  readonly hseq: number
  readonly at: number
  readonly event: BusEvent
}

export interface Sign {
  readonly ok: boolean
  readonly detail: string
}

/** A run of a macro. */
export interface RunAnswer {
  readonly run: RunId
  readonly macro: string
  readonly step: number
  readonly steps: number
  readonly state: 'running' | 'done' | 'stopped' | 'cancelled'
  readonly startedBy: Actor
  readonly startedAt: number
  readonly changedAt: number
  readonly detail: string
  readonly paused: boolean
  readonly queued: boolean
  readonly undoing: boolean
  readonly taken: number
  readonly parent: string | null
  readonly under: readonly {
    readonly at: string
    readonly name: string
    readonly what: string
    readonly phase: string
    readonly wakeAt: number | null
    readonly tries: number
    readonly count: {
      readonly unit: string
      readonly at: number
      readonly of: number | null
    } | null
    readonly run: string | null
  }[]
  readonly questions: readonly {
    readonly at: string
    readonly text: string
    readonly choices: readonly string[]
    readonly otherwise: string | null
    readonly until: number | null
  }[]
}

/** A variable of the site. */
export interface VariableAnswer {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly value: Json
  readonly at: number | null
  readonly intent: string | null
}
