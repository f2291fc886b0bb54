import type { TSchema } from 'typebox'
import type { Ack, BusEvent } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { DeviceId, Instant, IntentId, LeaseId, MacroId } from '../../intents/id.ts'
import type { Actor, Intent } from '../../intents/intent.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import type { Outcome } from '../../intents/outcome.ts'
import type { ControlPlace, Refusal, WishHost } from '../surface.ts'
import type { ScheduleView, TriggerView, VariableView } from './automation-view.ts'
import type { CorrectionView, Custodian } from './custody.ts'
import type { FaceRun, RunView } from './run-view.ts'

// What the HTTP API needs of the hub, and the shapes it answers with. The views are the contract of /api/v1:
// what a field means is said here once, and the OpenAPI document, the panel and the command line read these.

export interface AttemptView {
  readonly attempt: number
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly ack: Ack | null
  readonly failure: Failure | null
  /** When the next attempt is due; null where there is none. */
  readonly retryAt: Instant | null
}

/** One intent's whole life. */
export interface IntentView {
  readonly id: IntentId
  readonly intent: Intent
  readonly actor: Actor
  readonly source: string
  readonly trace: string
  readonly cause: { readonly intent: IntentId; readonly step: number } | null
  readonly at: Instant
  readonly expiresAt: Instant | null
  /** Where its acceptance or refusal is recorded. */
  readonly position: string
  /** `pending`: waits for its device; `attempting`: under way; `ended`: see `outcome`. */
  readonly status: 'pending' | 'attempting' | 'ended'
  readonly attempts: readonly AttemptView[]
  readonly outcome: {
    readonly type: Outcome
    readonly at: Instant
    readonly failure?: Failure
    /** The newer intent that overtook it, or the cancel that ended it. */
    readonly by?: IntentId
  } | null
  /** The intents it led to: a `do`'s device intents, a run's steps. */
  readonly children: readonly IntentId[]
  /** What was said beside it to be right, oldest first. */
  readonly corrections: readonly CorrectionView[]
}

export interface IntentQuery {
  /** As `actorName` writes it, or its part after the colon. */
  readonly actor?: string
  readonly device?: string
  readonly outcome?: Outcome | 'open'
  /** `page/row/col`: only what this control led to. */
  readonly control?: string
  /** Only intents recorded after this position. */
  readonly after?: string
  /** 1 to 1,000; default 100. Newest first. */
  readonly limit: number
}

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

/**
 * What can be seen of a device's picture at this moment. `live`: there is one, at `…/picture` of the control; `none`: its device
 * shows nothing; `elsewhere`: only the hub that acts for the device has it.
 */
export interface PictureView {
  readonly device: DeviceId
  readonly name: string
  readonly state: 'live' | 'none' | 'elsewhere'
  /** Names the bytes, as the ETag does: another one, another picture. null where there is nothing to see. */
  readonly tag: string | null
  /** Why there is nothing to see; empty while there is. */
  readonly detail: string
}

/** The picture itself, or why there is none. */
export type ShownPicture =
  | {
      readonly state: 'live'
      readonly type: 'image/png' | 'image/jpeg'
      readonly bytes: Uint8Array
      readonly tag: string
    }
  | { readonly state: 'none' | 'elsewhere'; readonly detail: string }

/** What a control shows. */
export interface FaceView {
  readonly text: string
  /** CSS hex colour. */
  readonly colour: string
  readonly image: string | null
  /** Shown in place of `image` and behind the text while its state is `live`; null where the control has none. */
  readonly picture: PictureView | null
  /** The run that it has started, while that is under way; null: none is. */
  readonly run: FaceRun | null
  /** `asks`: for a second press. `on`: the device reports what the control's `lit` asks for. `failed` stays until the next good press. */
  readonly state: 'idle' | 'asks' | 'pending' | 'on' | 'failed'
  /** The newest outcome, for a short mark: which intent, how it ended, when, why, by whom. */
  readonly last: {
    readonly intent: IntentId
    readonly outcome: Outcome
    readonly at: Instant
    readonly detail: string
    readonly actor: string
  } | null
}

export interface ControlView {
  readonly page: number
  readonly row: number
  readonly col: number
  /** What the config binds: which gestures do something. `hold` in ms: keep `down` that long. */
  readonly press: boolean
  readonly release: boolean
  readonly holdMs: number | null
  readonly rotate: boolean
  readonly face: FaceView
}

