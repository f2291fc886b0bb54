import type { DeviceId, MacroId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Alignment } from '../intents/look.ts'
import type { Macro } from '../macros/macro.ts'
import type { Schedule, Timing } from '../macros/schedule/schedule.ts'
import type { Trigger } from '../macros/trigger/trigger.ts'
import type { Variable } from '../macros/variable.ts'
import type { LogConfig } from './log.ts'
import type { WitnessConfig } from './witness.ts'

/** The config as the hub uses it: defaults filled in, durations in milliseconds, secrets still references. */
export interface Config {
  readonly site: string
  readonly hub: string
  readonly log: LogConfig
  readonly http: HttpConfig
  /** What listens beyond loopback is announced on the network. */
  readonly announce: boolean
  /** Where slow jobs are carried out; null: in the hub. */
  readonly slowLane: SlowLaneConfig | null
  readonly witness: WitnessConfig
  readonly devices: ReadonlyMap<DeviceId, DeviceConfig>
  readonly surfaces: ReadonlyMap<string, SurfaceConfig>
  /** Named intents: what `do` of that name leads to, in order. */
  readonly intents: ReadonlyMap<string, readonly Intent[]>
  /** By page, then by `row/col`. */
  readonly pages: ReadonlyMap<number, ReadonlyMap<string, ControlConfig>>
  readonly macros: ReadonlyMap<MacroId, Macro>
  /** The site's variables, by name: paths of the reserved device `site`. */
  readonly variables: ReadonlyMap<string, Variable>
  /** What starts macros when something happens. */
  readonly triggers: readonly Trigger[]
  /** What starts macros at their time. */
  readonly schedules: readonly ScheduleConfig[]
  /** SHA-256 of the file's bytes, hex: what `HubStarted` and `ConfigChanged` name. */
  readonly hash: string
}

/** A schedule as the file has it: a calendar is read by the hub. */
export interface ScheduleConfig extends Omit<Schedule, 'timing'> {
  readonly timing: Exclude<Timing, { readonly kind: 'calendar' }> | CalendarFile
}

export interface CalendarFile {
  readonly kind: 'calendar-file'
  readonly path: string
  /** For times that name none, and for whole days. */
  readonly zone: string
  readonly matching: string
  readonly offsetMs: number
}

export interface HttpConfig {
  readonly host: string
  readonly port: number
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** The explicit word that allows an address other than loopback without TLS. */
  readonly insecure: boolean
}

export type DurabilityClass = 'durable' | 'live'

export interface DeviceConfig {
  /** The folder under `adapters/`. */
  readonly protocol: string
  /** The adapter's own keys, checked against its schema, defaults filled in. */
  readonly options: JsonObject
  readonly durability: DurabilityClass | null
  /** By action or path: a class of its own, or an expiry. */
  readonly rules: ReadonlyMap<string, ActionRule>
  readonly delivery: DeliveryConfig
  /** Which of the site's hubs acts for it. */
  readonly home: { readonly hub: string | null; readonly pinned: boolean }
  /** slow: everything it does goes through the slow lane; quick: only what its adapter says. */
  readonly lane: 'quick' | 'slow'
  readonly slow: SlowConfig
}

export interface ActionRule {
  readonly durability: DurabilityClass | null
  readonly expiresInMs: number | null
  /** What of it the journal only commits to: all, or arguments of these names; null: nothing. */
  readonly personal: 'all' | ReadonlySet<string> | null
}

/** How a router tries. All times in milliseconds. */
export interface DeliveryConfig {
  /** Tries in all, from 1. */
  readonly attempts: number
  /** Wait before the second try; doubles with each further one, with jitter. */
  readonly backoffMs: number
  readonly backoffCapMs: number
  /** One attempt's deadline. */
  readonly timeoutMs: number
  /** From acceptance to the end of the last try: a `fire`. */
  readonly fireDeadlineMs: number
  /** The same for a `set`, which is worth waiting for a device that is away. */
  readonly setDeadlineMs: number
}

export interface SlowLaneConfig {
  /** A Redis URL, or a reference to one. */
  readonly redis: string
}

/** How slow intents of a device are tried, and how fast. */
export interface SlowConfig extends DeliveryConfig {
  /** Attempts under way at once, from 1; with 1 they go in order. */
  readonly concurrency: number
  /** At most `most` attempts in any `perMs`; null: no limit. */
  readonly rate: { readonly most: number; readonly perMs: number } | null
}

export interface SurfaceConfig {
  /** The folder under `surfaces/`; `web` is the panel served by the hub's own HTTP server. */
  readonly type: string
  readonly options: JsonObject
  readonly durability: DurabilityClass | null
  readonly expiresInMs: number | null
  /** What may be touched from here. */
  readonly reach: Reach
  /** Every panel that joins here, but for those of `panels`. */
  readonly panel: PanelConfig
  /** By the panel's identity. */
  readonly panels: ReadonlyMap<string, PanelConfig>
}

/** Which part of the site may be touched; null: all of it. */
export interface Reach {
  readonly pages: ReadonlySet<number> | null
  readonly devices: ReadonlySet<DeviceId> | null
}

/** How a panel of the desk behaves. */
export interface PanelConfig {
  /** Who is recorded as pressing; null: the panel's identity. */
  readonly operator: string | null
  /** The page it begins with; null: the first that it may use. */
  readonly page: number | null
  readonly reach: Reach
  /** 0 to 100. */
  readonly brightness: number
  /** `pin`: digits, or a reference to them. `afterMs`: null, never by itself. */
  readonly lock: { readonly pin: string; readonly afterMs: number | null } | null
  /** What it shows when the hub stops. */
  readonly whenLost: 'message' | 'dark' | 'keep'
}

/** A picture of a device, by the name that its config gives it. */
export interface PictureConfig {
  readonly device: DeviceId
  readonly name: string
}

/** One control of the grid. */
export interface ControlConfig {
  readonly text: string
  /** CSS hex colour, `#rrggbb`. */
  readonly colour: string
  /** A picture: a path below the config file's folder, or a `data:image/` URL; null for none. */
  readonly image: string | null
  /** What a device shows at this moment, in place of `image` while there is something to see. */
  readonly picture: PictureConfig | null
  readonly press: Intent | null
  readonly release: Intent | null
  readonly hold: { readonly afterMs: number; readonly do: Intent } | null
  readonly rotateLeft: Intent | null
  readonly rotateRight: Intent | null
  /** Lit while the device reports this. */
  readonly lit: { readonly device: DeviceId; readonly path: string; readonly equals: Json } | null
  /** Of the text, CSS hex; null: black or white, whichever can be read. */
  readonly textColour: string | null
  /** Of the text, in percent of the largest: 10 to 100. What does not fit so is smaller. */
  readonly size: number
  /** Where the text stands. */
  readonly alignment: Alignment
  /** A press turns the pages of the panel that it comes from; null: it does not. */
  readonly page: 'next' | 'previous' | number | null
  /** What a fader here sets, and where its motor stands. */
  readonly fader: RangeConfig | null
  /** How far a device says that something is. */
  readonly progress: RangeConfig | null
  /** Another press within this of the one before is refused; null: each press acts. Milliseconds. */
  readonly guardMs: number | null
  /** The first press asks, and a second within this acts; null: the first acts. Milliseconds. */
  readonly confirmMs: number | null
}

/** A number of a device: `from` is 0 and `to` is 1. */
export interface RangeConfig {
  readonly device: DeviceId
  readonly path: string
  readonly from: number
  readonly to: number
}
