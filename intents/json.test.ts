import t from 'tap'
import { jsonIn } from './json.ts'

void t.test('JSON is taken as it is, and what is none is nothing', (t) => {
  t.same(jsonIn('{"a":[1,null,"ü"]}'), { a: [1, null, 'ü'] })
  t.equal(jsonIn('null'), null)
  t.equal(jsonIn('{"a":'), undefined)
  t.equal(jsonIn(''), undefined)
  t.end()
})

void t.test('what is nested deeper than anybody may walk is not taken', (t) => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  t.not(jsonIn(nested(64)), undefined)
  t.equal(jsonIn(nested(70)), undefined)
  t.equal(jsonIn('{"a":'.repeat(70) + '1' + '}'.repeat(70)), undefined)
  t.equal(jsonIn(nested(50_000)), undefined)
  t.throws(
    () => JSON.stringify(JSON.parse(nested(50_000))),
    RangeError,
    'control: whoever walks it runs out of stack',
  )
  t.end()
})
