import type { Instant, IntentId } from '../../intents/id.ts'
import type { Actor } from '../../intents/intent.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import type { ControlPlace, Refusal, WishHost } from '../surface.ts'
import type { ScheduleView, TriggerView, VariableView } from './automation-view.ts'
import type { ActionsView, MacroView } from './catalogue-view.ts'
import type { Custodian } from './custody.ts'
import type { DeviceView, HookCall } from './device-view.ts'
import type { IntentQuery, IntentView } from './intent-view.ts'
import type { FaceView, PanelView } from './panel-view.ts'
import type { ShownPicture } from './picture-view.ts'
import type { EntryView, LogRead } from './record-view.ts'
import type { RunView } from './run-view.ts'
import type { KeyView, TileView } from './seal-view.ts'
import type { HealthView, StatusView } from './site-view.ts'
import type { SurfaceView } from './surface-view.ts'
import type { VerdictView } from './witness-view.ts'

// What the HTTP API needs of the hub. What it answers with is in the views beside this file, which are the contract of /api/v1: what a
// field means is said there once, and the OpenAPI document, the panel and the command line read them.

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
