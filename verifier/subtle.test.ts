import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import * as node from './node.js'
import * as subtle from './subtle.js'

// What a browser lends is tried here beside what Node lends: the rest of both programs is the same text.

const bytes = fc.uint8Array({ maxLength: 200 })
const text = fc.string({ unit: 'binary', maxLength: 60 })
const base64 = bytes.map((one) => Buffer.from(one).toString('base64'))
const hexOf = (one: Uint8Array) => Buffer.from(one).toString('hex')

void t.test('bytes are the same texts in a browser and in Node, and back', (t) => {
  fc.assert(
    fc.property(bytes, bytes, text, base64, (one, other, any, encoded) => {
      t.equal(hexOf(subtle.joined(one, other)), hexOf(node.joined(one, other)))
      for (const form of ['base64', 'hex'] as const)
        t.equal(subtle.toText(one, form), node.toText(one, form))
      t.equal(subtle.toText(one, 'latin1').length, one.length)
      t.equal(subtle.textOf(one), node.textOf(one))
      t.equal(hexOf(subtle.toBytes(any)), hexOf(node.toBytes(any)))
      t.equal(hexOf(subtle.toBytes(encoded, 'base64')), hexOf(node.toBytes(encoded, 'base64')))
    }),
    { numRuns: 200 },
  )
  const ascii = Uint8Array.from({ length: 128 }, (_, i) => i)
  t.equal(subtle.toText(ascii, 'latin1'), node.toText(ascii, 'latin1'))
  for (const one of [[], [0xef, 0xbb, 0xbf], [0xff], [0xed, 0xa0, 0x80]])
    t.equal(subtle.textOf(Uint8Array.from(one)), node.textOf(Uint8Array.from(one)))
  t.end()
})

void t.test('what is no base64 is none in either, in whatever way each reads it', (t) => {
  fc.assert(
    fc.property(fc.oneof(text, base64), (given) => {
      const isSame = ({ toBytes, toText }: Pick<typeof node, 'toBytes' | 'toText'>) =>
        toText(toBytes(given, 'base64'), 'base64') === given
      return isSame(node) === isSame(subtle)
    }),
    { numRuns: 500 },
  )
  t.end()
})

void t.test('a signature is good in both, and a changed one in neither', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const message = Buffer.from('cosignature/v1\n')
  const good = sign(null, message, privateKey)
  const bad = Buffer.from(good)
  bad[9] = (bad[9] ?? 0) ^ 1
  for (const { ed25519 } of [node, subtle]) {
    t.equal(await ed25519(key, message, good), true)
    t.equal(await ed25519(key, message, bad), false)
  }
  await t.resolves(subtle.mustVerify())
})
