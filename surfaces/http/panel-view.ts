import type { Instant, IntentId } from '../../intents/id.ts'
import type { Alignment } from '../../intents/look.ts'
import type { Outcome } from '../../intents/outcome.ts'
import type { PictureView } from './picture-view.ts'
import type { FaceRun } from './run-view.ts'

// What the controls of the pages show.

/** What a control shows. */
export interface FaceView {
  readonly text: string
  /** CSS hex colour. */
  readonly colour: string
  /** Of the text, CSS hex colour; null: whichever of black and white can be read. */
  readonly textColour: string | null
  /** Of the text, 10 to 100: percent of the largest; what does not fit so is smaller. */
  readonly size: number
  /** Where the text stands. */
  readonly alignment: Alignment
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
