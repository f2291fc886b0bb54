import type { ChannelMessage, MidiMessage } from './midi.ts'
import {
  type Bank,
  type ChannelJournal,
  channelJournalBytes,
  type Journal,
  longestChannelJournal,
} from './rtp-midi-journal.ts'

/** When something was sent: in which packet, counted on without end, and at what moment in ms. */
interface Sent {
  readonly packet: number
  readonly at: number
}

/** What one channel was told since the checkpoint. The maps are in the order of the newest command: oldest first. */
interface Told {
  program: (Sent & { readonly program: number; readonly bank: Bank | null }) | null
  readonly controls: Map<number, Sent & { readonly value: number }>
  wheel: (Sent & { readonly value: number }) | null
  /** Velocity 0: it ended. */
  readonly notes: Map<number, Sent & { readonly velocity: number }>
  /** The packet of the newest note-off. */
  lastOff: number
  pressure: (Sent & { readonly pressure: number }) | null
  readonly keys: Map<number, Sent & { readonly pressure: number; readonly ended: boolean }>
  /** Not forgotten at a checkpoint: what later commands are coded with. */
  bank: Bank | null
  /** A registered or non-registered parameter is selected: data entry belongs to it (appendix A.3.4). */
  selected: boolean
  readonly counts: Map<number, number>
}

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

function nothing(): Told {
  return {
    program: null,
    controls: new Map(),
    wheel: null,
    notes: new Map(),
    lastOff: -1,
    pressure: null,
    keys: new Map(),
    bank: null,
    selected: false,
    counts: new Map(),
  }
}

function isEmpty({ program, controls, wheel, notes, pressure, keys }: Told): boolean {
  const none = program === null && wheel === null && pressure === null
  return none && controls.size + notes.size + keys.size === 0
}

/** Sets anew, so that the newest is the last of the map. */
function renew<T>(map: Map<number, T>, key: number, value: T): void {
  map.delete(key)
  map.set(key, value)
}

function tell(told: Told, message: ChannelMessage, sent: Sent): void {
  switch (message.kind) {
    case 'note-on':
    case 'note-off': {
      const velocity = message.kind === 'note-on' ? message.velocity : 0
      renew(told.notes, message.note, { ...sent, velocity })
      if (velocity === 0) told.lastOff = sent.packet
      return
    }
    case 'poly-pressure':
      renew(told.keys, message.note, { ...sent, pressure: message.pressure, ended: false })
      return
    case 'program':
      told.program = { ...sent, program: message.program, bank: told.bank }
      return
    case 'pressure':
      told.pressure = { ...sent, pressure: message.pressure }
      return
    case 'pitch':
      told.wheel = { ...sent, value: message.value }
      return
    case 'control':
      control(told, message.controller, message.value, sent)
      return
    default:
      message satisfies never
  }
}

function control(told: Told, controller: number, value: number, sent: Sent): void {
  if (controller === 0) told.bank = { msb: value, lsb: 0, reset: false }
  if (controller === 32 && told.bank !== null) told.bank = { ...told.bank, lsb: value }
  if (controller >= 98 && controller <= 101) {
    // 127 selects nothing again (the null function)
    told.selected = value !== 127
    return
  }
  const isDataEntry =
    controller === 6 || controller === 38 || controller === 96 || controller === 97
  if (isDataEntry && told.selected) return
  if (isAction(controller)) {
    const count = ((told.counts.get(controller) ?? 0) + 1) & 0x3f
    told.counts.set(controller, count)
    act(told, controller)
    renew(told.controls, controller, { ...sent, value: count })
  } else renew(told.controls, controller, { ...sent, value })
}

/** Channel mode messages that act at once, so that their number counts and not their value. */
export function isAction(controller: number): boolean {
  return controller === 120 || controller === 121 || controller >= 123
}

/** What is no longer so after a channel mode message (appendix A.1: C-active and N-active commands). */
function act(told: Told, controller: number): void {
  told.pressure = null
  if (controller === 121) {
    told.wheel = null
    told.keys.clear()
    told.selected = false
    if (told.bank !== null) told.bank = { ...told.bank, reset: true }
    return
  }
  told.notes.clear()
  for (const [note, log] of told.keys) told.keys.set(note, { ...log, ended: true })
}

function forget(told: Told, packet: number): void {
  const isOver = (sent: Sent | null) => sent !== null && sent.packet <= packet
  if (isOver(told.program)) told.program = null
  if (isOver(told.wheel)) told.wheel = null
  if (isOver(told.pressure)) told.pressure = null
  for (const map of [told.controls, told.notes, told.keys])
    for (const [key, sent] of map) {
      // in the order of their packets
      if (sent.packet > packet) break
      map.delete(key)
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
