/**
 * A message of MIDI 1.0 (The Complete MIDI 1.0 Detailed Specification, 96.1). Channels count from 1 to 16, as people and
 * panels do; notes, controllers, programs and values from 0 to 127.
 */
export type MidiMessage =
  | ChannelMessage
  /** What is between F0 and F7: seven-bit bytes. */
  | { readonly kind: 'sysex'; readonly data: Uint8Array }
  /** One eighth of a time code: `wire/midi-mtc.ts`. */
  | { readonly kind: 'quarter-frame'; readonly data: number }
  /** In MIDI beats of six clocks, 0 to 16,383. */
  | { readonly kind: 'song-position'; readonly beats: number }
  | { readonly kind: 'song-select'; readonly song: number }
  | { readonly kind: BareKind }

/** A message of one channel. */
export type ChannelMessage =
  | {
      readonly kind: 'note-off' | 'note-on'
      readonly channel: number
      readonly note: number
      readonly velocity: number
    }
  | {
      readonly kind: 'poly-pressure'
      readonly channel: number
      readonly note: number
      readonly pressure: number
    }
  | {
      readonly kind: 'control'
      readonly channel: number
      readonly controller: number
      readonly value: number
    }
  | { readonly kind: 'program'; readonly channel: number; readonly program: number }
  | { readonly kind: 'pressure'; readonly channel: number; readonly pressure: number }
  /** -8192 to 8191; 0 is the middle. */
  | { readonly kind: 'pitch'; readonly channel: number; readonly value: number }

/** Messages of one byte. */
export type BareKind =
  'tune-request' | 'clock' | 'start' | 'continue' | 'stop' | 'active-sensing' | 'reset'

/** The status bytes of the messages of one byte. */
const bare: Readonly<Record<BareKind, number>> = {
  'tune-request': 0xf6,
  clock: 0xf8,
  start: 0xfa,
  continue: 0xfb,
  stop: 0xfc,
  'active-sensing': 0xfe,
  reset: 0xff,
}
const bareOf = new Map(Object.entries(bare).map(([kind, status]) => [status, kind as BareKind])) // the keys of `bare`

/** The middle of the pitch wheel, as it is on the wire. */
const wheelMiddle = 8192

/** How many data bytes follow a status byte; null for SysEx and for what MIDI 1.0 leaves undefined. */
export function dataBytesOf(status: number): 0 | 1 | 2 | null {
  if (status < 0xf0) return (status & 0xe0) === 0xc0 ? 1 : 2
  if (status === 0xf2) return 2
  if (status === 0xf1 || status === 0xf3) return 1
  return bareOf.has(status) ? 0 : null
}

/**
 * The message of a status byte and its data bytes; null for a status that `dataBytesOf` does not know. A `note-on` of
 * velocity 0 stays one: what it means is the reader's business.
 */
export function midiMessage(status: number, first: number, second: number): MidiMessage | null {
  const channel = (status & 0x0f) + 1
  switch (status & 0xf0) {
    case 0x80:
      return { kind: 'note-off', channel, note: first, velocity: second }
    case 0x90:
      return { kind: 'note-on', channel, note: first, velocity: second }
    case 0xa0:
      return { kind: 'poly-pressure', channel, note: first, pressure: second }
    case 0xb0:
      return { kind: 'control', channel, controller: first, value: second }
    case 0xc0:
      return { kind: 'program', channel, program: first }
    case 0xd0:
      return { kind: 'pressure', channel, pressure: first }
    case 0xe0:
      return { kind: 'pitch', channel, value: (second << 7) + first - wheelMiddle }
    default:
      return systemMessage(status, first, second)
  }
}

function systemMessage(status: number, first: number, second: number): MidiMessage | null {
  if (status === 0xf1) return { kind: 'quarter-frame', data: first }
  if (status === 0xf2) return { kind: 'song-position', beats: (second << 7) + first }
  if (status === 0xf3) return { kind: 'song-select', song: first }
  const kind = bareOf.get(status)
  return kind === undefined ? null : { kind }
}

/** @throws RangeError where a number does not fit its field: a caller checks before */
export function encodeMidi(message: MidiMessage): Buffer {
  switch (message.kind) {
    case 'note-off':
      return channelBytes(0x80, message.channel, message.note, message.velocity)
    case 'note-on':
      return channelBytes(0x90, message.channel, message.note, message.velocity)
    case 'poly-pressure':
      return channelBytes(0xa0, message.channel, message.note, message.pressure)
    case 'control':
      return channelBytes(0xb0, message.channel, message.controller, message.value)
    case 'program':
      return channelBytes(0xc0, message.channel, message.program)
    case 'pressure':
      return channelBytes(0xd0, message.channel, message.pressure)
    case 'pitch': {
      const wheel = message.value + wheelMiddle
      return channelBytes(0xe0, message.channel, wheel & 0x7f, wheel >> 7)
    }
    case 'sysex':
      return Buffer.concat([Buffer.of(0xf0), sevenBits(message.data), Buffer.of(0xf7)])
    case 'quarter-frame':
      return Buffer.of(0xf1, ...sevenBits([message.data]))
    case 'song-position':
      return Buffer.of(0xf2, ...sevenBits([message.beats & 0x7f, message.beats >> 7]))
    case 'song-select':
      return Buffer.of(0xf3, ...sevenBits([message.song]))
    default:
      return Buffer.of(bare[message.kind])
  }
}

function channelBytes(status: number, channel: number, ...data: readonly number[]): Buffer {
  if (!Number.isInteger(channel) || channel < 1 || channel > 16)
    throw new RangeError(`no MIDI channel: ${channel}`)
  return Buffer.of(status | (channel - 1), ...sevenBits(data))
}

function sevenBits(data: ArrayLike<number>): Uint8Array {
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? -1
    if (!Number.isInteger(byte) || byte < 0 || byte > 0x7f)
      throw new RangeError(`no MIDI data byte: ${byte}`)
  }
  return Uint8Array.from(data)
}

/** For people: `note-on 1 60 100`, `sysex 7f 7f 06 02`. */
export function midiText(message: MidiMessage): string {
  if (message.kind === 'sysex') return `sysex ${hexOf(message.data)}`.trimEnd()
  const { kind, ...fields } = message
  return [kind, ...Object.values(fields)].join(' ')
}

/** Bytes as MIDI's documents write them: `7f 7f 06 02`. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
