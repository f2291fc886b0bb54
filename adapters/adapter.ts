import type { Static, TObject, TSchema } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Finding } from '../wire/discovery.ts'

/** What a device last reported, by path. Empty where its protocol reports nothing. */
export type Reported = ReadonlyMap<string, Json>

/** An adapter's answer to an intent: the one command that carries it out, or why it cannot. */
export type Plan<Command> =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly failure: Failure }

/** What a command puts on the wire. */
export interface Preview {
  /** Where it goes: `udp 10.0.0.6:9000`. */
  readonly to: string
  /** In the protocol's own words; lines end with a line feed. */
  readonly text: string
  /** Exactly what leaves; null where the link adds to it. */
  readonly bytes: Uint8Array | null
}

/** One thing a device can be asked to do, for the console, the API, `infra bus exec` and agents. */
export interface ActionDescription {
  readonly verb: 'fire' | 'set'
  /** The action of a `fire` or the path of a `set`; a trailing `*` stands for any rest (`/*`: any OSC address). */
  readonly name: string
  readonly description: string
  /** JSON Schema of `args` (`fire`) or `value` (`set`). */
  readonly schema: TSchema
}

/**
 * A protocol or device, one folder each: `adapters/<protocol>/adapter.ts` exports `adapter`. Everything but
 * `open` is pure.
 */
export interface Adapter<Options extends TObject, Command> {
  /** Equals its folder. */
  readonly protocol: string
  /** One line for people: what it drives. */
  readonly title: string
  /** The device's keys in the config, with defaults and descriptions. */
  readonly options: Options
  /**
   * How many attempts may be under way at once. 1: the protocol awaits each reply. More: sends go out in order
   * without waiting for the one before (OSC, UDP, plain TCP). Of the options, because whether a plain TCP device
   * answers is said in the config.
   */
  pipeline(options: Static<Options>): number
  /** What this device can be asked, native and standard. */
  actions(options: Static<Options>): readonly ActionDescription[]
  /**
   * Checks an intent and makes its command. The hub calls it when the intent comes in, so that a wrong argument is
   * refused at once, and again before each send. A standard action (`record.start`) arrives as a `fire` of that name.
   */
  plan(intent: DeviceIntent, options: Static<Options>, reported: Reported): Plan<Command>
  /**
   * Whether an intent is one for the slow lane (docs/slow-lane.md): it takes seconds, costs money, or its service
   * limits the rate. Absent: none is. The config can say so for a whole device (`lane: slow`).
   */
  isSlow?(intent: DeviceIntent, options: Static<Options>): boolean
  /**
   * What a command puts on the wire, without sending it: for dry runs. Pure. MUST hold no secret that the link adds. Absent:
   * the command itself is all there is to show.
   */
  preview?(command: Command, options: Static<Options>): Preview
  /** Which of the delivered lasting values to send again after a reconnect. Momentary things never belong here. */
  resync(lasting: ReadonlyMap<string, Json>, reported: Reported): readonly string[]
  /** How devices of this kind say on the network that they are there (DNS-SD, RFC 6763). Absent: they do not. */
  readonly discovery?: Discovery
  /** Opens the link. MUST return at once: an absent device is `changed(false, …)`, never an error here. */
  open(options: Static<Options>, context: LinkContext): Link<Command>
}

/** What a device announces, and what it means for its config. */
export type Discovery = Finding<JsonObject>

export interface Link<Command> {
  /**
   * Sends one command and says what is known of its arrival. `signal` aborts at the attempt's deadline: the link
   * MUST then settle at once, with `reached: 'maybe'` if bytes may have left.
   * @throws DeliveryError only
   */
  send(command: Command, signal: AbortSignal): Promise<Ack>
  /** Asks the device for a sign of life; resolves with a line for people. @throws DeliveryError only */
  test(signal: AbortSignal): Promise<string>
  /**
   * Its device calls the hub (a webhook, `/api/v1/hooks/<device>/<secret>`). Absent: no calls are taken. MUST compare the
   * secret in constant time, and MUST NOT throw.
   */
  hook?(call: HookCall): HookAnswer
  /** Rejects all that hang on the link, then releases it. Idempotent. */
  close(): Promise<void>
}

/** A call as it came: hostile, but for its size, at most 256 KiB. */
export interface HookCall {
  /** The last part of the address. */
  readonly secret: string
  /** The content type; empty where none was said. */
  readonly type: string
  /** What stands behind the `?` of the address. */
  readonly query: string
  readonly body: Uint8Array
}

/** `unknown`: a wrong secret, or nobody who takes calls; whoever calls is not told which. */
export type HookAnswer = 'taken' | 'malformed' | 'unknown'

/** What a link may tell the hub. */
export interface LinkContext {
  /** The device says that `path` is now `value`. Call it for each change; equal values are dropped by the hub. */
  report(path: string, value: Json): void
  /** The link came up or went down. Equal states are dropped by the hub. */
  changed(up: boolean, detail: string): void
  /**
   * The newest picture of this name, for the faces of buttons: a screenshot, a camera. It replaces the one before and is not
   * recorded: it is what can be seen now. null: nothing can be seen any more; a link that goes down shows nothing either.
   * At most {@link mostPictureBytes}, at most {@link mostPictures} names a device; PNG or JPEG by its own first bytes,
   * whatever `type` says. What is beyond that is dropped, and what was shown before stays.
   */
  picture(name: string, picture: Picture | null): void
  /**
   * Why nothing may leave at this moment; null while it may. A command that has waited in the link (for a connection, for a
   * reply to another) MUST ask right before its bytes leave, and end with this failure: meanwhile another hub may have taken
   * the device over, or HOLD may have come.
   */
  barred(): Failure | null
}

/** A picture as its device made it. */
export interface Picture {
  readonly type: 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
}

/** 256 KiB: a button has some hundred pixels a side. */
export const mostPictureBytes = 256 * 1024
/** 64: more than any panel shows of one device. */
export const mostPictures = 64
/** Longer names are dropped. Characters. */
export const mostPictureName = 200

/** The one error of the adapter port. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly failure: Failure
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.detail, options)
    this.failure = failure
  }
}
