import * as fc from 'fast-check'
import t from 'tap'
import { oscPattern } from './osc-pattern.ts'

// OSC 1.0 specification, "OSC Message Dispatching and Pattern Matching"
void t.test('a part of an address fits as the specification says', async (t) => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['1', ['1'], ['', '11', '2']],
    ['?', ['1', 'a'], ['', '12']],
    ['*', ['', '1', '123'], []],
    ['1*2', ['12', '1992'], ['1', '2', '123']],
    ['**?', ['1', '12'], ['']],
    ['[0-3]', ['0', '3'], ['4', '', '00']],
    ['[!0-3]', ['4', 'a'], ['0', '']],
    ['[0-]', ['0', '-'], ['1']],
    ['[a-cx]', ['b', 'x'], ['d']],
    ['{foo,bar}', ['foo', 'bar'], ['fo', 'foobar', '']],
    ['{1,10}2', ['12', '102'], ['1', '10']],
  ]
  for (const [pattern, good, bad] of cases) {
    const fits = oscPattern(pattern)
    for (const text of good) t.equal(fits?.(text), true, `${pattern} fits ${text}`)
    for (const text of bad) t.equal(fits?.(text), false, `${pattern} does not fit "${text}"`)
  }
  for (const wrong of ['[1', '{1,2', '*'.repeat(65)]) t.equal(oscPattern(wrong), null, wrong)
})

void t.test('no pattern takes long, however its stars stand', async (t) => {
  const text = 'a'.repeat(1000)
  for (const pattern of [
    '*a'.repeat(32),
    '*?'.repeat(32),
    '{a,aa,}'.repeat(9),
    `${'*'.repeat(63)}b`,
  ])
    t.type(oscPattern(pattern)?.(text), 'boolean', pattern)
  const part = fc.constantFrom('*', '?', '[', ']', '{', '}', ',', '!', '-', 'a', '1')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 70 }), fc.string(), (pattern, text) => {
      oscPattern(pattern.join(''))?.(text)
    }),
    { numRuns: 2000 },
  )
})
