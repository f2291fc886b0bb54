import * as fc from 'fast-check'
import { decode as otherDecode, encode as otherEncode, Message } from 'node-osc'
import t from 'tap'
import { maxArrayDepth, type OscArg, toOscArgs } from './osc-arg.ts'
import { encode, encodePacket, immediately } from './osc-encode.ts'
import { decode, maxBundleDepth, type OscMessage, type OscPacket } from './osc.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const message = (address: string, ...args: OscArg[]): OscMessage => ({
  kind: 'message',
  address,
  args,
})
const f32 = Math.fround

/** Bytes that somebody else wrote, and what they mean. */
const vectors: readonly (readonly [from: string, bytes: string, packet: OscMessage])[] = [
  [
    'OSC 1.0, examples, message 1',
    '2f6f7363 696c6c61 746f722f 342f6672 65717565 6e637900 2c660000 43dc0000',
    message('/oscillator/4/frequency', { type: 'f', value: 440 }),
  ],
  [
    'OSC 1.0, examples, message 2',
    '2f666f6f 00000000 2c696973 66660000 000003e8 ffffffff 68656c6c 6f000000 3f9df3b6 40b5b22d',
    message(
      '/foo',
      { type: 'i', value: 1000 },
      { type: 'i', value: -1 },
      { type: 's', value: 'hello' },
      { type: 'f', value: f32(1.234) },
      { type: 'f', value: f32(5.678) },
    ),
  ],
  [
    'oscsend /a ihfdsS',
    '2f610000 2c696866 64735300 00000001 fffffffffffffffe 3f000000 3ff4000000000000 68c3a900 73796d00',
    message(
      '/a',
      { type: 'i', value: 1 },
      { type: 'h', value: -2n },
      { type: 'f', value: 0.5 },
      { type: 'd', value: 1.25 },
      { type: 's', value: 'hé' },
      { type: 'S', value: 'sym' },
    ),
  ],
  [
    'oscsend /a mc',
    '2f610000 2c6d6300 903c7f00 00000041',
    message('/a', { type: 'm', value: 0x903c_7f00 }, { type: 'c', value: 'A' }),
  ],
  [
    'oscsend /a TFNI',
    '2f610000 2c54464e 49000000',
    message(
      '/a',
      { type: 'T', value: true },
      { type: 'F', value: false },
      { type: 'N', value: null },
      { type: 'I', value: true },
    ),
  ],
  ['oscsend without arguments', '2f610000 2c000000', message('/a')],
  [
    'OSC 1.0, type tags: ",t", ",r", ",b" and "[" "]"',
    '2f610000 2c74725b 625b5d5d 00000000 83aa7e80 80000000 ff8000ff 00000003 01020300',
    message(
      '/a',
      { type: 't', value: 0x83aa_7e80_8000_0000n },
      { type: 'r', value: 0xff80_00ff },
      {
        type: '[',
        value: [
          { type: 'b', value: hex('010203') },
          { type: '[', value: [] },
        ],
      },
    ),
  ],
]

void t.test('bytes of the specification and of other programs mean what they say', async (t) => {
  for (const [from, bytes, packet] of vectors) {
    t.strictSame(decode(hex(bytes)), { ok: true, packet }, `read: ${from}`)
    t.equal(encodePacket(packet).toString('hex'), bytes.replaceAll(' ', ''), `written: ${from}`)
  }
})

void t.test('an old sender without type tags is understood', async (t) => {
  t.strictSame(decode(hex('2f676f00')), { ok: true, packet: message('/go') })
})

const goInBundle = '00000008 2f676f00 2c000000'

void t.test('a bundle keeps its order, its time tag and the bundles inside', async (t) => {
  const bytes = `2362756e646c6500 83aa7e8080000000 ${goInBundle} 00000010 2362756e646c6500 0000000000000001 ${goInBundle}`
  const packet: OscPacket = {
    kind: 'bundle',
    time: 0x83aa_7e80_8000_0000n,
    elements: [message('/go'), { kind: 'bundle', time: immediately, elements: [] }, message('/go')],
  }
  t.strictSame(decode(hex(bytes)), { ok: true, packet })
  t.equal(encodePacket(packet).toString('hex'), bytes.replaceAll(' ', ''))
})

