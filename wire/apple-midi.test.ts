import t from 'tap'
import { type AppleMidi, decodeAppleMidi, encodeAppleMidi } from './apple-midi.ts'
import { hexOf } from './midi.ts'

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')

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
})
