// A console as data: which messages its controls send, and what they can show. Notes, controllers and channels are those of
// the Logic Control's MIDI implementation, which Mackie's protocol continues; what a model has of it is in models.ts.

/** A console of the Mackie Control family. */
export interface Model {
  /** For people, and how its MIDI port is called where the config does not say. */
  readonly title: string
  /** The device id in its SysEx: 14 hex for a main unit, 15 for an extender. */
  readonly device: number
  /** Encoders with a ring, from the left: 0 to 8. */
  readonly encoders: number
  readonly hasJog: boolean
  /** Keys by row of the panel, as notes from the left. Row 0 are the encoders, row {@link faderRow} the faders. */
  readonly keys: Readonly<Record<number, readonly number[]>>
  /** Keys that turn the pages, unless the config wants them as keys. */
  readonly pages: readonly [previous: number, next: number]
  /** Ten keys, as notes, that type the digits 1 to 9 and 0 of a PIN while the panel is locked. */
  readonly digits: readonly number[]
  /** Faders: the zero-based MIDI channels of their pitch bend. Channel 8 is the master. */
  readonly faders: readonly number[]
  /** Whether the faders have motors and feel a hand. */
  readonly motors: boolean
  /** Scribble strips; `letters` of each of the two lines are used, `colours` says whether each has one. */
  readonly strips: {
    readonly count: 0 | 1 | 8
    readonly letters: 6 | 7
    readonly colours: boolean
  }
  /** Twelve digits of seven segments: two for the page, ten for time code. */
  readonly hasDigits: boolean
}

/** The row of the faders in the panel. */
export const faderRow = 5
/** The column of the master fader, and in row 0 of the jog wheel: beside the eight channels. */
export const masterCol = 8
/** The row of the keys that may turn pages, where they do not. */
export const pageRow = 14
/** What a key sends whose encoder is pressed: 20 to 27 hex. */
export const encoderNote = 0x20
