import { Type } from 'typebox'
import type { MidiMessage } from '../wire/midi.ts'
import { longestSysex, midiParser } from '../wire/midi-parser.ts'

/** Bytes as an argument: hexadecimal with or without spaces, or numbers. */
export const bytes = Type.Union(
  [
    Type.String({ pattern: '^[0-9A-Fa-f \\t]+$', maxLength: 4 * longestSysex }),
    Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), {
      minItems: 1,
      maxItems: longestSysex + 2,
    }),
  ],
  { description: 'Bytes: "7F 7F 06 02" or [127, 127, 6, 2]' },
)

/** The bytes of such an argument; null for half a byte. */
function bytesOf(given: string | readonly number[]): Uint8Array | null {
  if (typeof given !== 'string') return Uint8Array.from(given)
  const words = given.trim().split(/\s+/)
  // each word a byte, or all of it one row of digits
  const digits = words.map((word) => (word.length === 1 ? `0${word}` : word)).join('')
  return digits.length % 2 === 0 ? Uint8Array.from(Buffer.from(digits, 'hex')) : null
}

/** A SysEx of bytes, with or without F0 and F7 around them; text: what is wrong with them. */
export function sysexOf(given: string | readonly number[]): readonly MidiMessage[] | string {
  const all = bytesOf(given)
  if (all === null) return '"bytes" has half a byte'
  const from = all[0] === 0xf0 ? 1 : 0
  const data = all.subarray(from, all.at(-1) === 0xf7 ? -1 : undefined)
  if (data.length > longestSysex) return `"bytes" are more than ${longestSysex}`
  return data.some((byte) => byte > 0x7f)
    ? '"bytes" of a SysEx are below 80 between F0 and F7'
    : [{ kind: 'sysex', data }]
}

/** Whole messages of bytes; text: what is wrong with them. */
export function messagesOf(given: string | readonly number[]): readonly MidiMessage[] | string {
  const all = bytesOf(given)
  if (all === null) return '"bytes" has half a byte'
  const parser = midiParser(longestSysex)
  // a message that is cut off shows when another status comes
  const parsed = parser.push(Uint8Array.of(...all, 0xf6))
  const messages: MidiMessage[] = []
  for (const each of parsed) {
    if (!each.ok) return `"bytes" are no MIDI: ${each.detail}`
    messages.push(each.message)
  }
  messages.pop()
  return messages.length === 0 ? '"bytes" hold no message' : messages
}
