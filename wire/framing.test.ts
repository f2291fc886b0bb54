import t from 'tap'
import { longestEnd } from './ended.ts'
import { deframer, type Framing, framed } from './framing.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const length = { type: 'length', bytes: 2, endian: 'big', inclusive: false, header: 0 } as const

/** What comes out of a stream, whole, cut anywhere once, and byte by byte; as hexadecimal, or why it is no frame. */
function found(t: Test, framing: Framing, stream: string, maxBytes = 32): readonly string[] {
  const bytes = hex(stream)
  const through = (cuts: readonly number[]) => {
    const each = deframer(framing, maxBytes)
    const frames: string[] = []
    let from = 0
    for (const to of [...cuts, bytes.length]) {
      for (const frame of each.push(bytes.subarray(from, to)))
        frames.push(frame.ok ? frame.bytes.toString('hex') : frame.detail)
      from = to
    }
    const end = each.end()
    return end === null ? frames : [...frames, end.detail]
  }
  const whole = through([])
  for (let cut = 0; cut <= bytes.length; cut++) t.strictSame(through([cut]), whole, `cut at ${cut}`)
  t.strictSame(through(Array.from({ length: bytes.length }, (_, at) => at)), whole, 'byte by byte')
  return whole
}
type Test = Pick<typeof t, 'strictSame'>

void t.test('a size of 1, 2 or 4 bytes stands before a frame, in either order', async (t) => {
  const cases: readonly (readonly [Framing, string])[] = [
    [{ ...length, bytes: 1 }, '03 616263'],
    [length, '0003 616263'],
    [{ ...length, endian: 'little' }, '0300 616263'],
    [{ ...length, bytes: 4 }, '00000003 616263'],
    [{ ...length, bytes: 4, endian: 'little', inclusive: true }, '07000000 616263'],
    [{ ...length, inclusive: true }, '0005 616263'],
  ]
  for (const [framing, bytes] of cases) {
    t.equal(framed(framing, hex('616263')).toString('hex'), bytes.replaceAll(' ', ''))
    t.strictSame(found(t, framing, bytes + bytes), ['616263', '616263'])
  }
})

void t.test('a size may stand behind the first bytes of a packet, as in MQTT', async (t) => {
  // MQTT 3.1.1 section 3.1, CONNECT of the client "a": kind, remaining length, protocol name, level, flags, keep-alive
  const framing = { ...length, bytes: 1, header: 1 } as const
  const connect = '10 0d 0004 4d515454 04 02 003c 0001 61'
  t.equal(
    framed(framing, hex('10 0004 4d515454 04 02 003c 0001 61')).toString('hex'),
    connect.replaceAll(' ', ''),
  )
  // section 3.2: CONNACK, accepted; section 3.13: PINGRESP, which has nothing after its size
  t.strictSame(found(t, framing, '20 02 0000 d0 00 d0 00'), ['200000', 'd0', 'd0'])
})

void t.test('a size that cannot be is said once and ends the stream', async (t) => {
  t.strictSame(found(t, { ...length, inclusive: true }, '0001 6162'), [
    'frame of -1 bytes, at most 32',
  ])
  t.strictSame(found(t, length, '0021 6162'), ['frame of 33 bytes, at most 32'])
  t.throws(() => framed({ ...length, bytes: 1 }, Buffer.alloc(256)), RangeError)
  t.throws(() => framed({ ...length, header: 2 }, hex('01')), RangeError)
})

void t.test('frames end with the bytes of the config, wherever the stream is cut', async (t) => {
  // Sony VISCA: each packet ends with FF
  const visca: Framing = { type: 'end', end: hex('ff') }
  t.equal(framed(visca, hex('81 01 04 00 02')).toString('hex'), '8101040002ff')
  t.strictSame(found(t, visca, '90 41 ff 90 51 ff ff 90'), [
    '9041',
    '9051',
    '',
    '1 bytes without their end',
  ])
  const two: Framing = { type: 'end', end: hex('0d 0a') }
  t.strictSame(found(t, two, '61 0d 62 0d0d0a 0a 0d0a'), ['610d620d', '0a'])
})

void t.test('a frame without an end costs itself only', async (t) => {
  for (const end of [hex('ff'), hex('0d0a'), Buffer.alloc(longestEnd, 7)]) {
    const stream = Buffer.concat([Buffer.alloc(200, 1), end, Buffer.of(2), end])
    t.strictSame(found(t, { type: 'end', end }, stream.toString('hex')), [
      'frame of more than 32 bytes',
      '02',
    ])
  }
  t.strictSame(found(t, { type: 'line' }, `${'61'.repeat(100)}0a 62 0d0a`), [
    'frame of more than 32 bytes',
    '62',
  ])
})

void t.test('frames of one size, lines and plain pieces', async (t) => {
  t.strictSame(found(t, { type: 'fixed', size: 2 }, '0102 0304 05'), [
    '0102',
    '0304',
    '1 of 2 bytes',
  ])
  t.throws(() => framed({ type: 'fixed', size: 2 }, hex('01')), RangeError)
  t.strictSame(found(t, { type: 'line' }, '61 0d 0a 62 0d 63 0a 0a 64'), [
    '61',
    '62',
    '63',
    '1 bytes without their end',
  ])
  const pieces = deframer({ type: 'none' }, 32)
  t.strictSame(pieces.push(hex('6162')), [{ ok: true, bytes: hex('6162') }])
})
