import type { MidiMessage } from './midi.ts'
import { listReader } from './rtp-midi-list.ts'
import { decodeJournal } from './rtp-midi-journal-read.ts'
import { Repairer } from './rtp-midi-repair.ts'
import { isAfter, type RtpMidi } from './rtp-midi.ts'
import { longestSysex } from './midi-parser.ts'

/** What a packet brought. */
export interface Arrival {
  readonly messages: readonly MidiMessage[]
  /** How many packets before it are missing. */
  readonly lost: number
}

/** The receiving half of a stream: order, loss, repair. */
export class Incoming {
  readonly #repairer = new Repairer()
  readonly #list = listReader(longestSysex)
  /** Of the newest packet. */
  #sequence: number | null = null

  /** The newest packet's number; null before the first. */
  get sequence(): number | null {
    return this.#sequence
  }

  /** Hostile. A packet that is doubled, or comes after a later one, brings nothing: the later one's journal had it. */
  got(packet: RtpMidi): Arrival {
    const last = this.#sequence
    if (last !== null && !isAfter(packet.sequence, last)) return { messages: [], lost: 0 }
    this.#sequence = packet.sequence
    const lost = last === null ? 0 : (packet.sequence - last - 1) & 0xffff
    const messages: MidiMessage[] = []
    if (lost > 0) this.#list.lost()
    // of the first packet as well: those before it may have been lost
    if ((lost > 0 || last === null) && packet.journal !== null) {
      const journal = decodeJournal(packet.journal)
      if (journal !== null) messages.push(...this.#repairer.repair(journal))
    }
    for (const message of this.#list.read(packet)) {
      this.#repairer.saw(message)
      messages.push(message)
    }
    return { messages, lost }
  }
}
