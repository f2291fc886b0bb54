import t from 'tap'
import { encodeMidi, hexOf, type MidiMessage, midiText } from './midi.ts'
import { midiParser } from './midi-parser.ts'

/** Bytes by MIDI 1.0's tables of status bytes (The Complete MIDI 1.0 Detailed Specification, tables I to V). */
const examples: readonly (readonly [hex: string, message: MidiMessage])[] = [
  ['80 3c 40', { kind: 'note-off', channel: 1, note: 60, velocity: 64 }],
  ['9f 3c 64', { kind: 'note-on', channel: 16, note: 60, velocity: 100 }],
  ['a0 3c 01', { kind: 'poly-pressure', channel: 1, note: 60, pressure: 1 }],
  ['b1 07 7f', { kind: 'control', channel: 2, controller: 7, value: 127 }],
  ['c2 05', { kind: 'program', channel: 3, program: 5 }],
  ['d3 10', { kind: 'pressure', channel: 4, pressure: 16 }],
  ['e0 00 40', { kind: 'pitch', channel: 1, value: 0 }],
  ['e0 00 00', { kind: 'pitch', channel: 1, value: -8192 }],
  ['e0 7f 7f', { kind: 'pitch', channel: 1, value: 8191 }],
  ['f0 7e 7f 06 01 f7', { kind: 'sysex', data: Uint8Array.of(0x7e, 0x7f, 0x06, 0x01) }],
  ['f1 35', { kind: 'quarter-frame', data: 0x35 }],
  ['f2 01 02', { kind: 'song-position', beats: 257 }],
  ['f3 09', { kind: 'song-select', song: 9 }],
  ['f6', { kind: 'tune-request' }],
  ['f8', { kind: 'clock' }],
  ['fa', { kind: 'start' }],
  ['fb', { kind: 'continue' }],
  ['fc', { kind: 'stop' }],
  ['fe', { kind: 'active-sensing' }],
  ['ff', { kind: 'reset' }],
]

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** What a parser finds, as text; faults in brackets. */
function parsed(hex: string, maxSysexBytes = 16): readonly string[] {
  return midiParser(maxSysexBytes)
    .push(bytesOf(hex))
    .map((each) => (each.ok ? midiText(each.message) : `[${each.detail}]`))
}

void t.test('each message has the bytes of the specification, both ways', async (t) => {
  for (const [hex, message] of examples) {
    t.equal(hexOf(encodeMidi(message)), hex)
    t.strictSame(midiParser(16).push(bytesOf(hex)), [{ ok: true, message }], hex)
  }
})

void t.test('a stream is read in pieces of any size', async (t) => {
  const all = bytesOf(examples.map(([hex]) => hex).join(''))
  const parser = midiParser(16)
  const found = Array.from(all, (byte) => parser.push(Uint8Array.of(byte))).flat()
  t.strictSame(
    found,
    examples.map(([, message]) => ({ ok: true, message })),
  )
})

void t.test(
  'running status goes on over real time, and ends with anything of the system',
  async (t) => {
    t.strictSame(parsed('90 3c 64 3c 00 f8 40 64'), [
      'note-on 1 60 100',
      'note-on 1 60 0',
      'clock',
      'note-on 1 64 100',
    ])
    t.strictSame(parsed('90 3c f8 64'), ['clock', 'note-on 1 60 100'], 'in the middle of a message')
    t.strictSame(parsed('c0 01 02'), ['program 1 1', 'program 1 2'])
    t.strictSame(parsed('90 3c 64 f6 3c 64'), [
      'note-on 1 60 100',
      'tune-request',
      '[data bytes without a status]',
    ])
    t.strictSame(parsed('f0 01 f8 02 f7'), ['clock', 'sysex 01 02'])
  },
)

void t.test('hostile bytes are dropped, told once, and what follows is read', async (t) => {
  t.strictSame(parsed('01 02 03 90 3c 64'), ['[data bytes without a status]', 'note-on 1 60 100'])
  t.strictSame(parsed(`f0 ${'01 '.repeat(40)} f7 c0 01`), [
    '[a SysEx of more than 16 bytes]',
    'program 1 1',
  ])
  t.strictSame(parsed('f0 01 c0 01'), ['[a SysEx without its end]', 'program 1 1'])
  t.strictSame(parsed('90 3c c0 01'), ['[a message without its second byte]', 'program 1 1'])
  t.strictSame(parsed('f4 01 02 f5 03 c0 01'), [
    '[an undefined status]',
    '[an undefined status]',
    'program 1 1',
  ])
  t.strictSame(
    parsed('f7 f9 fd c0 01'),
    ['program 1 1'],
    'an end of nothing, and undefined real time',
  )
})

void t.test('a number that does not fit its field is never sent as another', async (t) => {
  const wrong: readonly MidiMessage[] = [
    { kind: 'note-on', channel: 17, note: 1, velocity: 1 },
    { kind: 'note-on', channel: 0, note: 1, velocity: 1 },
    { kind: 'note-on', channel: 1, note: 128, velocity: 1 },
    { kind: 'control', channel: 1, controller: 1, value: -1 },
    { kind: 'control', channel: 1, controller: 1, value: 0.5 },
    { kind: 'pitch', channel: 1, value: 8192 },
    { kind: 'song-position', beats: 16_384 },
    { kind: 'sysex', data: Uint8Array.of(0x80) },
  ]
  for (const message of wrong) t.throws(() => encodeMidi(message), RangeError, midiText(message))
})
