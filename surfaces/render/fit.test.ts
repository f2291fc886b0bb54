import fc from 'fast-check'
import t from 'tap'
import { fit, lineHeight, type TextBox } from './fit.ts'

/** Every character is half as wide as it is high. */
const half = (text: string) => Array.from(text).length / 2
const key: TextBox = { width: 96, height: 96, most: 40, least: 10 }

t.test('a short word is as large as the key allows', async (t) => {
  t.same(fit('CUT', key, half), { lines: ['CUT'], size: 40, cut: false })
})

t.test('words wrap before they shrink', async (t) => {
  const { lines, size } = fit('CAM 1', key, half)
  t.same(lines, ['CAM', '1'])
  t.equal(size, 40)
})

t.test('a long word shrinks until it stands in one piece', async (t) => {
  const { lines, size, cut } = fit('RECORDING', key, half)
  t.same(lines, ['RECORDING'])
  t.ok(size < 96 / 4.5 + 0.01 && size > 15, `${size}`)
  t.notOk(cut)
})

t.test('a line break of the config stays one, and an empty line takes its room', async (t) => {
  t.same(fit('A\n\nB', key, half).lines, ['A', '', 'B'])
  t.same(fit('A\r\nB\n', key, half).lines, ['A', 'B'])
})

t.test('a word that is too long for the smallest size is broken, not lost', async (t) => {
  const word = 'Donaudampfschifffahrtsgesellschaft'
  const { lines, cut } = fit(word, key, half)
  t.equal(lines.join(''), word)
  t.ok(lines.length > 1)
  t.notOk(cut)
})

t.test('what does not fit at all is cut with a sign', async (t) => {
  const { lines, cut } = fit('word '.repeat(90), key, half)
  t.ok(cut)
  t.ok(lines.at(-1)?.endsWith('…'))
})

t.test('a family of joined characters is never broken inside', async (t) => {
  const family = '👨‍👩‍👧‍👦'
  const each = (text: string) => [...new Intl.Segmenter().segment(text)].length
  const { lines } = fit(family.repeat(30), key, each)
  t.same(
    new Set(lines.flatMap((line) => [...new Intl.Segmenter().segment(line)].map((s) => s.segment))),
    new Set([family]),
  )
})

t.test('controls and overrides of the reading order are not shown', async (t) => {
  t.same(fit('ON\u202eRIA\u0007', key, half).lines, ['ONRIA'])
})

t.test('no text is no line', async (t) => {
  t.same(fit('', key, half).lines, [])
  t.same(fit('  \n ', key, half).lines, [])
})

t.test('whatever the text is, its lines fit, and only a cut one loses anything', async (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      (text, width, height) => {
        const box = { width, height, most: Math.max(8, height / 2), least: 8 }
        const { lines, size, cut } = fit(text, box, half)
        const room = Math.max(1, Math.floor(height / (lineHeight * size)))
        if (lines.length > room + 1e-9) return false
        return cut || lines.every((line) => half(line) * size <= width + 0.01 || line.includes('…'))
      },
    ),
    { numRuns: 300 },
  )
  t.pass('it fits')
})
