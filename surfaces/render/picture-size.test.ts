import fc from 'fast-check'
import t from 'tap'
import { pictureSize } from './picture-size.ts'

/** The head of a PNG, 1 by 2 pixels (RFC 2083, section 4.1.1). */
const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000208020000', 'hex')
/** SOI, an empty APP0 of length 4, SOF2 with 8 bits, 240 lines of 320 samples (ITU-T T.81, B.2.2). */
const jpeg = Buffer.from('ffd8ffe000040000ffc200110800f0014003012200', 'hex')

t.test('the size of a picture is read of its first bytes', async (t) => {
  t.same(pictureSize(png), { width: 1, height: 2 })
  t.same(pictureSize(jpeg), { width: 320, height: 240 })
})

t.test('what is no picture, and a torn one, has no size', async (t) => {
  t.equal(pictureSize(new Uint8Array()), null)
  t.equal(pictureSize(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), null)
  for (let length = 0; length < 23; length++) t.equal(pictureSize(png.subarray(0, length)), null)
  t.equal(pictureSize(jpeg.subarray(0, 12)), null)
})

t.test('whatever the bytes are, looking for the size ends', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      pictureSize(bytes)
      pictureSize(Uint8Array.of(0xff, 0xd8, 0xff, ...bytes))
      return true
    }),
    { numRuns: 2000 },
  )
  t.pass('it ended')
})
