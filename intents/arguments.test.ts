import t from 'tap'
import { parseArguments, parseValue } from './arguments.ts'

void t.test('a value is JSON where it is JSON, else the word as typed', async (t) => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['1', 1],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['true', true],
    ['null', null],
    ['"two words"', 'two words'],
    ['"1"', '1'],
    ['[1,"a"]', [1, 'a']],
    ['{"a":1}', { a: 1 }],
    ['Cut', 'Cut'],
    ['/master/level', '/master/level'],
    ['True', 'True'],
    ['007', '007'],
    ['+1', '+1'],
    ['[abc]', '[abc]'],
    ['', ''],
    ['1e999', '1e999'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740991', 9007199254740991],
  ]
  for (const [word, value] of cases) t.strictSame(parseValue(word), { ok: true, value }, word)
})

void t.test('a string that was opened and not closed is an error, not a word', async (t) => {
  t.match(parseValue('"half'), { ok: false, detail: /no JSON string/ })
  t.match(parseValue('"C:\\media"'), { ok: false })
})

void t.test('a value that nests too deep is refused', async (t) => {
  t.ok(parseValue('['.repeat(32) + ']'.repeat(32)).ok)
  t.match(parseValue('['.repeat(34) + ']'.repeat(34)), { ok: false, detail: /deeper than 32/ })
  t.match(parseValue('['.repeat(20_000) + ']'.repeat(20_000)), { ok: false })
})

void t.test('arguments are named, or listed, or none', async (t) => {
  t.strictSame(parseArguments([]), { ok: true, value: {} })
  t.strictSame(parseArguments(['Input=1', 'Value=a=b', 'Text="x y"', 'Empty=']), {
    ok: true,
    value: { Input: 1, Value: 'a=b', Text: 'x y', Empty: '' },
  })
  t.strictSame(parseArguments(['1', 'on', '=x', 'http://x?a=b']), {
    ok: true,
    value: [1, 'on', '=x', 'http://x?a=b'],
  })
})

void t.test('mixed or repeated arguments are an error', async (t) => {
  t.match(parseArguments(['1', 'a=2']), { ok: false, detail: /k=v/ })
  t.match(parseArguments(['a=1', 'a=2']), { ok: false, detail: /twice/ })
})

void t.test('an argument named __proto__ is only an argument', async (t) => {
  const parsed = parseArguments(['__proto__={"x":1}'])
  t.ok(parsed.ok)
  if (parsed.ok) {
    t.strictSame(Object.keys(parsed.value ?? {}), ['__proto__'])
    t.equal(JSON.stringify(parsed.value), '{"__proto__":{"x":1}}')
  }
})
