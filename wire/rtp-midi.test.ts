import t from 'tap'
import { hexOf, type MidiMessage, midiText } from './midi.ts'
import { listReader } from './rtp-midi-list.ts'
import { decodeRtpMidi, encodeRtpMidi, isAfter, midiLists } from './rtp-midi.ts'

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
const read = (hex: string, startsWithDelta = false) =>
  listReader(64)
    .read({ list: bytesOf(hex), startsWithDelta })
    .map(midiText)

void t.test('a packet has the header, the section and the list of RFC 6295', async (t) => {
  // figures 1 to 4; dissected by Wireshark 4.0.17 as said here (adapters/rtpmidi/peer.test.ts does so again)
  const bytes = bytesOf(`
    80 e1 00 67 00 00 03 e8 11 22 33 44
    80 12 90 01 02 00 b1 07 03 00 f0 7f 7f 06 02 f7 00 e0 00 40`)
  const packet = decodeRtpMidi(bytes)
  if (packet === null) throw new Error('it is no packet')
  t.match(packet, { sequence: 103, timestamp: 1000, ssrc: 0x11223344, journal: null })
  t.strictSame(listReader(64).read(packet).map(midiText), [
    'note-on 1 1 2',
    'control 2 7 3',
    'sysex 7f 7f 06 02',
    'pitch 1 0',
  ])
  t.equal(
    hexOf(encodeRtpMidi(packet)),
    hexOf(bytes),
    'a list of more than 15 bytes has a long header',
  )
  const short = { ...packet, list: bytesOf('903c64'), journal: bytesOf('800067') }
  t.equal(hexOf(encodeRtpMidi(short)), '80 e1 00 67 00 00 03 e8 11 22 33 44 43 90 3c 64 80 00 67')
  t.equal(
    hexOf(encodeRtpMidi({ ...short, list: Buffer.alloc(0) })),
    '80 61 00 67 00 00 03 e8 11 22 33 44 40 80 00 67',
    'an empty list has no marker bit',
  )
  for (const cut of [0, 5, 12, 14, 20]) t.equal(decodeRtpMidi(bytes.subarray(0, cut)), null)
  t.equal(decodeRtpMidi(Buffer.concat([Buffer.of(0), bytes.subarray(1)])), null, 'no RTP')
})

void t.test('lists are read with delta times, running status and SysEx in pieces', async (t) => {
  t.strictSame(read('90 3c 64 00 3e 64 81 00 40 64'), [
    'note-on 1 60 100',
    'note-on 1 62 100',
    'note-on 1 64 100',
  ])
  t.strictSame(read('85 21 90 3c 64', true), ['note-on 1 60 100'], 'Z: a delta time comes first')
  t.strictSame(read('90 3c 64 00 f8 00 3e 64 00'), [
    'note-on 1 60 100',
    'clock',
    'note-on 1 62 100',
  ])
  const reader = listReader(64)
  const piece = (hex: string) =>
    reader.read({ list: bytesOf(hex), startsWithDelta: false }).map(midiText)
  t.strictSame(piece('f0 01 02 f0'), [])
  t.strictSame(piece('f7 03 f0 00 f8'), ['clock'])
  t.strictSame(piece('f7 04 f7'), ['sysex 01 02 03 04'], 'RFC 6295 section 3.2')
  t.strictSame([piece('f0 01 f0'), piece('f7 f4'), piece('f7 02 f7')], [[], [], []], 'cancelled')
  piece('f0 01 f0')
  reader.lost()
  t.strictSame(piece('f7 02 f7'), [], 'a piece is missing')
  t.strictSame(read('3c 64'), [], 'no status')
  t.strictSame(read('90 3c'), [], 'cut off')
  t.strictSame(read(`f0 ${'01'.repeat(65)} f7`), [], 'more than it takes')
  const long: MidiMessage = { kind: 'sysex', data: new Uint8Array(25).fill(1) }
  const lists = midiLists([{ kind: 'clock' }, long, { kind: 'stop' }], 12)
  t.strictSame(
    lists.map(({ list, messages }) => [hexOf(list), messages.map((each) => each.kind)]),
    [
      ['f8', ['clock']],
      [`f0 ${'01 '.repeat(10)}f0`, []],
      [`f7 ${'01 '.repeat(10)}f0`, []],
      ['f7 01 01 01 01 01 f7 00 fc', ['sysex', 'stop']],
    ],
  )
})

void t.test('sequence numbers go round', async (t) => {
  t.ok(isAfter(0, 65_535) && isAfter(5, 3) && !isAfter(3, 5) && !isAfter(3, 3))
})
