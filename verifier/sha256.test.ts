import { hash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { sha256 } from './sha256.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

void t.test("SHA-256 answers as FIPS 180-4's examples do", async (t) => {
  const of = (text: string) => hex(sha256(Buffer.from(text)))
  t.equal(of('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.equal(
    of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  )
  t.equal(of(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

void t.test('SHA-256 of whatever bytes is that of Node', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      return hex(sha256(bytes)) === hash('sha256', bytes, 'hex')
    }),
    { numRuns: 500 },
  )
})
