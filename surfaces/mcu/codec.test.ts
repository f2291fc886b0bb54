import t from 'tap'
import { encodeMidi, hexOf, type MidiMessage } from '../../wire/midi.ts'
import { midiParser } from '../../wire/midi-parser.ts'
import {
  connectionReply,
  deviceQuery,
  digit,
  lamp,
  motor,
  ring,
  signalOf,
  stripColours,
  text,
} from './codec.ts'
import { alive, isProbe, xctlDigit, xctlRing, xctlStrip } from './xctl-codec.ts'

// Bytes of the Logic Control manual's appendix "MIDI implementation", as the open document "Mackie Control Protocol" of TouchMCU has
// them; of Behringer's "X-Touch" colours as its firmware 1.22 takes them; and of "Xctl Protocol for X-Touch" 1.0.

const hex = (message: MidiMessage) => hexOf(encodeMidi(message))

/** What a console says with those bytes. */
const said = (bytes: string) =>
  midiParser(64)
    .push(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))
    .map((each) => (each.ok ? signalOf(each.message) : each.detail))

void t.test('keys, faders, hands, rings and the wheel are read as their document has them', (t) => {
  t.strictSame(said('90 5e 7f 90 5e 00'), [
    { kind: 'key', note: 94, isDown: true },
    { kind: 'key', note: 94, isDown: false },
  ])
  t.strictSame(said('80 5e 40'), [{ kind: 'key', note: 94, isDown: false }])
  t.strictSame(said('90 68 7f 90 70 00'), [
    { kind: 'touch', fader: 0, on: true },
    { kind: 'touch', fader: 8, on: false },
  ])
  t.strictSame(said('e0 00 00 e7 7f 7f e8 00 40'), [
    { kind: 'fader', fader: 0, position: 0 },
    { kind: 'fader', fader: 7, position: 16_383 },
    { kind: 'fader', fader: 8, position: 8192 },
  ])
  t.strictSame(said('b0 10 01 b0 17 45 b0 3c 41'), [
    { kind: 'turn', encoder: 0, steps: 1 },
    { kind: 'turn', encoder: 7, steps: -5 },
    { kind: 'jog', steps: -1 },
  ])
  t.end()
})

void t.test(
  'running status and active sensing between the bytes of a fader change nothing',
  (t) => {
    t.strictSame(
      said('e0 fe 10 20 fe 11 20').filter((signal) => signal !== null),
      [
        { kind: 'fader', fader: 0, position: 0x1010 },
        { kind: 'fader', fader: 0, position: 0x1011 },
      ],
    )
    t.end()
  },
)

void t.test('what is on other channels, of nobody or of another maker says nothing', (t) => {
  const nothing = [
    '91 5e 7f',
    'e9 00 00',
    'b1 10 01',
    'b0 10 00', // no step
    'b0 18 01', // the ninth encoder
    'd0 12',
    'f0 00 00 66 14 01 31 f7', // a challenge that is cut short
    'f0 00 20 32 14 01 01 02 03 04 05 06 07 08 09 0a 0b f7',
    'f0 f7',
  ]
  for (const bytes of nothing) t.strictSame(said(bytes), [null], bytes)
  t.end()
})

void t.test('lamps, motors, rings, strips and digits are the bytes of their documents', (t) => {
  t.equal(hex(lamp(0x5f, 'on')), '90 5f 7f')
  t.equal(hex(lamp(0x5f, 'blinks')), '90 5f 01')
  t.equal(hex(lamp(0x5f, 'off')), '90 5f 00')
  t.equal(hex(motor(0, 0)), 'e0 00 00')
  t.equal(hex(motor(8, 16_383)), 'e8 7f 7f')
  t.equal(hex(motor(7, 8192)), 'e7 00 40')
  t.equal(hex(ring(0, null, 'bar', false)), 'b0 30 20')
  t.equal(hex(ring(7, 1, 'dot', false)), 'b0 37 0b')
  t.equal(hex(ring(0, 0.5, 'pan', false)), 'b0 30 16')
  t.equal(hex(ring(0, 0, 'bar', true)), 'b0 30 61')
  t.equal(hex(ring(0, 1, 'spread', false)), 'b0 30 36')
  t.equal(hex(text(0x14, 0x38, 'L50R50')), 'f0 00 00 66 14 12 38 4c 35 30 52 35 30 f7')
  t.equal(
    hex(stripColours(0x14, [1, 0, 0, 0, 0, 0, 0, 7])),
    'f0 00 00 66 14 72 01 00 00 00 00 00 00 07 f7',
  )
  t.equal(hex(digit(0, '7', false)), 'b0 40 37')
  t.equal(hex(digit(3, '7', true)), 'b0 43 77')
  t.equal(hex(digit(11, 'E', false)), 'b0 4b 05')
  t.equal(hex(deviceQuery(0x15)), 'f0 00 00 66 15 00 f7')
  t.end()
})

void t.test('a console’s challenge is answered as its maker wants it', (t) => {
  const challenge = 'f0 00 00 66 14 01 30 31 32 33 34 35 36 01 02 03 04 f7'
  const [asked] = said(challenge)
  t.match(asked, { kind: 'asks' })
  if (typeof asked !== 'object' || asked?.kind !== 'asks') throw new Error('it does not ask')
  t.equal(Buffer.from(asked.serial).toString(), '0123456')
  // by hand: 1 + (2 ^ 10) - 4 = 5; (3 >> 4) ^ 5 = 5; (4 - 12) ^ (1 | 2) = -5 & 7f = 7b; 2 - 3 + (f0 ^ 40) = af & 7f = 2f
  t.equal(
    hex(connectionReply(0x14, asked.serial, asked.challenge)),
    'f0 00 00 66 14 02 30 31 32 33 34 35 36 05 05 7b 2f f7',
  )
  t.strictSame(said('f0 00 00 66 14 03 30 31 32 33 34 35 36 f7'), [{ kind: 'ready' }])
  t.end()
})

void t.test('Xctl’s sign of life, strips, rings and digits are the bytes of its document', (t) => {
  const [probe] = midiParser(64).push(Buffer.from('f0002032585400f7', 'hex'))
  t.ok(probe?.ok && isProbe(probe.message))
  t.equal(hex(alive), 'f0 00 00 66 14 00 f7')
  t.equal(
    hex(xctlStrip(0, { upper: 'Ch 1', lower: '   aB3', colour: 1 })),
    'f0 00 00 66 58 20 01 43 68 20 31 20 20 20 20 20 20 61 42 33 20 f7',
  )
  t.strictSame(xctlRing(0, 1, 'bar').map(hex), ['b0 30 7f', 'b0 38 3f'])
  t.strictSame(xctlRing(7, 0, 'dot').map(hex), ['b0 37 01', 'b0 3f 00'])
  t.strictSame(xctlRing(1, null, 'pan').map(hex), ['b0 31 00', 'b0 39 00'])
  t.equal(hex(xctlDigit(2, '1', false)), 'b0 62 06')
  t.equal(hex(xctlDigit(11, '8', true)), 'b0 7b 7f')
  t.end()
})
