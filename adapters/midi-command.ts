import type { MidiMessage } from '../wire/midi.ts'
import type { Timecode } from '../wire/midi-mtc.ts'

/** What the MIDI adapters send. */
export interface MidiCommand {
  /** In this order and together; none where only the time code is meant. */
  readonly messages: readonly MidiMessage[]
  /** Time code runs from here on, or stops; null: it stays as it is. */
  readonly timecode: Timecode | 'stop' | null
}
