import t from 'tap'
import {
  commitmentIn,
  commitmentOf,
  disclosedValue,
  disclosureText,
  saltBytes,
} from './commitment.ts'

const salt = Uint8Array.from({ length: saltBytes }, (_, i) => i)
const text = 'Anna Müller, +49 30 123'

void t.test('a commitment is the hash that its description says, byte for byte', async (t) => {
  // printf 'infrafabric/commitment/v1\n' + the 32 bytes 00 to 1f + '"Anna Müller, +49 30 123"' in UTF-8, through sha256sum
  t.equal(commitmentOf(text, salt), 'mJzUP1kXbgr+1SJluwRxqP0SrqGDzLFpgDCK2Iv68Jw=')
  t.equal(
    disclosureText(text, salt),
    `{"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","value":"${text}"}`,
  )
  t.equal(disclosedValue(disclosureText(text, salt)), text)
})

void t.test(
  'the order of an object makes no difference, its content and the salt do',
  async (t) => {
    const one = commitmentOf({ a: 1, b: [text] }, salt)
    t.equal(commitmentOf({ b: [text], a: 1 }, salt), one)
    t.not(commitmentOf({ a: 1, b: text }, salt), one)
    t.not(commitmentOf({ a: 1, b: [text] }, new Uint8Array(saltBytes)), one)
    t.throws(() => commitmentOf(text, new Uint8Array(31)), /32 bytes/)
  },
)

void t.test('only an object with that one member is a commitment', async (t) => {
  t.equal(commitmentIn({ $commitment: 'x' }), 'x')
  for (const other of [null, 'x', ['x'], {}, { $commitment: 1 }, { $commitment: 'x', a: 1 }])
    t.equal(commitmentIn(other), null)
})
