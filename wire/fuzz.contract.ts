import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { decodeAppleMidi, encodeAppleMidi } from './apple-midi.ts'
import { anyLineDeframer } from './ended.ts'
import type { Deframer } from './frame.ts'
import { lengthDeframer, lengthPrefixed } from './length.ts'
import { lineDeframer } from './lines.ts'
import { midiParser } from './midi-parser.ts'
import { encode, encodePacket } from './osc-encode.ts'
import { plainArgs } from './osc-plain.ts'
import { decode, type OscPacket } from './osc.ts'
import { decodeJournal } from './rtp-midi-journal-read.ts'
import { decodeRtpMidi } from './rtp-midi.ts'
import { slip, slipDeframer } from './slip.ts'

const maxFrameBytes = 4096

/** Frames are never larger than they may be, and a new stream begins where one ended. */
function framing(name: string, seeds: readonly Buffer[], make: () => Deframer): FuzzTarget {
  return {
    name,
    seeds,
    open() {
      let deframer = make()
      let inputs = 0
      return (bytes) => {
        for (const frame of deframer.push(bytes))
          if (frame.ok ? frame.bytes.length > maxFrameBytes : frame.detail.length > 500)
            throw new Error('a frame or its fault is larger than it may be')
        if (++inputs % 64 !== 0) return
        deframer.end()
        deframer = make()
      }
    },
  }
}

const press = encode('/location/1/0/2/press', [{ type: 'f', value: 1 }])
const mixed = encode('/if/fire/desk/go', [
  { type: 's', value: 'ü' },
  { type: 'b', value: Buffer.of(1, 2, 3) },
  { type: '[', value: [{ type: 'h', value: 5n }] },
  { type: 'd', value: 0.1 },
  { type: 'T', value: true },
])
const bundle = encodePacket({
  kind: 'bundle',
  time: 1n,
  elements: [{ kind: 'message', address: '/a', args: [] }],
})

/** What decodes can be encoded, and is read the same again. */
function readsTheSame(packet: OscPacket): void {
  const again = decode(encodePacket(packet))
  if (!again.ok) throw new Error(`what was read is not read again: ${again.detail}`)
  if (packet.kind === 'message') plainArgs(packet.args)
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'OSC packet',
    seeds: [press, mixed, bundle],
    open: () => (bytes) => {
      const decoded = decode(bytes)
      if (decoded.ok) readsTheSame(decoded.packet)
      else if (decoded.detail.length > 500) throw new Error('a fault is too long')
    },
  },
  framing('SLIP', [slip(press), slip(Buffer.of(0xc0, 0xdb))], () => slipDeframer(maxFrameBytes)),
  framing('length before each packet', [lengthPrefixed(press), lengthPrefixed(mixed)], () =>
    lengthDeframer(maxFrameBytes),
  ),
  framing('lines of any end', [Buffer.from('ON 1\r'), Buffer.from('OFF\r\n')], () =>
    anyLineDeframer(maxFrameBytes),
  ),
  {
    name: 'UTF-8 lines',
    seeds: ['FIRE desk go\n', 'SET desk /a "ü"\r\n'],
    open() {
      const deframer = lineDeframer(maxFrameBytes)
      return (bytes) => {
        for (const line of deframer.push(bytes))
          if (line.ok && (line.text.includes('\n') || line.text.length > maxFrameBytes))
            throw new Error('a line holds a line end, or is too long')
      }
    },
  },
  {
    name: 'MIDI bytes',
    seeds: [
      Buffer.of(0x90, 60, 100),
      Buffer.of(0xe0, 0, 64, 1, 65),
      Buffer.of(0xf0, 0, 0x20, 0x32, 0x58, 0x54, 0, 0xf7),
      Buffer.of(0xfe),
    ],
    open() {
      const parser = midiParser(1024)
      return (bytes) => void parser.push(bytes)
    },
  },
  {
    name: 'RTP-MIDI packet and journal',
    seeds: [
      Buffer.from('80610001000000010000000203903c64', 'hex'),
      Buffer.from('80610001000000010000000243903c6420000100', 'hex'),
    ],
    open: () => (bytes) => {
      decodeRtpMidi(bytes)
      decodeJournal(bytes)
    },
  },
  {
    name: "Apple's MIDI session",
    seeds: [
      encodeAppleMidi({ kind: 'invitation', token: 1, ssrc: 2, name: 'desk' }),
      encodeAppleMidi({ kind: 'clock', ssrc: 2, count: 0, times: [1n, 2n, 3n] }),
      encodeAppleMidi({ kind: 'feedback', ssrc: 2, sequence: 9 }),
    ],
    open: () => (bytes) => void decodeAppleMidi(bytes),
  },
]
