import t from 'tap'
import fc from 'fast-check'
import oracle from 'canonicalize'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { canonical, type Canonical } from './canonical.ts'

t.test(
  'members are sorted by UTF-16 code units and numbers written as ECMAScript does',
  async (t) => {
    // RFC 8785 section 3.2.3, the sorting example
    const sorted = canonical({
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      ö: 7,
    })
    t.equal(sorted, '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
    // RFC 8785 appendix B
    t.equal(
      canonical([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0]),
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    )
    t.equal(canonical({ a: undefined, b: 1 }), '{"b":1}')
  },
)

t.test('what JSON cannot say is refused', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }])
    t.throws(() => canonical(value), TypeError)
})

t.test('agrees with an independent implementation on any JSON value', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
      // fast-check's JsonValue is plain JSON; lone surrogates do not occur in it
      t.equal(canonical(value as Canonical), oracle(value))
    }),
    { numRuns: 300 },
  )
})

t.test('agrees with it on any text and any number, also as a name', async () => {
  const texts = fc.string({ unit: 'binary' }) // whole code points, of all planes
  fc.assert(
    fc.property(
      fc.dictionary(texts, fc.oneof(texts, fc.double({ noNaN: true, noDefaultInfinity: true }))),
      (value) => canonical(value) === oracle(value),
    ),
    { numRuns: 5000, interruptAfterTimeLimit: 10_000 },
  )
})

const vectors = new URL('../../shared/vectors/jcs/', import.meta.url)
t.test(
  'the public vectors of RFC 8785',
  {
    skip: existsSync(vectors)
      ? false
      : 'skipped: ../shared/vectors is not there; the cases above stand alone',
  },
  async (t) => {
    for (const name of readdirSync(new URL('input/', vectors))) {
      const input: Canonical = JSON.parse(readFileSync(new URL(`input/${name}`, vectors), 'utf8'))
      t.equal(
        canonical(input),
        readFileSync(new URL(`output/${name}`, vectors), 'utf8').trimEnd(),
        name,
      )
    }
  },
)
