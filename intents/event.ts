import type { CustodyEvent } from './custody-event.ts'
import type { Failure } from './failure.ts'
import type { DeviceId, Instant, IntentId, LeaseId } from './id.ts'
import type { Actor, Submission } from './intent.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { RunEvent } from './run-event.ts'
import type { WitnessEvent } from './witness-event.ts'

/** No more than the protocol can know: `confirmed` only where the device answered or its state was read back. */
export type Ack = 'sent' | 'confirmed'

/** What happened to an intent. */
export type IntentEvent =
  | { readonly type: 'IntentAccepted'; readonly submission: Submission }
  /** Never accepted: ends as `refused` or, with code `expired`, as `expired`. */
  | { readonly type: 'IntentRefused'; readonly submission: Submission; readonly failure: Failure }
  /** Written before the send: found at start-up without an outcome, it is the crash truth. */
  | {
      readonly type: 'AttemptStarted'
      readonly intent: IntentId
      readonly attempt: number
      /** The fencing token of the lease it is sent under; absent where the log has one hub and needs none. */
      readonly token?: number
    }
  | {
      readonly type: 'Delivered'
      readonly intent: IntentId
      readonly attempt: number
      readonly ack: Ack
    }
  /** With `retryAt: null` it is the end (see `outcomeOf`). */
  | {
      readonly type: 'AttemptFailed'
      readonly intent: IntentId
      readonly attempt: number
      readonly failure: Failure
      readonly retryAt: Instant | null
    }
  /** An end that no attempt brought: expired or overtaken in the queue, cancelled, a macro or a `do` that is through. */
  | {
      readonly type: 'IntentEnded'
      readonly intent: IntentId
      readonly outcome: Outcome
      readonly failure: Failure | null
      /** The newer intent that overtook it, or the `cancel` that ended it. */
      readonly by: IntentId | null
    }

/** What a device or its link said. */
export type DeviceEvent =
  | {
      readonly type: 'DeviceReported'
      readonly device: DeviceId
      readonly path: string
      readonly value: Json
    }
  | {
      readonly type: 'LinkChanged'
      readonly device: DeviceId
      readonly up: boolean
      readonly detail: string
    }

/**
 * Who acts for what. The hub that recorded it has the lease from this entry on; of two that take it with the same
 * token the first in the log has it. In a log of one hub there are none.
 */
export type LeaseEvent =
  | {
      readonly type: 'LeaseTaken'
      readonly lease: LeaseId
      /** The fencing token: above that of every earlier lease of the same thing, as far as none was lost (`LogGap`). */
      readonly token: number
      /** Why: nobody had it, its hub was gone, it was given up for this hub. */
      readonly detail: string
    }
  /** Its hub does not act for it any more: whoever wants it takes it at once. */
  | { readonly type: 'LeaseGiven'; readonly lease: LeaseId; readonly token: number }

/** A lease that a hub had at some moment. */
export interface HeldLease {
  readonly lease: LeaseId
  readonly token: number
}

/** What happened to the hub itself. */
export type HubEvent =
  | { readonly type: 'HubStarted'; readonly version: string; readonly config: string }
  | { readonly type: 'HubStopped'; readonly reason: string }
  /** A torn tail was cut at open: what a crash left of an append that nobody was told had succeeded. */
  | { readonly type: 'LogRecovered'; readonly cutBytes: number; readonly sha256: string }
  /**
   * The log's server came back without entries that it had confirmed: those after `after` (null: all) up to `until`, as
   * far as this hub has seen. Positions. All leases are free from here on, because not all hubs may have seen what was lost.
   */
  | {
      readonly type: 'LogGap'
      readonly after: string | null
      readonly until: string
      readonly detail: string
    }
  /**
   * The log's server is away and this hub goes on alone, by its config: what it writes up to `Rejoined` is on its own disk
   * first, and reaches the log later. `since`: when the server went away. `leases`: what it had at that moment and acts for.
   */
  | {
      readonly type: 'WentAlone'
      readonly since: Instant
      readonly leases: readonly HeldLease[]
      readonly detail: string
    }
  /**
   * The log has all that this hub wrote alone, from `since` to `until`, so many entries from `WentAlone` on. `lost`: what
   * another hub took meanwhile, also where it has given it back, so that both may have acted for it.
   */
  | {
      readonly type: 'Rejoined'
      readonly since: Instant
      readonly until: Instant
      readonly entries: number
      readonly lost: readonly LeaseId[]
    }
  /**
   * The wall clock was set to `wall` while the hub's was at `kept`. Back: `at` goes on from `kept`, in order, on the monotonic
   * clock. Forward: `at` follows. Milliseconds since the epoch.
   */
  | { readonly type: 'ClockStepped'; readonly wall: Instant; readonly kept: Instant }
  | {
      readonly type: 'ConfigChanged'
      readonly actor: Actor
      readonly summary: string
      readonly config: string
    }
  /** Input that never became an intent: malformed, too large, unknown control. Counted, at a bounded rate. */
  | {
      readonly type: 'InputRejected'
      readonly surface: string
      readonly source: string
      readonly failure: Failure
      readonly count: number
    }
  /** An operator's panel was turned to another page; the newest of a second, where it was turned more often. */
  | {
      readonly type: 'PageTurned'
      readonly surface: string
      /** Its identity: a serial number, or the name that it gives itself. At most 128 characters. */
      readonly panel: string
      readonly page: number
    }
  /** What a trigger listens to outside: a webhook was called, an MQTT topic, an OSC address or a file has something new. */
  | {
      readonly type: 'SignalReceived'
      readonly way: 'webhook' | 'mqtt' | 'osc' | 'file'
      /** The webhook's name, the topic, the address, the path. At most 500 characters. */
      readonly name: string
      readonly value: Json
      /** Who sent it, as far as is known: `http:127.0.0.1`. */
      readonly source: string
    }
  /** What triggers and schedules listen to, or read, cannot be reached any more, or can again. */
  | {
      readonly type: 'ListenerChanged'
      readonly way: 'mqtt' | 'osc' | 'file' | 'calendar'
      /** The broker without its password, the port, the path. */
      readonly name: string
      readonly up: boolean
      readonly detail: string
    }
  /** Somebody without the right to was turned away. */
  | {
      readonly type: 'AccessRefused'
      readonly surface: string
      readonly source: string
      readonly detail: string
      readonly count: number
    }

/** What happened. Nothing else is ever stored. */
export type BusEvent =
  IntentEvent | DeviceEvent | RunEvent | LeaseEvent | HubEvent | WitnessEvent | CustodyEvent
