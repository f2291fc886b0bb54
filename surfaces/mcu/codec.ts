import type { MidiMessage } from '../../wire/midi.ts'

// The messages of Mackie's protocol (Logic Control manual, appendix "MIDI implementation"; checked against the open document
// "Mackie Control Protocol" of TouchMCU). Everything but pitch bend is on channel 1. SysEx: F0 00 00 66 <device> <command> … F7.

/** What a console says. Notes 0 to 127, positions 0 to 16,383, steps -63 to 63 and not 0. */
export type Signal =
  | { readonly kind: 'key'; readonly note: number; readonly isDown: boolean }
  | { readonly kind: 'touch'; readonly fader: number; readonly on: boolean }
  | { readonly kind: 'fader'; readonly fader: number; readonly position: number }
  | { readonly kind: 'turn'; readonly encoder: number; readonly steps: number }
  | { readonly kind: 'jog'; readonly steps: number }
  /** It was switched on, and asks who drives it: serial of 7 and challenge of 4 bytes. */
  | { readonly kind: 'asks'; readonly serial: Uint8Array; readonly challenge: Uint8Array }
  /** It takes us as its host: what it showed before is gone. */
  | { readonly kind: 'ready' }

/** Faders that are touched: notes 68 to 70 hex. */
const [firstTouch, lastTouch] = [0x68, 0x70]
const firstTurn = 0x10
const jogWheel = 0x3c
/** The middle of pitch bend as `MidiMessage` counts it. */
const pitchMiddle = 8192

const mackieHeader: readonly number[] = [0x00, 0x00, 0x66]
/** Commands of SysEx. */
const [query, asks, reply, confirmed, lcd, colours] = [0x00, 0x01, 0x02, 0x03, 0x12, 0x72]

/** What a message says; null where it says nothing that is known. Hostile: any MIDI. */
export function signalOf(message: MidiMessage): Signal | null {
  switch (message.kind) {
    case 'note-on':
      return message.channel === 1 ? noteSignal(message.note, message.velocity > 0) : null
    case 'note-off':
      return message.channel === 1 ? noteSignal(message.note, false) : null
    case 'pitch': {
      const fader = message.channel - 1
      return fader > 8 ? null : { kind: 'fader', fader, position: message.value + pitchMiddle }
    }
    case 'control':
      return message.channel === 1 ? turnSignal(message.controller, message.value) : null
    case 'sysex':
      return sysexSignal(message.data)
    default:
      return null
  }
}

function noteSignal(note: number, on: boolean): Signal {
  return note >= firstTouch && note <= lastTouch
    ? { kind: 'touch', fader: note - firstTouch, on }
    : { kind: 'key', note, isDown: on }
}

/** Bit 6 is the direction, set to the left; the six below count the steps. */
function turnSignal(controller: number, value: number): Signal | null {
  const count = value & 0x3f
  const steps = (value & 0x40) === 0 ? count : -count
  if (steps === 0) return null
  if (controller === jogWheel) return { kind: 'jog', steps }
  const encoder = controller - firstTurn
  return encoder >= 0 && encoder < 8 ? { kind: 'turn', encoder, steps } : null
}

function sysexSignal(data: Uint8Array): Signal | null {
  if (mackieHeader.some((byte, n) => data[n] !== byte)) return null
  if (data[4] === confirmed) return { kind: 'ready' }
  // serial of 7, challenge of 4 bytes behind header, device and command
  if (data[4] !== asks || data.length !== 16) return null
  return { kind: 'asks', serial: data.slice(5, 12), challenge: data.slice(12, 16) }
}

/** A lamp: note-on with 0, 1 or 127. */
export function lamp(note: number, shows: 'off' | 'blinks' | 'on'): MidiMessage {
  const velocity = { off: 0, blinks: 1, on: 127 }[shows]
  return { kind: 'note-on', channel: 1, note, velocity }
}

/** Drives a fader to 0 to 16,383. */
export function motor(fader: number, position: number): MidiMessage {
  return { kind: 'pitch', channel: fader + 1, value: position - pitchMiddle }
}

/** How a ring shows a level: one dot; from the middle to both sides of it; a bar from the left; spreading from the middle. */
export const ringModes = ['dot', 'pan', 'bar', 'spread'] as const
export type RingMode = (typeof ringModes)[number]

/** A ring of 11 lamps: controller 30 to 37 hex. `level` 0 to 1; null: dark. Bit 6 is the lamp below the encoder. */
export function ring(
  encoder: number,
  level: number | null,
  mode: RingMode,
  isLit: boolean,
): MidiMessage {
  // spread has six steps of width; the others eleven places
  const steps = mode === 'spread' ? 5 : 10
  const place = level === null ? 0 : 1 + Math.round(level * steps)
  const value = (isLit ? 0x40 : 0) | (ringModes.indexOf(mode) << 4) | place
  return { kind: 'control', channel: 1, controller: 0x30 + encoder, value }
}

/** Text of the display from `offset`: 0 is the upper line's, 56 the lower one's first letter; seven for each strip. */
export function text(device: number, offset: number, letters: string): MidiMessage {
  return sysex(device, lcd, offset, ...Buffer.from(letters, 'latin1'))
}

/** The colours of the eight strips of an X-Touch (firmware 1.22 and newer), 0 to 7: bit 0 red, 1 green, 2 blue. */
export function stripColours(device: number, eight: readonly number[]): MidiMessage {
  return sysex(device, colours, ...eight)
}

/**
 * One of the twelve digits, from the right: 0 to 9 time code, 10 and 11 the page. Letters from 40 hex on are sent without
 * their bit 6, which is the dot.
 */
export function digit(place: number, letter: string, hasDot: boolean): MidiMessage {
  const code = letter.toUpperCase().charCodeAt(0)
  const shown = code >= 0x20 && code < 0x60 ? code & 0x3f : 0x20
  return {
    kind: 'control',
    channel: 1,
    controller: 0x40 + place,
    value: shown | (hasDot ? 0x40 : 0),
  }
}

/** Asks a console who it is; a Mackie Control answers with its challenge, others may not answer. */
export function deviceQuery(device: number): MidiMessage {
  return sysex(device, query)
}

/** The answer to a console's challenge (Logic Control manual, "Host connection reply"). */
export function connectionReply(
  device: number,
  serial: Uint8Array,
  challenge: Uint8Array,
): MidiMessage {
  const [a = 0, b = 0, c = 0, d = 0] = challenge
  const response = [
    a + (b ^ 0x0a) - d,
    (c >> 4) ^ (a + d),
    (d - (c << 2)) ^ (a | b),
    b - c + (0xf0 ^ (d << 4)),
  ].map((byte) => byte & 0x7f)
  return sysex(device, reply, ...serial, ...response)
}

function sysex(device: number, ...rest: readonly number[]): MidiMessage {
  return { kind: 'sysex', data: Uint8Array.of(...mackieHeader, device, ...rest) }
}
