import type { DeviceId, Instant, IntentId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import type { Outcome } from '../../intents/outcome.ts'

// How a device is shown, and how one calls at the hub.

export interface DeviceView {
  readonly id: DeviceId
  readonly protocol: string
  /** `up: null`: the protocol cannot know or nothing was seen yet. */
  readonly link: {
    readonly up: boolean | null
    readonly detail: string
    readonly at: Instant | null
  }
  /** Lasting values that were asked for and delivered, by path. */
  readonly desired: Readonly<
    Record<
      string,
      {
        readonly value: Json
        readonly intent: IntentId
        readonly at: Instant
        readonly outcome: Outcome
      }
    >
  >
  /** What the device itself says, by path. */
  readonly reported: Readonly<Record<string, { readonly value: Json; readonly at: Instant }>>
  /** Intents that wait or are under way. */
  readonly open: number
  readonly delivered: number
  readonly failed: number
}

/** A call of a device as it came: hostile, but for its size. */
export interface HookCall {
  /** The last part of its address. */
  readonly secret: string
  /** The content type; empty where none was said. */
  readonly type: string
  /** What stands behind the `?` of the address. */
  readonly query: string
  readonly body: Uint8Array
}
