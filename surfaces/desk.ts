import type { IntentId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { Alignment } from '../intents/look.ts'

// A panel is what an operator has before them: a Stream Deck, a Satellite box, a fader console, a box of buttons. Its folder
// speaks its protocol and nothing else: it says what hands did and draws what it is given. Pages, permissions, PIN,
// guards and what a face shows are the hub's, the same for every kind of panel.

/** Where a control of a panel is: rows and columns count from 0, and are those of the page that the panel shows. */
export interface Spot {
  /** 0 to 31. */
  readonly row: number
  /** 0 to 31. */
  readonly col: number
}

/** What a control can show. */
export interface Takes {
  /** Size of its bitmap in pixels, 1 to 1,024 each; null where it has no pixels. */
  readonly bitmap: { readonly width: number; readonly height: number } | null
  readonly text: boolean
  readonly colour: boolean
  /** A ring, a motor, a bar: it shows {@link Face.level}. */
  readonly level: boolean
}

/** One control. A key goes down and up, an encoder turns too, a fader has a position. */
export interface PanelControl extends Spot {
  readonly kind: 'key' | 'encoder' | 'fader'
  readonly takes: Takes
}

/** A panel as it joins. */
export interface Panel {
  /** The same after a reconnect: a serial number, Satellite's DEVICEID. From outside; at most 128 characters of it count. */
  readonly id: string
  /** For people: `Stream Deck XL`. From outside; at most 128 characters of it count. */
  readonly product: string
  /** The address that is recorded with each of its intents: `satellite:127.0.0.1:4711`, `usb:CL12K1A00042`. */
  readonly source: string
  /** At most 1,024 of them; no two at one spot. */
  readonly controls: readonly PanelControl[]
  /** It types a PIN with keys of its own and shows itself that it is locked; otherwise the hub draws a keypad on its keys. */
  readonly ownsPin: boolean
}

/** What became of the newest intent that a control led to. */
export type FaceState =
  | { readonly is: 'idle' }
  /** Recorded, and its outcome is not known yet. */
  | { readonly is: 'pending' }
  /**
   * It waits for a person: for a second press before it acts, or for the answer to a question of the run that it has started. It goes back to
   * what it was after `withinMs` at most.
   */
  | { readonly is: 'asks'; readonly withinMs: number }
  /** The device answered that it was done. */
  | { readonly is: 'confirmed' }
  /** It left; the protocol cannot know more. */
  | { readonly is: 'sent' }
  /** Refused, expired, failed, or nobody knows; it stays until the next good press. `reason` for people, 500 characters. */
  | { readonly is: 'failed'; readonly reason: string }

/** A picture to draw behind the text. Its bytes are the config's or a device's: hostile. */
export interface FacePicture {
  readonly type: 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
  /** Names the bytes: the same tag, the same picture. */
  readonly tag: string
}

/** What a control shows. Data only: two equal faces look the same. */
export interface Face {
  /** At most 200 characters; `\n` begins a line. */
  readonly text: string
  /** Of the text, `#rrggbb`. */
  readonly textColour: string
  /** Behind it, `#rrggbb`. */
  readonly colour: string
  /** Of the text in percent of the largest that a key shows: 10 to 100. What does not fit so is smaller. */
  readonly size: number
  /** Where the text stands; over a picture it is at the foot. */
  readonly alignment: Alignment
  readonly picture: FacePicture | null
  readonly state: FaceState
  /** The device reports what the control's `lit` asks for. */
  readonly lit: boolean
  /** How far something is, or the run that it has started, 0 to 1; null for nothing to show. */
  readonly progress: number | null
  /** Where the device says that the fader or ring of this control stands, 0 to 1; null where it says nothing. */
  readonly level: number | null
}

/** A control that binds nothing, and a panel whose hub is gone. */
export const blankFace: Face = {
  text: '',
  textColour: '#ffffff',
  colour: '#000000',
  size: 100,
  alignment: 'center:center',
  picture: null,
  state: { is: 'idle' },
  lit: false,
  progress: null,
  level: null,
}

/** Why a panel no longer has its seat. */
export type SeatEnd =
  /** Another panel with this identity joined: the newest counts. */
  | 'replaced'
  /** The hub stops. The panel shows that nobody listens. */
  | 'hub-lost'
  /** The panel left by itself. */
  | 'left'
  /** It cannot have a seat: too many panels, no usable identity. */
  | 'refused'

/** What the hub tells a panel. Each is called for what is newest only: what was overtaken while `draw` was busy is never drawn. */
export interface PanelPort {
  /**
   * Draws a control. Resolves once the device has taken it, or its line can take more; until then nothing else is drawn at
   * this control, and at most a few others. What it rejects with is dropped: a panel that is gone says `leave`.
   * `signal` aborts when the seat ends. MUST NOT wait without a bound for a device that does not answer.
   */
  draw(control: PanelControl, face: Face, signal: AbortSignal): Promise<void>
  /** 0 to 100. */
  brightness(percent: number): void
  /** For a panel that `ownsPin`: locked, with so many digits typed; null: open. */
  locked(lock: { readonly digits: number } | null): void
  /** The page that it shows, from 1; faces follow. */
  page(page: number): void
  /** The seat ended, exactly once. What the panel says after is dropped. `detail` is for people. */
  ended(why: SeatEnd, detail: string): void
}

/** What a panel says. */
export type Said =
  | ({ readonly type: 'down' | 'up' } & Spot)
  /** One tap, where down and up cannot be told apart: a touched strip. */
  | ({ readonly type: 'press' } & Spot)
  /** Steps of an encoder, to the right above 0; each is a gesture of its own. -64 to 64. */
  | ({ readonly type: 'rotate'; readonly steps: number } & Spot)
  /** A fader stands at 0 to 1. */
  | ({ readonly type: 'fader'; readonly position: number } & Spot)
  /** A hand is on a fader, or off it: its motor is silent as long. */
  | ({ readonly type: 'touch'; readonly on: boolean } & Spot)
  | { readonly type: 'page'; readonly to: 'next' | 'previous' | number }
  /** A value that the panel itself has, for a path of a device: a sensor, a knob that is no control of the page. */
  | { readonly type: 'set'; readonly device: string; readonly path: string; readonly value: Json }
  /** A digit of the PIN, 0 to 9, of a panel that `ownsPin`. */
  | { readonly type: 'digit'; readonly digit: number }

/** What became of it. */
export type Answered =
  /** Recorded: the intents it led to, none where nothing is bound to it, or it only turned a page. */
  | { readonly ok: true; readonly ids: readonly IntentId[] }
  /** Nothing was done. `code` for programs: `locked`, `guarded`, `not-found`, `not-allowed`, `ended`, `not-recorded`. */
  | { readonly ok: false; readonly code: string; readonly detail: string }

/** A panel's place at the desk. */
export interface Seat {
  /** Each call is one gesture, in the order of the calls, none dropped or coalesced. Never rejects. */
  say(said: Said): Promise<Answered>
  /** Draws everything again: the device forgot it. `spot`: only what is there, which the panel itself shows otherwise now. */
  redraw(spot?: Spot): void
  /** The panel is gone: unplugged, disconnected. Held keys are let go. Idempotent. Its page is kept for its return. */
  leave(): void
}

/** Where panels join. */
export interface Desk {
  /**
   * Never throws: one that cannot have a seat is told with `ended('refused')` before `join` returns. All else is told
   * after it has returned.
   */
  join(panel: Panel, port: PanelPort): Seat
}
