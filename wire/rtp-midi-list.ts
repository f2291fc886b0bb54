import { dataBytesOf, midiMessage, type MidiMessage } from './midi.ts'
import type { RtpMidi } from './rtp-midi.ts'

/** Reads the MIDI lists of one stream: a SysEx may go on over packets. */
export interface ListReader {
  /** The messages that ended in this packet's list. What is cut off or makes no sense ends the reading of the list. */
  read(packet: Pick<RtpMidi, 'list' | 'startsWithDelta'>): readonly MidiMessage[]
  /** A packet was lost: the SysEx under way cannot be completed. */
  lost(): void
}

/** Delta times have at most four octets (RFC 6295 section 3.1). */
const longestDelta = 4

/** Hostile: a SysEx of more than `maxSysexBytes` is dropped. Delta times are not kept: what came is now. */
export function listReader(maxSysexBytes: number): ListReader {
  let sysex: number[] | null = null

  /** Reads a SysEx command or segment from its status byte on (section 3.2). @returns where the next delta time is */
  const readSysex = (list: Uint8Array, from: number, found: MidiMessage[]): number | null => {
    if (list[from] === 0xf0) sysex = []
    let at = from + 1
    for (; at < list.length; at++) {
      const byte = list[at] ?? 0
      if (byte >= 0x80) break
      if (sysex === null) continue
      if (sysex.length < maxSysexBytes) sysex.push(byte)
      else sysex = null
    }
    const end = list[at]
    if (end === undefined) return null
    // F0: it goes on in a later command; F4: it was cancelled; F7: it is complete
    if (end === 0xf7 && sysex !== null) found.push({ kind: 'sysex', data: Uint8Array.from(sysex) })
    if (end !== 0xf0) sysex = null
    return end === 0xf0 || end === 0xf7 || end === 0xf4 ? at + 1 : null
  }

  return {
    lost: () => {
      sysex = null
    },
    read({ list, startsWithDelta }) {
      const found: MidiMessage[] = []
      // the first command of a list has its status (section 3.2); the P bit only says that its source had left it out
      let running = 0
      let at = 0
      let first = true
      while (at < list.length) {
        if (!first || startsWithDelta) {
          let octets = 0
          while (octets < longestDelta && (list[at + octets] ?? 0) >= 0x80) octets++
          at += octets + 1
        }
        first = false
        const byte = list[at]
        // a last delta time without a command is allowed: it says how long the list is
        if (byte === undefined) break
        if (byte === 0xf0 || byte === 0xf7) {
          const next = readSysex(list, at, found)
          if (next === null) break
          at = next
          running = 0
          continue
        }
        const status = byte >= 0x80 ? byte : running
        const wanted = status === 0 ? null : dataBytesOf(status)
        if (byte >= 0x80) at++
        if (wanted === null || at + wanted > list.length) break
        const [one = 0, two = 0] = list.subarray(at, at + wanted)
        if (one >= 0x80 || two >= 0x80) break
        const message = midiMessage(status, one, two)
        if (message !== null) found.push(message)
        at += wanted
        // real time leaves the running status alone, system common ends it
        if (status < 0xf0) running = status
        else if (status < 0xf8) running = 0
      }
      return found
    },
  }
}
