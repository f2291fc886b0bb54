import t from 'tap'
import { hexOf, type MidiMessage, midiText } from './midi.ts'
import { SentHistory } from './rtp-midi-history.ts'
import { encodeJournal } from './rtp-midi-journal.ts'
import { decodeJournal } from './rtp-midi-journal-read.ts'
import { Repairer } from './rtp-midi-repair.ts'

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')

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
