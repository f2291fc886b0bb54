import type { Static, TObject } from 'typebox'
import type { Failure } from '../intents/failure.ts'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { Actor, Intent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Outcome } from '../intents/outcome.ts'
import type { Finding, Service } from '../wire/discovery.ts'
import type { Answered, Desk, Face } from './desk.ts'

/** What somebody asks for at a surface; the hub makes a submission of it. */
export interface Wish {
  readonly intent: Intent
  readonly actor: Actor
  /** `osc:127.0.0.1:53211`, `http:127.0.0.1`. */
  readonly source: string
  /** The sender's own UUIDv7, if it made one: the same id twice is one intent. */
  readonly id?: IntentId
  /** Correlation id; the intent's own id if there is none. */
  readonly trace?: string
  /** Refuse rather than send later than this, from now. Milliseconds. */
  readonly expiresInMs?: number
}

/** The hub's answer once the intent, or its refusal, is recorded. */
export interface Receipt {
  readonly id: IntentId
  readonly position: string
  /** This id was recorded before; `position` is that of the first time. */
  readonly duplicate: boolean
  /** Why it was refused; null when accepted. */
  readonly refusal: Refusal | null
}

/** Why the hub did not accept something, with the stable code and the field of RFC 9457 answers. */
export interface Refusal {
  readonly failure: Failure
  /** Stable, for programs: `unknown-device`, `bad-argument`, `expired` … */
  readonly code: string
  /** The field at fault, `intent.device`; null where none is. */
  readonly field: string | null
}

/** How an intent ended. */
export interface Ended {
  readonly id: IntentId
  readonly outcome: Outcome
  readonly failure: Failure | null
}

/** A hand on a control of a page. `press` is `down` and `up` in one. */
export type ControlGesture = 'press' | 'down' | 'up' | 'rotate-left' | 'rotate-right'

/** Where a control is: pages count from 1, rows and columns from 0. */
export interface ControlPlace {
  readonly page: number
  readonly row: number
  readonly col: number
}

/** How a control of the grid is written: in the config's rows, in actors, in `infra who`. */
export function placeName({ page, row, col }: ControlPlace): string {
  return `${page}/${row}/${col}`
}

/** Where wishes go, and what becomes of them. */
export interface WishHost {
  /**
   * Records a wish and has it carried out; resolves once it is recorded. Each call is one submission: nothing is
   * coalesced. @throws LogError where it could not be recorded: nothing was done, and the caller is told.
   */
  submit(wish: Wish): Promise<Receipt>
  /**
   * One gesture at a control of the grid: what the config binds to it, in order. Empty where the control binds
   * nothing to this gesture; null where there is no such control.
   */
  gesture(
    place: ControlPlace,
    gesture: ControlGesture,
    from: Omit<Wish, 'intent'>,
  ): Promise<readonly Receipt[] | null>
  /** How an accepted intent ended; waits for it. Rejects with the signal's reason when that aborts. */
  ended(id: IntentId, signal: AbortSignal): Promise<Ended>
  /** Input that never became an intent. Counted; recorded at a bounded rate, with its source address. */
  rejected(source: string, failure: Failure): void
}

/** What the controls of the grid show: for ways in that are no panels. A panel is drawn by its {@link Desk}. */
export interface Faces {
  /** What a control shows now; null where there is none. */
  at(place: ControlPlace): Face | null
  /** Every control of the config and what it shows now. */
  all(): Iterable<readonly [ControlPlace, Face]>
  /** Tells each change of a face. The listener is on the way of every press: it MUST NOT throw or wait. Returns its own removal. */
  follow(listener: (place: ControlPlace, face: Face) => void): () => void
}

/** What a device says of itself. */
export interface DeviceState {
  readonly device: DeviceId
  readonly path: string
  readonly value: Json
}

/** What the devices say of themselves. */
export interface States {
  /** undefined where the device has not said it. */
  at(device: DeviceId, path: string): Json | undefined
  /** Everything that was said and counts. */
  all(): Iterable<DeviceState>
  /** Tells each report, also one that changes nothing. As {@link Faces.follow}. */
  follow(listener: (state: DeviceState) => void): () => void
}

/** The panels of all surfaces. */
export interface Panels {
  /**
   * A page of the panel of that identity, as if it had turned it itself; it may be locked. `code` where it cannot: `not-found`,
   * `not-allowed`.
   */
  turn(panel: string, to: 'next' | 'previous' | number): Answered
}

/** What the hub offers every surface. */
export interface SurfaceHost extends WishHost {
  readonly desk: Desk
  readonly panels: Panels
  readonly faces: Faces
  readonly states: States
}

/**
 * A way in, one folder each: `surfaces/<type>/surface.ts` exports `surface`.
 */
export interface Surface<Options extends TObject> {
  /** Equals its folder. */
  readonly type: string
  readonly title: string
  /** The surface's keys in the config, with defaults and descriptions. */
  readonly options: Options
  /** The services it has with these options, to be announced on the network where they are beyond loopback. */
  announced?(options: Static<Options>): readonly Service[]
  /** Surfaces that announce themselves, and the options that reach them. */
  readonly discovery?: Finding<JsonObject>
  /** @throws SurfaceError */
  open(name: string, options: Static<Options>, host: SurfaceHost): Promise<OpenSurface>
}

export interface OpenSurface {
  /** Where it listens, for people: `udp 127.0.0.1:12321`. */
  readonly address: string
  /** Stops listening and closes what is connected. Idempotent. */
  close(): Promise<void>
}

/** A surface that could not open; `option` is the config key at fault (`port`). */
export class SurfaceError extends Error {
  override readonly name = 'SurfaceError'
  readonly option: string
  constructor(option: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.option = option
  }
}
