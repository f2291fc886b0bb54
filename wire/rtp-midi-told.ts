import type { ChannelMessage } from './midi.ts'
import type { Bank } from './rtp-midi-journal.ts'

/** When something was sent: in which packet, counted on without end, and at what moment in ms. */
export interface Sent {
  readonly packet: number
  readonly at: number
}

/** What one channel was told since the checkpoint. The maps are in the order of the newest command: oldest first. */
export interface Told {
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

/** A channel that was told nothing. */
export function nothing(): Told {
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

/** Whether there is nothing of it for a journal. */
export function isEmpty({ program, controls, wheel, notes, pressure, keys }: Told): boolean {
  const none = program === null && wheel === null && pressure === null
  return none && controls.size + notes.size + keys.size === 0
}

/** Sets anew, so that the newest is the last of the map. */
function renew<T>(map: Map<number, T>, key: number, value: T): void {
  map.delete(key)
  map.set(key, value)
}

/** It is told a message. */
export function tell(told: Told, message: ChannelMessage, sent: Sent): void {
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

/** What is of a packet up to this one is over. */
export function forget(told: Told, packet: number): void {
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
