import type { MidiMessage } from '../wire/midi.ts'
import { frameMs, later, quarterFrames, type Timecode } from '../wire/midi-mtc.ts'
import type { MidiCommand } from './midi-command.ts'

/** Behind by more than this it jumps: a machine that slept must not send minutes of time code in a burst. ms */
const mostBehindMs = 250

/** Sends running time code: a quarter frame at each quarter of a frame. One a link. */
export class TimecodeRunner {
  readonly #send: (message: MidiMessage) => void
  #timer: NodeJS.Timeout | null = null
  #started = 0
  #from: Timecode | null = null
  /** Quarter frames that are due since the start. */
  #sent = 0
  #eight: readonly MidiMessage[] = []

  constructor(send: (message: MidiMessage) => void) {
    this.#send = send
  }

  /** Does what a command says of the time code. */
  follow({ timecode }: MidiCommand): void {
    if (timecode === null) return
    this.stop()
    if (timecode === 'stop') return
    this.#from = timecode
    this.#started = performance.now()
    this.#sent = 0
    this.#tick()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#from = null
  }

  #tick(): void {
    const from = this.#from
    if (from === null) return
    const quarterMs = frameMs(from.rate) / 4
    const due = Math.floor((performance.now() - this.#started) / quarterMs) + 1
    // pieces come in eights: after a gap the next time begins whole
    if ((due - this.#sent) * quarterMs > mostBehindMs) this.#sent = Math.ceil(due / 8) * 8
    for (; this.#sent < due; this.#sent++) {
      const piece = this.#sent % 8
      // eight quarters are two frames
      if (piece === 0) this.#eight = quarterFrames(later(from, this.#sent / 4))
      const message = this.#eight[piece]
      if (message !== undefined) this.#send(message)
    }
    const wait = this.#started + this.#sent * quarterMs - performance.now()
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, wait))
  }
}
