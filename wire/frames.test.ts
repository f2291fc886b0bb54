import * as fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Deframer } from './frame.ts'
import { lengthDeframer, lengthPrefixed } from './length.ts'
import { type Line, lineDeframer } from './lines.ts'
import { slip, slipDeframer } from './slip.ts'

/** What comes out of `stream` when it arrives cut at `cuts`. */
function through<Found>(deframer: Deframer<Found>, stream: Buffer, cuts: readonly number[]) {
  const found: (Found | string)[] = []
  let from = 0
  for (const to of [...cuts, stream.length]) {
    found.push(...deframer.push(stream.subarray(from, to)))
    from = to
  }
  const end = deframer.end()
  if (end !== null) found.push(end.detail)
  return found
}

/** The same whether the stream comes whole, cut anywhere once, or byte by byte. */
function everySplit<Found>(t: Test, make: () => Deframer<Found>, stream: Buffer) {
  const whole = through(make(), stream, [])
  for (let cut = 0; cut <= stream.length; cut++)
    t.strictSame(through(make(), stream, [cut]), whole, `cut at ${cut}`)
  const bytewise = Array.from({ length: stream.length }, (_, at) => at)
  t.strictSame(through(make(), stream, bytewise), whole, 'byte by byte')
  return whole
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const frame = (text: string) => ({ ok: true, bytes: hex(text) })

void t.test('SLIP escapes END and ESC by the bytes of RFC 1055', async (t) => {
  t.equal(slip(hex('01 c0 02 db 03')).toString('hex'), 'c001dbdc02dbdd03c0')
  t.equal(slip(hex('')).toString('hex'), 'c0c0')
})

void t.test('SLIP frames come out whole wherever the stream is cut', async (t) => {
  const stream = hex('c0 01 dbdc 02 dbdd 03 c0 c0 2f61 c0 c0 c0 ff')
  t.strictSame(
    everySplit(t, () => slipDeframer(64), stream),
    [frame('01 c0 02 db 03'), frame('2f61'), 'stream ended inside a SLIP frame'],
  )
})

void t.test('a wrong SLIP escape costs its own frame only', async (t) => {
  const stream = hex('c0 01 db 01 02 c0 0304 c0 05 db c0 06 c0')
  t.strictSame(
    everySplit(t, () => slipDeframer(64), stream),
    [
      { ok: false, detail: 'SLIP escape of a byte that needs none' },
      frame('0304'),
      { ok: false, detail: 'SLIP frame ends inside an escape' },
      frame('06'),
    ],
  )
})

void t.test(
  'a SLIP frame that is too long is reported once and the next one is good',
  async (t) => {
    const stream = Buffer.concat([slip(Buffer.alloc(5)), slip(Buffer.alloc(4)), slip(hex('db c0'))])
    const tooLong = { ok: false, detail: 'SLIP frame of more than 4 bytes' }
    t.strictSame(
      everySplit(t, () => slipDeframer(4), stream),
      [tooLong, frame('00000000'), frame('dbc0')],
    )
    // control: with one byte more of room it is a frame
    t.strictSame(through(slipDeframer(5), stream, [])[0], frame('0000000000'))
  },
)

void t.test('length-prefixed frames come out whole wherever the stream is cut', async (t) => {
  t.equal(lengthPrefixed(hex('2f610000')).toString('hex'), '000000042f610000')
  const stream = hex('00000004 2f610000 00000000 00000001 ff 00000002 01')
  t.strictSame(
    everySplit(t, () => lengthDeframer(64), stream),
    [frame('2f610000'), frame(''), frame('ff'), 'stream ended inside a frame'],
  )
})

void t.test('an impossible length ends the stream with one report', async (t) => {
  for (const length of ['ffffffff', '00000041', '7fffffff']) {
    const found = everySplit(t, () => lengthDeframer(64), hex(`00000001 aa ${length} 00000001 bb`))
    t.strictSame(found, [
      frame('aa'),
      { ok: false, detail: `frame of ${hex(length).readInt32BE(0)} bytes, at most 64` },
    ])
  }
})

void t.test('lines come out whole wherever the stream is cut', async (t) => {
  const stream = Buffer.from('FIRE desk go\r\n\nümlaut 🎛\na\rb\r\nhalf')
  t.strictSame(
    everySplit(t, () => lineDeframer(64), stream),
    [
      { ok: true, text: 'FIRE desk go' },
      { ok: true, text: '' },
      { ok: true, text: 'ümlaut 🎛' },
      { ok: true, text: 'a\rb' },
      '4 bytes without a line end',
    ],
  )
})

void t.test(
  'a line that is too long or not UTF-8 is reported once, and the next one is good',
  async (t) => {
    const stream = Buffer.concat([
      Buffer.from('12345\n1234\r\n12345\r\n123456789\n'),
      hex('ff fe 0a c3 0a'),
      Buffer.from('ok\n'),
    ])
    const tooLong: Line = { ok: false, detail: 'line of more than 4 bytes' }
    const notUtf8: Line = { ok: false, detail: 'line is not UTF-8' }
    t.strictSame(
      everySplit(t, () => lineDeframer(4), stream),
      [
        tooLong,
        { ok: true, text: '1234' },
        tooLong,
        tooLong,
        notUtf8,
        notUtf8,
        { ok: true, text: 'ok' },
      ],
    )
  },
)

void t.test('a stream without any end holds no more than the largest frame', async (t) => {
  const flood = Buffer.alloc(64 * 1024, 0x41)
  const deframers = { lines: lineDeframer(1000), slip: slipDeframer(1000) }
  for (const [name, deframer] of Object.entries(deframers)) {
    const before = process.memoryUsage.rss()
    let reports = 0
    for (let i = 0; i < 2000; i++) reports += deframer.push(flood).length
    t.equal(reports, 1, `${name}: 128 MB of flood, one report`)
    t.ok(process.memoryUsage.rss() - before < 32 * 1024 * 1024, `${name}: memory stays`)
  }
})

void t.test('every packet comes back as it was, however the stream is cut', async () => {
  const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 8 })
  const cuts = fc.array(fc.nat(6000), { maxLength: 12 })
  const kinds = [
    { encode: slip, make: () => slipDeframer(700) },
    { encode: lengthPrefixed, make: () => lengthDeframer(700) },
  ]
  for (const { encode, make } of kinds)
    fc.assert(
      fc.property(packets, cuts, (packets, cuts) => {
        const stream = Buffer.concat(packets.map((packet) => encode(packet)))
        const at = cuts.filter((cut) => cut < stream.length).toSorted((a, b) => a - b)
        const wanted = packets.map((packet) => ({ ok: true, bytes: Buffer.from(packet) }))
        const found = through(make(), stream, at)
        return JSON.stringify(found) === JSON.stringify(wanted)
      }),
    )
})

void t.test('hostile streams never make a deframer throw', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 })
  for (const make of [() => slipDeframer(16), () => lengthDeframer(16), () => lineDeframer(16)])
    fc.assert(
      fc.property(chunks, (chunks) => {
        const deframer = make()
        for (const chunk of chunks) deframer.push(Buffer.from(chunk))
        deframer.end()
      }),
      { numRuns: 500 },
    )
})
