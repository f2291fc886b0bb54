import t from 'tap'
import { decodeAppleMidi, encodeAppleMidi, type AppleMidi } from './apple-midi.ts'
import { hexOf, type MidiMessage, midiText } from './midi.ts'
import { SentHistory } from './rtp-midi-history.ts'
import { encodeJournal } from './rtp-midi-journal.ts'
import { decodeJournal } from './rtp-midi-journal-read.ts'
import { listReader } from './rtp-midi-list.ts'
import { Repairer } from './rtp-midi-repair.ts'
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
  if (packet === null) return t.fail('it is a packet')
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

/** What a history of packets from 100 on writes into packet 103. */
function journalOf(...packets: readonly (readonly MidiMessage[])[]) {
  const history = new SentHistory(100)
  packets.forEach((messages, n) => messages.forEach((each) => history.add(each, 100 + n, 1000)))
  return history
}

const full = () =>
  journalOf(
    [
      { kind: 'control', channel: 1, controller: 0, value: 1 },
      { kind: 'control', channel: 1, controller: 32, value: 2 },
      { kind: 'program', channel: 1, program: 5 },
    ],
    [
      { kind: 'control', channel: 1, controller: 7, value: 100 },
      { kind: 'pitch', channel: 1, value: 0 },
      { kind: 'note-on', channel: 1, note: 60, velocity: 100 },
    ],
    [
      { kind: 'note-off', channel: 1, note: 62, velocity: 64 },
      { kind: 'note-on', channel: 1, note: 70, velocity: 0 },
      { kind: 'pressure', channel: 1, pressure: 16 },
      { kind: 'poly-pressure', channel: 1, note: 61, pressure: 3 },
      { kind: 'control', channel: 10, controller: 123, value: 0 },
    ],
  )

void t.test('the journal has the bytes of RFC 6295 appendix A', async (t) => {
  const journal = full().journal(103, 1100, 1000)
  // by the figures of each chapter; Wireshark 4.0.17 dissects them as named here
  const parts = [
    ['21 00 64', 'S=0, A, two channels, checkpoint 100'],
    ['00 19 db', 'channel 1, 25 octets, chapters P C W N T A'],
    ['85 81 02', 'P: program 5 of bank 1/2'],
    ['82 80 01 a0 02 87 64', 'C: controllers 0, 32 and 7'],
    ['80 40', 'W: the middle'],
    ['01 78 bc e4 02 02', 'N: B=0, note 60 at 100 to be played; off: 62 and 70'],
    ['10', 'T: 16'],
    ['00 3d 03', 'A: note 61 at 3'],
    ['48 06 40', 'channel 10, 6 octets, chapter C'],
    ['00 7b c1', 'C: controller 123 was sent once'],
  ] as const
  const encoded = hexOf(encodeJournal(journal, 103))
  t.equal(encoded, hexOf(bytesOf(parts.map(([hex]) => hex).join(''))))
  t.strictSame(decodeJournal(encodeJournal(journal, 103)), journal)
  const empty = new SentHistory(100).journal(103, 1100, 1000)
  t.equal(hexOf(encodeJournal(empty, 103)), '80 00 67', 'nothing to say: the packet covers itself')
})

void t.test('what is acknowledged, or too much for a packet, is not repeated', async (t) => {
  const history = full()
  history.acknowledge(101)
  const later = history.journal(103, 1100, 1000)
  t.equal(later.checkpoint, 102)
  t.match(later.channels[0], {
    program: null,
    controls: [],
    wheel: null,
    on: [],
    off: { notes: [62, 70] },
  })
  t.equal(
    full().journal(104, 1100, 1000).channels[0]?.off.recent,
    false,
    'control: not the packet before',
  )
  t.equal(full().journal(103, 1600, 1000).channels[0]?.on[0]?.play, false, 'too late to be played')
  const flood = new SentHistory(0)
  for (let n = 0; n < 2048; n++)
    flood.add({ kind: 'control', channel: (n % 16) + 1, controller: n >> 4, value: 1 }, n, 0)
  const journal = flood.journal(2048, 0, 640)
  t.ok(encodeJournal(journal, 2048).length <= 640)
  t.ok(journal.checkpoint > 1000, 'the oldest are given up')
  t.ok(journal.channels.some(({ controls }) => controls.some((log) => log.controller === 127)))
})

