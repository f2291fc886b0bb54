import { hexOf, type MidiMessage } from '../../wire/midi.ts'
import type { RingMode } from './codec.ts'

// Behringer's Xctl, the X-Touch's own protocol: keys, lamps, faders and turns are Mackie's; strips, rings, digits and the sign of life are
// its own. By the public documents "Xctl Protocol for X-Touch" 1.0 (measured on firmware 1.15) and XFBAPE's tables.

/** What the console says every two seconds, between F0 and F7. */
const probe = '00 20 32 58 54 00'

/** What it wants to hear at least every six seconds, else it shows that nobody drives it. */
export const alive: MidiMessage = {
  kind: 'sysex',
  data: Uint8Array.of(0x00, 0x00, 0x66, 0x14, 0x00),
}

export function isProbe(message: MidiMessage): boolean {
  return message.kind === 'sysex' && message.data.length === 6 && hexOf(message.data) === probe
}

/** A scribble strip, 0 to 7: colour, seven letters of each line. Bit 6 of the colour would turn the lower line round. */
export function xctlStrip(
  n: number,
  {
    upper,
    lower,
    colour,
  }: { readonly upper: string; readonly lower: string; readonly colour: number },
): MidiMessage {
  const lines = Buffer.from(upper.slice(0, 7).padEnd(7) + lower.slice(0, 7).padEnd(7), 'latin1')
  return { kind: 'sysex', data: Uint8Array.of(0x00, 0x00, 0x66, 0x58, 0x20 + n, colour, ...lines) }
}

/** 13 lamps: 7 at the left in controller 30 to 37 hex, 6 at the right in 38 to 3F, one bit each. */
const lamps = 13
const leftLamps = 7

export function xctlRing(
  encoder: number,
  level: number | null,
  mode: RingMode,
): readonly [left: MidiMessage, right: MidiMessage] {
  const bits = level === null ? 0 : ringBits(Math.round(level * (lamps - 1)), level, mode)
  return [
    { kind: 'control', channel: 1, controller: 0x30 + encoder, value: bits & 0x7f },
    { kind: 'control', channel: 1, controller: 0x38 + encoder, value: bits >> leftLamps },
  ]
}

/** The lamps from `from` to `to`, in any order. */
function lit(from: number, to: number): number {
  let bits = 0
  for (let at = Math.min(from, to); at <= Math.max(from, to); at++) bits |= 1 << at
  return bits
}

function ringBits(place: number, level: number, mode: RingMode): number {
  const middle = (lamps - 1) / 2
  switch (mode) {
    case 'dot':
      return lit(place, place)
    case 'bar':
      return lit(0, place)
    case 'pan':
      return lit(middle, place)
    case 'spread': {
      const width = Math.round(level * middle)
      return lit(middle - width, middle + width)
    }
    default:
      return mode satisfies never
  }
}

/** Segments a to g as bits 0 to 6. */
const segments: Readonly<Record<string, number>> = {
  '0': 0x3f,
  '1': 0x06,
  '2': 0x5b,
  '3': 0x4f,
  '4': 0x66,
  '5': 0x6d,
  '6': 0x7d,
  '7': 0x07,
  '8': 0x7f,
  '9': 0x6f,
  '-': 0x40,
  E: 0x79,
  R: 0x50,
}

/** A digit from the left, 0 and 1 the page: controller 60 to 6B hex, with its dot 70 to 7B. */
export function xctlDigit(n: number, letter: string, hasDot: boolean): MidiMessage {
  const value = segments[letter.toUpperCase()] ?? 0
  return { kind: 'control', channel: 1, controller: (hasDot ? 0x70 : 0x60) + n, value }
}
