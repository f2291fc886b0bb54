import { dataBytesOf, midiMessage, type MidiMessage } from './midi.ts'

/** 16 KiB: more than a program dump of a usual device. */
export const longestSysex = 16 * 1024

/** What a stream of MIDI bytes held: a message, or why bytes were dropped. */
export type Parsed =
  | { readonly ok: true; readonly message: MidiMessage }
  | { readonly ok: false; readonly detail: string }

/** Reads MIDI bytes as they come, in pieces of any size. */
export interface MidiParser {
  push(chunk: Uint8Array): readonly Parsed[]
}

/**
 * A parser for hostile bytes (MIDI 1.0, "Running status" and appendix "Receiver"): running status; real-time messages
 * between any two bytes; a SysEx of more than `maxSysexBytes` is dropped to its end and reported once; data without a
 * status is dropped, a run of it reported once.
 */
export function midiParser(maxSysexBytes: number): MidiParser {
  /** Of the message under way, or of the running one; 0: none. */
  let status = 0
  let first = -1
  let sysex: number[] | null = null
  /** Bytes up to the next status byte are dropped. */
  let skipping = false

  const data = (byte: number, found: Parsed[]): void => {
    if (skipping) return
    const drop = (detail: string) => {
      found.push({ ok: false, detail })
      skipping = true
    }
    if (sysex !== null) {
      if (sysex.length < maxSysexBytes) sysex.push(byte)
      else {
        sysex = null
        drop(`a SysEx of more than ${maxSysexBytes} bytes`)
      }
      return
    }
    const wanted = status === 0 ? null : dataBytesOf(status)
    if (wanted === null || wanted === 0) return drop('data bytes without a status')
    if (wanted === 2 && first === -1) {
      first = byte
      return
    }
    const message = wanted === 2 ? midiMessage(status, first, byte) : midiMessage(status, byte, 0)
    first = -1
    // system common messages have no running status
    if (status >= 0xf0) status = 0
    if (message !== null) found.push({ ok: true, message })
  }

  const begin = (byte: number, found: Parsed[]): void => {
    if (byte === 0xf7 && sysex !== null)
      found.push({ ok: true, message: { kind: 'sysex', data: Uint8Array.from(sysex) } })
    else if (sysex !== null) found.push({ ok: false, detail: 'a SysEx without its end' })
    else if (first !== -1) found.push({ ok: false, detail: 'a message without its second byte' })
    sysex = byte === 0xf0 ? [] : null
    first = -1
    // what ends a SysEx that was too long has been told
    skipping = false
    status = 0
    if (byte === 0xf0 || byte === 0xf7) return
    const wanted = dataBytesOf(byte)
    if (wanted === null) {
      // F4 and F5 are undefined: what follows belongs to nothing known
      skipping = true
      found.push({ ok: false, detail: 'an undefined status' })
    } else if (wanted > 0) status = byte
    else {
      const message = midiMessage(byte, 0, 0)
      if (message !== null) found.push({ ok: true, message })
    }
  }

  return {
    push(chunk) {
      const found: Parsed[] = []
      for (const byte of chunk) {
        if (byte < 0x80) data(byte, found)
        else if (byte >= 0xf8) {
          // real time: it stands between any two bytes and changes nothing; F9 and FD are undefined
          const message = midiMessage(byte, 0, 0)
          if (message !== null) found.push({ ok: true, message })
        } else begin(byte, found)
      }
      return found
    },
  }
}
