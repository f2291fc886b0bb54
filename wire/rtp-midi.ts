import { encodeMidi, type MidiMessage } from './midi.ts'

/** A packet of RTP with a MIDI payload (RFC 6295 sections 2 and 3). */
export interface RtpMidi {
  /** 16 bits. */
  readonly sequence: number
  /** 32 bits; in 100 µs in Apple's sessions. */
  readonly timestamp: number
  readonly ssrc: number
  /** The MIDI list with its delta times, and whether a delta time stands before its first command. */
  readonly list: Uint8Array
  readonly startsWithDelta: boolean
  /** The recovery journal; null where the packet has none. */
  readonly journal: Buffer | null
}

/** The payload type that Apple's sessions use; what comes in may have any. */
const payloadType = 0x61
const headerBytes = 12

/** A list has at most 4,095 bytes: its length field has 12 bits (section 3.1). */
export function encodeRtpMidi(packet: RtpMidi): Buffer {
  const { list, journal } = packet
  const header = Buffer.alloc(headerBytes)
  header[0] = 0x80 // version 2, nothing else
  // the marker bit says that the list is not empty (section 2.1)
  header[1] = (list.length > 0 ? 0x80 : 0) | payloadType
  header.writeUInt16BE(packet.sequence, 2)
  header.writeUInt32BE(packet.timestamp, 4)
  header.writeUInt32BE(packet.ssrc, 8)
  const flags = (journal === null ? 0 : 0x40) | (packet.startsWithDelta ? 0x20 : 0)
  // B: a length above 15 takes a second byte
  const section =
    list.length > 15
      ? Buffer.of(0x80 | flags | (list.length >> 8), list.length & 0xff)
      : Buffer.of(flags | list.length)
  return Buffer.concat([header, section, list, journal ?? Buffer.alloc(0)])
}

/** Hostile: null for what is no RTP or shorter than it says. */
export function decodeRtpMidi(bytes: Buffer): RtpMidi | null {
  const [first = 0] = bytes
  if (bytes.length < headerBytes + 1 || first >> 6 !== 2) return null
  let at = headerBytes + 4 * (first & 0x0f)
  let end = bytes.length
  // RFC 3550 section 5.1: padding says its own length, an extension its number of words
  if (first & 0x20) end -= bytes[end - 1] ?? 0
  if (first & 0x10) {
    if (at + 4 > end) return null
    at += 4 + 4 * bytes.readUInt16BE(at + 2)
  }
  const flags = bytes[at++] ?? 0
  let length = flags & 0x0f
  if (flags & 0x80) length = (length << 8) | (bytes[at++] ?? 0)
  if (at + length > end) return null
  return {
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    list: bytes.subarray(at, at + length),
    startsWithDelta: (flags & 0x20) !== 0,
    journal: flags & 0x40 ? bytes.subarray(at + length, end) : null,
  }
}

/** Whether sequence number `a` comes after `b` on their circle of 16 bits (RFC 3550, appendix A.1). */
export function isAfter(a: number, b: number): boolean {
  const ahead = (a - b) & 0xffff
  return ahead !== 0 && ahead < 0x8000
}

/**
 * Messages as MIDI lists of at most `maxBytes` each, to be sent in that order. All commands of a list are at its moment:
 * delta times of zero. A SysEx that fits no list is cut into segments (section 3.2): F0 … F0, F7 … F0, F7 … F7.
 *
 * @returns each list with the messages that end in it
 */
export function midiLists(
  messages: readonly MidiMessage[],
  maxBytes: number,
): readonly { readonly list: Buffer; readonly messages: readonly MidiMessage[] }[] {
  const lists: { list: Buffer; messages: MidiMessage[] }[] = []
  let parts: Buffer[] = []
  let ended: MidiMessage[] = []
  let size = 0
  const flush = () => {
    if (size > 0) lists.push({ list: Buffer.concat(parts), messages: ended })
    parts = []
    ended = []
    size = 0
  }
  const add = (command: Buffer, message: MidiMessage | null) => {
    if (size + 1 + command.length > maxBytes) flush()
    if (size > 0) parts.push(Buffer.of(0))
    size += (size > 0 ? 1 : 0) + command.length
    parts.push(command)
    if (message !== null) ended.push(message)
  }
  for (const message of messages) {
    const command = encodeMidi(message)
    if (command.length <= maxBytes) add(command, message)
    else
      for (const segment of segments(command, maxBytes))
        add(segment, segment.at(-1) === 0xf7 ? message : null)
  }
  flush()
  return lists
}

/** A SysEx command in pieces that each fit. */
function segments(command: Buffer, maxBytes: number): readonly Buffer[] {
  const inner = command.subarray(1, -1)
  const step = maxBytes - 2
  const found: Buffer[] = []
  for (let at = 0; at < inner.length; at += step) {
    const last = at + step >= inner.length
    const piece = inner.subarray(at, at + step)
    const [open, close] = [at === 0 ? 0xf0 : 0xf7, last ? 0xf7 : 0xf0]
    found.push(Buffer.concat([Buffer.of(open), piece, Buffer.of(close)]))
  }
  return found
}
