import type { MidiMessage } from './midi.ts'
import {
  type ChannelJournal,
  channelJournalBytes,
  type Journal,
  longestChannelJournal,
} from './rtp-midi-journal.ts'
import { forget, isAction, isEmpty, nothing, type Sent, tell, type Told } from './rtp-midi-told.ts'

/** A note-on that came late by less than this is still worth to be heard (Y bit, appendix A.6). Milliseconds. */
const playableMs = 500

/**
 * The sender's side of the recovery journal (RFC 6295 section 5): remembers what was sent since the checkpoint and
 * writes it into each packet. Not written: parameter numbers with their data (chapter M), extras of notes (E) and
 * everything of the system, SysEx included.
 */
export class SentHistory {
  readonly #channels = new Map<number, Told>()
  /** The oldest packet that is covered. */
  #checkpoint: number

  /** @param first the number of the first packet, counted on without end */
  constructor(first: number) {
    this.#checkpoint = first
  }

  /** A message left in `packet`, `at` that moment in ms. Packets only grow. */
  add(message: MidiMessage, packet: number, at: number): void {
    if (message.kind === 'reset') this.#channels.clear()
    if (!('channel' in message)) return
    const { channel } = message
    const told = this.#channels.get(channel) ?? nothing()
    this.#channels.set(channel, told)
    tell(told, message, { packet, at })
  }

  /** The receiver has `packet` and all it covers: nothing up to it is coded any more. */
  acknowledge(packet: number): void {
    if (packet < this.#checkpoint) return
    this.#checkpoint = packet + 1
    for (const told of this.#channels.values()) forget(told, packet)
  }

  /**
   * The journal of packet `next`. What would make it longer than `maxBytes` is given up, the oldest packets first: the
   * checkpoint moves on.
   */
  journal(next: number, now: number, maxBytes: number): Journal {
    for (;;) {
      const channels = [...this.#channels]
        .filter(([, told]) => !isEmpty(told))
        .map(([channel, told]) => coded(channel, told, next - 1, now))
      const sizes = channels.map(channelJournalBytes)
      const fits = sizes.every((size) => size <= longestChannelJournal)
      if (fits && 3 + sizes.reduce((sum, size) => sum + size, 0) <= maxBytes)
        return { checkpoint: this.#checkpoint & 0xffff, channels }
      // half of the way to now, so that a flood costs a few rounds and not one for each packet
      this.acknowledge(Math.floor((this.#checkpoint + next) / 2))
    }
  }
}

function coded(channel: number, told: Told, before: number, now: number): ChannelJournal {
  const isRecent = ({ packet }: Sent) => packet === before
  const { program, wheel, pressure } = told
  const notes = [...told.notes]
  return {
    channel,
    program:
      program === null
        ? null
        : { recent: isRecent(program), program: program.program, bank: program.bank },
    controls: [...told.controls].map(([controller, sent]) => ({
      recent: isRecent(sent),
      controller,
      tool: isAction(controller) ? 'count' : 'value',
      value: sent.value,
    })),
    wheel: wheel === null ? null : { recent: isRecent(wheel), value: wheel.value },
    on: notes
      .filter(([, sent]) => sent.velocity > 0)
      .map(([note, sent]) => ({
        recent: isRecent(sent),
        note,
        velocity: sent.velocity,
        play: now - sent.at < playableMs,
      })),
    off: {
      recent: told.lastOff === before,
      notes: notes.filter(([, sent]) => sent.velocity === 0).map(([note]) => note),
    },
    pressure:
      pressure === null ? null : { recent: isRecent(pressure), pressure: pressure.pressure },
    keys: [...told.keys].map(([note, sent]) => ({
      recent: isRecent(sent),
      note,
      pressure: sent.pressure,
      ended: sent.ended,
    })),
  }
}