export interface PanelView {
  readonly pages: readonly {
    readonly page: number
    readonly rows: number
    readonly cols: number
    readonly controls: readonly ControlView[]
  }[]
}

export interface MacroView {
  readonly id: MacroId
  readonly steps: readonly JsonObject[]
  readonly onFailure: Json
  readonly onCrash: 'resume' | 'abandon' | 'compensate' | 'ask'
}

export interface SurfaceView {
  readonly name: string
  readonly type: string
  readonly address: string
  /** Inputs that never became an intent, since the hub started. */
  readonly rejected: number
  /** How many panels have joined there. */
  readonly seated: number
  /** Those of them that joined last, 100 at most, the newest last. */
  readonly panels: readonly SeatView[]
}

/** A panel that has joined: a Stream Deck, a box, a fader console. */
export interface SeatView {
  /** Its identity, as presses are recorded with. */
  readonly id: string
  readonly product: string
  /** The page that it shows. */
  readonly page: number
  /** It listens to nothing but its PIN. */
  readonly locked: boolean
}

export interface ActionsView {
  readonly devices: readonly {
    readonly device: DeviceId
    readonly protocol: string
    readonly actions: readonly {
      readonly verb: 'fire' | 'set'
      readonly name: string
      readonly description: string
      readonly schema: TSchema
      /** True for the standard vocabulary (`record.start`). */
      readonly standard: boolean
    }[]
  }[]
  /** What `do` understands: the config's names, and the standard ones with the devices that offer them. */
  readonly names: readonly {
    readonly name: string
    readonly origin: 'config' | 'standard'
    readonly description: string
    readonly devices: readonly DeviceId[]
    readonly schema: TSchema
  }[]
}

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

/** Somebody reads the journal. */
export interface LogRead {
  readonly actor: Actor
  readonly source: string
  readonly route: 'intents' | 'events' | 'stream' | 'replay' | 'verify' | 'tiles'
  /** Positions, or, of tiles, numbers of sealed lines as `$512`. null: from the start, and to what comes. */
  readonly from: string | null
  readonly to: string | null
}

/** A file of the sealed log, as C2SP tlog-tiles has it. */
export interface TileView {
  readonly bytes: Uint8Array
  /** The numbers of its lines: from the first up to, and without, `to`; null for a tile of hashes. */
  readonly lines: { readonly from: number; readonly to: number } | null
}

export interface WitnessView {
  readonly hub: string
  /** Entries of this hub's chain, and the SHA-256 of its newest, base64. */
  readonly entries: number
  readonly head: string
  /** The newest whole verification from the stored bytes; null before the first. */
  readonly verified: ({ readonly at: Instant } & VerdictView) | null
  /** null where the config seals nothing, or nothing was said of it yet. */
  readonly seal: SealView | null
}

export type VerdictView =
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
      /** Where: the position, and the file and byte offset that hold it. */
      readonly position: string
      readonly file: string
      readonly offset: number
      readonly detail: string
    }

/** A hub as it says itself with its signs of life. */
export interface HubView {
  readonly hub: string
  /** Where its console is. */
  readonly url: string
  readonly version: string
  readonly startedAt: Instant
  /** When it last gave a sign of life. */
  readonly at: Instant
  /** The newest entry it has folded. */
  readonly cursor: string | null
  /** How long after its stamp it folded that entry. Milliseconds. */
  readonly lagMs: number
  /** It is stopping, and gives up what it has. */
  readonly leaving: boolean
}

/** Who acts for a device, or as `$macros` for the site's macros. */
export interface LeaseView {
  readonly device: LeaseId
  /** null: nobody at this moment. */
  readonly hub: string | null
  /** The fencing token; null where the log has one hub. */
  readonly token: number | null
  readonly since: Instant | null
}

export interface StatusView {
  readonly site: string
  readonly hub: string
  readonly version: string
  readonly startedAt: Instant
  readonly now: Instant
  readonly held: boolean
  readonly log: {
    readonly engine: string
    readonly head: string | null
    readonly writable: boolean
    /** Since when this hub acts alone, on its own disk, because the log's server is away; null where it does not. */
    readonly aloneSince: Instant | null
    readonly detail: string
  }
  readonly devices: readonly DeviceView[]
  /** The hubs of the site that are alive, this one among them. */
  readonly hubs: readonly HubView[]
  readonly leases: readonly LeaseView[]
  readonly openIntents: number
  readonly witness: WitnessView
  readonly surfaces: readonly SurfaceView[]
}

