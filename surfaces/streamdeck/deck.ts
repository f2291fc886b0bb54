import type { StreamDeck } from '@elgato-stream-deck/core'

/** What is used of a Stream Deck as the library drives it, by USB and by network alike. */
export type Deck = Pick<
  StreamDeck,
  | 'CONTROLS'
  | 'PRODUCT_NAME'
  | 'on'
  | 'off'
  | 'close'
  | 'clearPanel'
  | 'fillKeyBuffer'
  | 'fillKeyColor'
  | 'fillLcd'
  | 'fillLcdRegion'
  | 'getFirmwareVersion'
  | 'getSerialNumber'
  | 'setBrightness'
  | 'setEncoderColor'
  | 'setEncoderRingColors'
>

/** A deck that was found. */
export interface FoundDeck {
  readonly deck: Deck
  /** From the device, or its address where it has none; hostile. */
  readonly serial: string
  /** `usb:CL12K1A00042`, `dock:10.0.0.7:5343`. */
  readonly source: string
  /**
   * Resolves once the device has taken what was written; null where a write itself waits for it. Without it a slow network
   * would fill the memory: the library's writes to a dock do not wait.
   */
  readonly taken: (() => Promise<void>) | null
  /**
   * Gives it up; it is found again when it is there again. `fault`: it is no deck as it says, in words; then it is left alone
   * for longer, at USB until it was unplugged. null: nothing is wrong with it.
   */
  drop(fault: string | null): Promise<void>
}

/** Whoever finds decks tells this. */
export interface Finds {
  found(deck: FoundDeck): void
  /** It is gone without a word. */
  lost(deck: Deck): void
  /** What no deck says came from `source`, and its line was cut. */
  malformed(source: string, detail: string): void
  /** What stands in the way, in words that say what to do; null: nothing any more. Shown in the surface's address. */
  trouble(detail: string | null): void
}

/** A way to decks. */
export interface Finder {
  close(): Promise<void>
}
