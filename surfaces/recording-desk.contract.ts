import { newId } from '../intents/id.ts'
import {
  type Answered,
  blankFace,
  type Desk,
  type Face,
  type Panel,
  type PanelControl,
  type PanelPort,
  type Said,
  type Seat,
  type SeatEnd,
  type Spot,
} from './desk.ts'

/** A panel that joined, as a test sees it from the hub's side. */
export class RecordedSeat implements Seat {
  readonly panel: Panel
  readonly port: PanelPort
  readonly said: Said[] = []
  redraws = 0
  /** Single controls that the panel wanted drawn again. */
  readonly redrawn: Spot[] = []
  /** null while it is there. */
  end: SeatEnd | null = null
  /** What `say` answers. */
  answer: Answered = { ok: true, ids: [newId(1)] }
  readonly #changed: () => void
  readonly #gone = new AbortController()

  constructor(panel: Panel, port: PanelPort, changed: () => void) {
    this.panel = panel
    this.port = port
    this.#changed = changed
  }

  say(said: Said): Promise<Answered> {
    this.said.push(said)
    this.#changed()
    return Promise.resolve(this.answer)
  }

  redraw(spot?: Spot): void {
    if (spot === undefined) this.redraws++
    else this.redrawn.push({ row: spot.row, col: spot.col })
    this.#changed()
  }

  leave(): void {
    this.finish('left', 'it left')
  }

  /** Draws at a control of the panel, as the hub would. @throws Error where the panel has none there */
  draw({ row, col }: Spot, face: Partial<Face>): Promise<void> {
    return this.port.draw(this.control({ row, col }), { ...blankFace, ...face }, this.#gone.signal)
  }

  control({ row, col }: Spot): PanelControl {
    const found = this.panel.controls.find((at) => at.row === row && at.col === col)
    if (found === undefined) throw new Error(`the panel has no control at ${row}/${col}`)
    return found
  }

  /** The hub ends the seat. */
  finish(why: SeatEnd, detail: string): void {
    if (this.end !== null) return
    this.end = why
    this.#gone.abort()
    this.port.ended(why, detail)
    this.#changed()
  }
}

/** The desk of the hub for tests: keeps who joins and what they say, and draws what a test wants. */
export class RecordingDesk implements Desk {
  readonly seats: RecordedSeat[] = []
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  join(panel: Panel, port: PanelPort): Seat {
    const seat = new RecordedSeat(panel, port, this.#changed)
    this.seats.push(seat)
    this.#changed()
    return seat
  }

  /** The newest that joined. @throws Error where none has */
  get newest(): RecordedSeat {
    const seat = this.seats.at(-1)
    if (seat === undefined) throw new Error('no panel has joined')
    return seat
  }
}