export interface HealthView {
  readonly ok: boolean
  /** One sentence for each thing that is wrong; empty when `ok`. */
  readonly reasons: readonly string[]
}

/** One entry of the journal. */
export interface EntryView {
  readonly position: string
  readonly hub: string
  /** This hub's own number for it, gapless from 1. */
  readonly hseq: number
  readonly at: Instant
  readonly event: BusEvent
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

/** What the hub offers the HTTP API beside what every surface gets. */
export interface Console extends WishHost {
  /** MUST show the end of an intent once `ended` has resolved for it. */
  intent(id: IntentId): Promise<IntentView | null>
  intents(query: IntentQuery): Promise<{ readonly intents: readonly IntentView[] }>
  devices(): readonly DeviceView[]
  panel(): PanelView
  macros(): readonly MacroView[]
  runs(): readonly RunView[]
  variables(): readonly VariableView[]
  triggers(): readonly TriggerView[]
  schedules(): readonly ScheduleView[]
  surfaces(): readonly SurfaceView[]
  actions(): ActionsView
  status(): StatusView
  health(): HealthView
  /** Prometheus text format 0.0.4. */
  metrics(): string
  /** The journal after `after` (null: from the start; 'now': only what comes), endless. @throws RangeError for a position that is none */
  entries(after: string | null, signal: AbortSignal): AsyncIterable<EntryView>
  /** Records that a webhook was called: where; null where no trigger listens to it. @throws LogError */
  webhook(name: string, value: Json, source: string): Promise<string | null>
  /** Each change of a face. Returns its own removal. */
  onFace(
    listener: (place: { page: number; row: number; col: number }, face: FaceView) => void,
  ): () => void
  /** Each change of a run. Returns its own removal. */
  onRun(listener: (run: RunView) => void): () => void
  /** Writes the device into the config, applies and records it. Null when done. */
  addDevice(name: string, options: JsonObject, actor: Actor): Promise<Refusal | null>
  removeDevice(name: string, actor: Actor): Promise<Refusal | null>
  /** A sign of life from the device; null where there is no such device. */
  testDevice(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly detail: string } | null>
  /** A device calls at its own URL. `unknown`: no such device, a wrong secret, or it takes no calls; `elsewhere`: ask another hub. */
  hook(name: string, call: HookCall): 'taken' | 'malformed' | 'unknown' | 'elsewhere'
  /** The site's state at a position or a time (ms), folded from the log. @throws RangeError for a moment that is none */
  replay(to: { readonly position: string } | { readonly time: Instant } | null): Promise<JsonObject>
  /** Verifies the whole log from its stored bytes, off the hub's own thread. */
  verify(): Promise<VerdictView>
  /** What is said beside the record, what of it must stay, and what may be forgotten. */
  readonly custody: Custodian
  /** Makes the key that will sign the log, or lets it sign from now on. @throws RangeError where that cannot be; it says why */
  changeKey(how: 'prepare' | 'change', actor: Actor): Promise<KeyView>
  /** The newest signed head, a C2SP checkpoint; null before the first, or where nothing is sealed. */
  checkpoint(): Promise<string | null>
  /** The file `tile/<path>` of the sealed log (C2SP tlog-tiles); null where there is none, or it is not under a signed head. */
  tile(path: string): Promise<TileView | null>
  /** Somebody read the journal. Recorded at a bounded rate. */
  read(read: LogRead): void
  /** The name of the token's owner; null where there is no such token. Constant time. */
  tokenOwner(token: string): string | null
  /** Somebody was turned away. Recorded at a bounded rate. */
  accessRefused(source: string, detail: string): void
  /** The bytes of a control's picture; null where there is none. */
  image(place: {
    page: number
    row: number
    col: number
  }): Promise<{ readonly type: string; readonly bytes: Uint8Array } | null>
  /** What a device shows on a control at this moment; null where the control shows no picture of a device. */
  picture(place: ControlPlace): ShownPicture | null
}
