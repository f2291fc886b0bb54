// The ways in, and who has joined there.

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