void t.test('a receiver puts right exactly what it missed', async (t) => {
  const journal = full().journal(103, 1100, 1000)
  const missedAll = new Repairer()
  t.strictSame(missedAll.repair(journal).map(midiText), [
    'control 1 0 1',
    'control 1 32 2',
    'program 1 5',
    'control 1 7 100',
    'note-on 1 60 100',
    'pressure 1 16',
    'poly-pressure 1 61 3',
    'control 10 123 0',
  ])
  t.strictSame(missedAll.repair(journal), [], 'once')
  const heardSome = new Repairer()
  for (const message of [
    { kind: 'note-on', channel: 1, note: 62, velocity: 9 },
    { kind: 'note-on', channel: 1, note: 60, velocity: 50 },
    { kind: 'control', channel: 1, controller: 7, value: 99 },
    { kind: 'pitch', channel: 1, value: 77 },
    { kind: 'control', channel: 10, controller: 123, value: 0 },
  ] as const)
    heardSome.saw(message)
  t.strictSame(heardSome.repair(journal).map(midiText).slice(3), [
    'control 1 7 100',
    'pitch 1 0',
    'note-off 1 62 64',
    'note-off 1 60 64',
    'note-on 1 60 100',
    'pressure 1 16',
    'poly-pressure 1 61 3',
  ])
})

void t.test(
  'journals of others are read: toggles, chapters M and E, a system journal',
  async (t) => {
    const others = bytesOf(
      [
        'e0 00 64', // S, Y, A, one channel, checkpoint 100
        'a0 03 05', // a system journal of 3 octets with chapter V
        '80 0f 64', // channel 1, 15 octets, chapters C, M and E
        '81 c0 81 c1 c5', // C: 64 was switched once, 65 was sent five times
        '80 04 00 00', // M, 4 octets
        '80 bc 40', // E
      ].join(''),
    )
    const journal = decodeJournal(others)
    t.match(journal, { checkpoint: 100, channels: [{ channel: 1, program: null, wheel: null }] })
    t.strictSame(
      journal?.channels[0]?.controls.map(({ controller, tool, value }) => [
        controller,
        tool,
        value,
      ]),
      [
        [64, 'toggle', 1],
        [65, 'count', 5],
      ],
    )
    if (journal === null) return
    const repairer = new Repairer()
    t.strictSame(repairer.repair(journal).map(midiText), ['control 1 64 127', 'control 1 65 0'])
    t.strictSame(repairer.repair(journal), [], 'once')
    for (let cut = 0; cut < others.length; cut++)
      t.equal(decodeJournal(others.subarray(0, cut)), null, `cut to ${cut} bytes`)
  },
)

void t.test('the session is spoken by the bytes of Apple', async (t) => {
  const packets: readonly (readonly [string, AppleMidi])[] = [
    [
      'ff ff 49 4e 00 00 00 02 f5 19 ae b9 2c 99 d2 3e 49 46 00',
      { kind: 'invitation', token: 0xf519aeb9, ssrc: 0x2c99d23e, name: 'IF' },
    ],
    [
      'ff ff 4f 4b 00 00 00 02 f5 19 ae b9 9d d1 a5 6c 49 46 00',
      { kind: 'accepted', token: 0xf519aeb9, ssrc: 0x9dd1a56c, name: 'IF' },
    ],
    [
      'ff ff 4e 4f 00 00 00 02 f5 19 ae b9 9d d1 a5 6c',
      { kind: 'declined', token: 0xf519aeb9, ssrc: 0x9dd1a56c },
    ],
    [
      'ff ff 42 59 00 00 00 02 f5 19 ae b9 9d d1 a5 6c',
      { kind: 'ended', token: 0xf519aeb9, ssrc: 0x9dd1a56c },
    ],
    [
      'ff ff 43 4b 9d d1 a5 6c 01 00 00 00 00 00 00 00 00 00 00 64 00 00 00 00 00 00 00 c8 00 00 00 00 00 00 00 00',
      { kind: 'clock', ssrc: 0x9dd1a56c, count: 1, times: [100n, 200n, 0n] },
    ],
    [
      'ff ff 52 53 9d d1 a5 6c 8c 24 00 00',
      { kind: 'feedback', ssrc: 0x9dd1a56c, sequence: 0x8c24 },
    ],
  ]
  for (const [hex, packet] of packets) {
    t.equal(hexOf(encodeAppleMidi(packet)), hex)
    t.strictSame(decodeAppleMidi(bytesOf(hex)), packet)
    for (const cut of [0, 3, 7, 11]) t.equal(decodeAppleMidi(bytesOf(hex).subarray(0, cut)), null)
  }
  t.match(
    decodeAppleMidi(bytesOf('ff ff 52 53 9d d1 a5 6c 00 00 8c 24')),
    { sequence: 0x8c24 },
    'as rtpmidid',
  )
  t.equal(
    decodeAppleMidi(bytesOf('ff ff 49 4e 00 00 00 03 f5 19 ae b9 2c 99 d2 3e 00')),
    null,
    'version 3',
  )
  t.ok(isAfter(0, 65_535) && isAfter(5, 3) && !isAfter(3, 5) && !isAfter(3, 3))
})
