import { verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { newKey, parseKey } from '../sign/key.ts'
import { checkpointText, cosignatureLine, noteOf, signatureLine } from '../sign/note.ts'
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { NoteError, parseNote, verifySignatures } from './note.ts'
import { KeyError, keyIdOf, parseVkey, publicKeyOf } from './vkey.ts'

const bytes = (text: string) => Buffer.from(text)

void t.test('the example of the C2SP document verifies', async (t) => {
  const key = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
  const note = parseNote(
    bytes(
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    ),
  )
  t.match(verifySignatures(note, [key]), [{ key: { name: 'example.com/foo' }, at: null }])
  t.same(verifySignatures(note, []), [], 'a key that nobody trusts counts for nothing')
})

void t.test('a key of Go’s sumdb/note signs here what it signs there', async (t) => {
  const signer = parseKey(
    'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n',
  )
  t.equal(signer.vkey, 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  t.equal(
    signatureLine(signer, text),
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  )
})

const log = parseKey(newKey('studio.example/log', 'log'))
const witness = parseKey(newKey('auditor.example/w1', 'witness'))
const root = Buffer.alloc(32, 7)
const text = checkpointText(log.name, 41, root)
const cosigned = noteOf(text, [
  signatureLine(log, text),
  cosignatureLine(witness, text, 1_795_000_000),
])
const keys = [log, witness].map(({ vkey }) => parseVkey(vkey))

void t.test(
  'a checkpoint with a cosignature is read back, with the time of the witness',
  async (t) => {
    const checkpoint = parseCheckpoint(bytes(cosigned))
    t.match(checkpoint, { origin: 'studio.example/log', size: 41 })
    t.same(checkpoint.root, root)
    t.match(verifyCheckpoint(checkpoint, keys), {
      log: { at: null },
      witnesses: [{ key: { name: 'auditor.example/w1' }, at: 1_795_000_000 }],
    })
    const alone = keys.filter(({ use }) => use === 'witness')
    t.throws(() => verifyCheckpoint(checkpoint, alone), /no key that is trusted/)
  },
)

void t.test('no byte of a checkpoint can be changed unnoticed', async (t) => {
  const good = bytes(cosigned)
  let refused = 0
  for (let at = 0; at < good.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(good)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      if (!isWhole(changed)) refused++
    }
  t.equal(refused, good.length * 8)
  t.ok(isWhole(good), 'control: unchanged it is good')
})

/** Both signatures are there and good. */
function isWhole(note: Buffer): boolean {
  try {
    return verifyCheckpoint(parseCheckpoint(note), keys).witnesses.length === 1
  } catch (error) {
    if (error instanceof NoteError) return false
    throw error
  }
}

void t.test(
  'whatever a stranger sends as a note is read or refused, and nothing else',
  async () => {
    const parts = fc.constantFrom(
      '\n',
      '\n\n',
      '— ',
      ' ',
      '+',
      'a',
      '0',
      '41',
      'AAAA',
      '\u0000',
      '\ufeff',
      '—',
      '\u2028',
    )
    const texts = fc.oneof(
      fc.string(),
      fc.array(parts).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), texts.map(bytes)), (input) => {
        try {
          parseCheckpoint(input)
        } catch (error) {
          if (!(error instanceof NoteError)) throw error
        }
      }),
      { numRuns: 2000 },
    )
  },
)

void t.test('what is no key is refused, and a private key is never quoted', async (t) => {
  const good = log.vkey
  for (const [bad, why] of [
    ['', /no verifier key/],
    ['name+00000000+AAAA', /no verifier key/],
    [good.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), /says that its ID/],
    [`with space${good}`, /no verifier key/],
    [good.slice(0, -4), /no verifier key/],
  ] as const)
    t.throws(() => parseVkey(bad), why)
  t.throws(() => newKey('a name', 'log'), RangeError)
  t.throws(() => parseKey('PRIVATE+KEY+x+00000000+secret'), { message: /^((?!secret).)*$/ })
})

void t.test(
  'keys on which verifiers disagree are refused: of small order, and not canonical',
  async (t) => {
    const small = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    ]
    for (const hex of small)
      for (const sign of [0, 0x80]) {
        const raw = Buffer.from(hex, 'hex')
        raw[31] = (raw[31] ?? 0) | sign
        t.throws(() => publicKeyOf(raw), { name: 'KeyError', message: /small order/ })
      }
    for (const hex of [
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    ])
      t.throws(() => publicKeyOf(Buffer.from(hex, 'hex')), /canonical/)
    t.throws(() => publicKeyOf(Buffer.alloc(31)), KeyError)
    t.equal(keyIdOf('x', 'log', Buffer.alloc(32)).length, 8)
  },
)

const wycheproof = new URL('../../../shared/vectors/ed25519/wycheproof.json', import.meta.url)
const missing = existsSync(wycheproof)
  ? {}
  : { skip: 'the public vectors are not beside the repository' }

void t.test('the public vectors of Ed25519', missing, async (t) => {
  const { testGroups } = JSON.parse(readFileSync(wycheproof, 'utf8')) as Vectors
  let good = 0
  let bad = 0
  for (const { publicKey, tests } of testGroups)
    for (const { tcId, comment, msg, sig, result } of tests) {
      const key = publicKeyOf(Buffer.from(publicKey.pk, 'hex'))
      const isGood = verify(null, Buffer.from(msg, 'hex'), key, Buffer.from(sig, 'hex'))
      t.equal(isGood, result === 'valid', `${tcId} ${comment}`)
      if (isGood) good++
      else bad++
    }
  t.ok(good > 50 && bad > 50, `control: ${good} good, ${bad} bad`)
})

interface Vectors {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string }
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly msg: string
      readonly sig: string
      readonly result: string
    }[]
  }[]
}
