import oracle from 'canonicalize'
import fc from 'fast-check'
import t from 'tap'
import { isPlainCanonical } from './plain.ts'
import { strictFault } from './strict.ts'

const bytesOf = (text: string) => Buffer.from(`\n${text}\n`)
const isPlain = (text: string) => {
  const bytes = bytesOf(text)
  return isPlainCanonical(bytes, 1, bytes.length - 1)
}
const isStrict = (text: string) => {
  const bytes = bytesOf(text)
  return strictFault(bytes, 1, bytes.length - 1, 0) === null
}

/** What another implementation says: whether the text is the canonical form of what it means. */
function isCanonical(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return oracle(value) === text && isUnicode(value)
  } catch {
    return false // no JSON
  }
}

/** Whether all texts in it can be written in UTF-8: a lone surrogate cannot, and the other implementation lets it pass. */
function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return Buffer.from(value).toString() === value
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, own]) => isUnicode(key) && isUnicode(own))
}

/** JSON as entries have it, and as they do not. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.constantFrom(true, false, null, 0, 10, 1.5, -1, 1e21, 123456789012345, 1234567890123456),
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'ab', 'b', '', '!', '~', '"'), fc.string({ maxLength: 3 })),
      tie('value'),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value

/** A canonical text, and now and then one that was changed in one or two places. */
const texts = fc
  .tuple(
    values,
    fc.array(
      fc.record({
        at: fc.nat(),
        cut: fc.nat(2),
        put: fc.constantFrom(
          '',
          ' ',
          '"',
          ',',
          ':',
          '{',
          '}',
          '[',
          ']',
          '0',
          '1',
          '-',
          '.',
          'e',
          '\\',
          'a',
          '\u007f',
          'é',
          '"a":1,',
          'null',
          'tru',
        ),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([value, edits]) => {
    let text = oracle(value) ?? 'null'
    for (const { at, cut, put } of edits) {
      const place = at % (text.length + 1)
      text = text.slice(0, place) + put + text.slice(place + cut)
    }
    return text.replaceAll('\n', '').toWellFormed()
  })

void t.test('what is taken for plain and canonical is so for everybody', async (t) => {
  let plain = 0
  let canonical = 0
  fc.assert(
    fc.property(texts, (text) => {
      if (isCanonical(text)) canonical++
      if (!isPlain(text)) return true
      plain++
      return isCanonical(text)
    }),
    { numRuns: 20_000, interruptAfterTimeLimit: 10_000 },
  )
  t.ok(plain > 500, `control: ${plain} were plain, and ${canonical} canonical`)
  t.ok(canonical > plain, 'control: and not all that is canonical is plain')
})

void t.test(
  'the strict check finds what another implementation finds, and nothing else',
  async (t) => {
    let good = 0
    let bad = 0
    fc.assert(
      fc.property(texts, (text) => {
        const expected = isCanonical(text)
        if (expected) good++
        else bad++
        return isStrict(text) === expected
      }),
      { numRuns: 20_000, interruptAfterTimeLimit: 10_000 },
    )
    t.ok(good > 500 && bad > 500, `control: ${good} good, ${bad} bad`)
  },
)

void t.test('a line as hubs write it is plain', async (t) => {
  const line =
    '{"$prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","$seq":0,"body":{"at":1795278400850,"event":{"attempt":1,"list":[],"none":null,"of":{},"type":"x"},"hub":"a"},"rid":"1"}'
  t.ok(isPlain(line))
  for (const [what, put] of [
    ['"at":1795278400850', '"at": 1795278400850'],
    ['"at":1795278400850', '"at":01'],
    ['"at":1795278400850', '"at":-0'],
    ['"at":1795278400850', '"at":1.0'],
    ['"at":1795278400850', '"at":1e3'],
    ['"attempt":1', '"attempt":1,"attempt":1'],
    ['"attempt":1,"list":[]', '"list":[],"attempt":1'],
    ['"type":"x"', '"type":"\\u0041"'],
    ['[]', '[1,]'],
    ['{}', '{,}'],
    ['"rid":"1"}', '"rid":"1"}}'],
    ['null', 'nul'],
  ] as const) {
    const other = line.replace(what, put)
    t.not(other, line, 'control')
    t.notOk(isPlain(other), put)
    t.notOk(isStrict(other), put)
  }
  for (const text of ['ü', 'C:\\\\udata', '\\"', '\\n'])
    t.ok(isStrict(line.replace('"x"', `"${text}"`)), `what is not plain may be canonical: ${text}`)
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  t.notOk(isPlain(deep), 'and what nests too deeply is no stack overflow')
})