void t.test('malformed packets are refused with their reason', async (t) => {
  const bundle = '2362756e646c6500 0000000000000001'
  const cases: readonly (readonly [bytes: string, detail: RegExp])[] = [
    ['', /empty packet/],
    ['2f', /not a multiple of 4/],
    ['61000000 2c000000', /starts with \//],
    ['2f616263', /a string has no end/],
    ['2f610078 2c000000', /padding is not zero/],
    ['2f610000 69000000', /no type tags/],
    ['2f610000 2c697474', /a string has no end/],
    ['2f610000 2c690000', /4 bytes wanted, 0 left/],
    ['2f610000 2c680000 00000000', /8 bytes wanted, 4 left/],
    ['2f610000 2c780000', /unknown type tag 0x78/],
    ['2f610000 2c000000 00000000', /4 bytes after the last argument/],
    ['2f610000 2c730000 fffe0000', /not UTF-8/],
    ['2f610000 2c730000 eda08000', /not UTF-8/],
    ['2f610000 2c620000 00000009 01020304', /blob of 9 bytes, 4 left/],
    ['2f610000 2c620000 ffffffff', /blob of -1 bytes/],
    ['2f610000 2c620000 00000001 01000002', /padding is not zero/],
    ['2f610000 2c630000 00000080', /not ASCII/],
    ['2f610000 2c5b0000', /unbalanced/],
    ['2f610000 2c5d0000', /unbalanced/],
    ['2362756e', /no bundle/],
    ['2362756e646c6558 0000000000000001', /no bundle/],
    [`${bundle} 00000000`, /element of 0 bytes/],
    [`${bundle} fffffffc 2f610000`, /element of -4 bytes/],
    [`${bundle} 00000008 2f610000`, /element of 8 bytes in a bundle with 4 left/],
    [`${bundle} 00000002 2f610000`, /element of 2 bytes/],
    // the inner bundle's element must not reach into the outer bundle
    [`${bundle} 00000014 ${bundle} 00000008 2f676f00 2c000000`, /element of 8 bytes .* 0 left/],
  ]
  for (const [bytes, detail] of cases) {
    const decoded = decode(hex(bytes))
    t.match(decoded.ok ? 'accepted' : decoded.detail, detail, bytes || 'no bytes')
  }
})

void t.test('depth and number are bounded, and just below the bound is fine', async (t) => {
  const bundles = (depth: number): OscPacket =>
    depth === 0 ? message('/a') : { kind: 'bundle', time: 1n, elements: [bundles(depth - 1)] }
  t.ok(decode(encodePacket(bundles(maxBundleDepth))).ok)
  t.match(decode(encodePacket(bundles(maxBundleDepth + 1))), { detail: /nest deeper than 8/ })

  const arrays = (depth: number): OscArg => ({
    type: '[',
    value: depth === 1 ? [] : [arrays(depth - 1)],
  })
  t.ok(decode(encode('/a', [arrays(maxArrayDepth)])).ok)
  t.match(decode(encode('/a', [arrays(maxArrayDepth + 1)])), { detail: /nest deeper than 8/ })

  const many = (count: number): OscPacket => ({
    kind: 'bundle',
    time: 1n,
    elements: Array.from({ length: count }, () => message('/a')),
  })
  t.ok(decode(encodePacket(many(4096))).ok)
  t.match(decode(encodePacket(many(4097))), { detail: /more than 4096 elements/ })

  const flags = (count: number) =>
    encode(
      '/a',
      Array.from({ length: count }, (): OscArg => ({ type: 'N', value: null })),
    )
  t.ok(decode(flags(4096)).ok)
  t.match(decode(flags(4097)), { detail: /more than 4096 arguments/ })
  t.match(decode(Buffer.alloc(1024 * 1024 + 4)), { detail: /at most 1048576/ })
})

void t.test('JSON values find their OSC types', async (t) => {
  t.strictSame(toOscArgs([1, -2147483648, 2147483648, 0.5, 1e300, true, false, null, 'x', [1]]), {
    ok: true,
    args: [
      { type: 'i', value: 1 },
      { type: 'i', value: -2147483648 },
      { type: 'f', value: 2147483648 },
      { type: 'f', value: 0.5 },
      { type: 'd', value: 1e300 },
      { type: 'T', value: true },
      { type: 'F', value: false },
      { type: 'N', value: null },
      { type: 's', value: 'x' },
      { type: '[', value: [{ type: 'i', value: 1 }] },
    ],
  })
  t.strictSame(
    toOscArgs([
      { type: 'f', value: 1 },
      { type: 'h', value: '-9223372036854775808' },
      { type: 't', value: 1 },
      { type: 'b', value: 'AQI=' },
      { type: 'I' },
    ]),
    {
      ok: true,
      args: [
        { type: 'f', value: 1 },
        { type: 'h', value: -9223372036854775808n },
        { type: 't', value: 1n },
        { type: 'b', value: hex('0102') },
        { type: 'I', value: true },
      ],
    },
  )
})

void t.test('JSON values that no OSC argument can carry are refused', async (t) => {
  const nested = JSON.parse('['.repeat(10) + ']'.repeat(10))
  for (const value of [
    {},
    { type: 'x', value: 1 },
    { type: 'i', value: 0.5 },
    { type: 'i', value: 2 ** 31 },
    { type: 'r', value: -1 },
    { type: 'h', value: '9223372036854775808' },
    { type: 't', value: -1 },
    { type: 'c', value: 'é' },
    { type: 'b', value: 'no base64!' },
    'a\0b',
    nested,
  ])
    t.match(toOscArgs([value]), { ok: false }, JSON.stringify(value))
  t.match(toOscArgs(Array.from({ length: 4097 }, () => 1)), { ok: false })
})

void t.test('what cannot be an OSC message is never sent', async (t) => {
  t.throws(() => encode('go', []), RangeError)
  t.throws(() => encode('/a\0b', []), RangeError)
  t.throws(() => encode('/a', [{ type: 'i', value: 0.5 }]), RangeError)
  t.throws(() => encode('/a', [{ type: '[', value: [{ type: 's', value: '\0' }] }]), RangeError)
})

const record = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { noNullPrototype: true })
const text = fc.string({ unit: 'binary' }).filter((s) => !s.includes('\0') && s.isWellFormed())
const leaf: fc.Arbitrary<OscArg> = fc.oneof(
  record({ type: fc.constant('i'), value: fc.integer() }),
  record({ type: fc.constant('f'), value: fc.float({ noNaN: true }) }),
  record({ type: fc.constantFrom('s', 'S'), value: text }),
  record({ type: fc.constant('b'), value: fc.uint8Array().map((b) => Buffer.from(b)) }),
  record({ type: fc.constant('h'), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
  record({ type: fc.constant('t'), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
  record({ type: fc.constant('d'), value: fc.double({ noNaN: true }) }),
  record({ type: fc.constant('c'), value: fc.nat(127).map((c) => String.fromCharCode(c)) }),
  record({ type: fc.constantFrom('r', 'm'), value: fc.nat(0xffff_ffff) }),
  fc.constantFrom<OscArg>(
    { type: 'T', value: true },
    { type: 'F', value: false },
    { type: 'N', value: null },
    { type: 'I', value: true },
  ),
)
const arg: fc.Arbitrary<OscArg> = fc.oneof(
  leaf,
  record({ type: fc.constant('['), value: fc.array(leaf, { maxLength: 4 }) }),
)
const anyMessage = fc
  .tuple(text, fc.array(arg, { maxLength: 12 }))
  .map(([address, args]): OscPacket => message(`/${address}`, ...args))
const anyPacket: fc.Arbitrary<OscPacket> = fc.oneof(
  anyMessage,
  record({
    kind: fc.constant('bundle'),
    time: fc.bigInt(0n, 2n ** 64n - 1n),
    elements: fc.array(anyMessage, { maxLength: 5 }),
  }),
)

void t.test('every packet comes back as it was sent', async (t) => {
  fc.assert(
    fc.property(anyPacket, (packet) => {
      const decoded = decode(encodePacket(packet))
      t.strictSame(decoded, { ok: true, packet })
      return decoded.ok
    }),
    { numRuns: 300 },
  )
})

void t.test(
  'no bytes make the decoder throw, and what it accepts it can write again',
  async (t) => {
    let refused = 0
    let accepted = 0
    const judge = (bytes: Buffer) => {
      const decoded = decode(bytes)
      if (!decoded.ok) {
        refused++
        return decoded.detail.length <= 500
      }
      accepted++
      // a packet without type tags is written with them
      return encodePacket(decoded.packet).length >= bytes.length
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => judge(Buffer.from(bytes))))
    // good packets with a few bytes changed and the end cut off: the hostile ones that look real
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })
    fc.assert(
      fc.property(anyPacket, edits, fc.nat(), (packet, edits, cut) => {
        const bytes = encodePacket(packet)
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte
        return judge(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes)
      }),
      { numRuns: 5000 },
    )
    t.ok(refused > 500, `${refused} refused`)
    t.ok(accepted > 500, `${accepted} accepted`)
  },
)

void t.test('node-osc reads what is written here, and writes the same bytes', async (t) => {
  const common = fc.oneof(
    record({ type: fc.constant('i'), value: fc.integer() }),
    record({ type: fc.constant('f'), value: fc.float({ noNaN: true }) }),
    record({ type: fc.constant('s'), value: text }),
    record({ type: fc.constant('b'), value: fc.uint8Array().map((b) => Buffer.from(b)) }),
  ) satisfies fc.Arbitrary<OscArg>
  fc.assert(
    fc.property(fc.array(common, { maxLength: 10 }), (args) => {
      const ours = encode('/some/address', args)
      const theirs = otherEncode(new Message('/some/address', ...args))
      t.equal(ours.toString('hex'), theirs.toString('hex'))
      const read = otherDecode(ours)
      t.strictSame(
        'args' in read ? [...read.args] : [],
        args.map(({ value }) => ({ value })),
      )
    }),
    { numRuns: 300 },
  )
})
