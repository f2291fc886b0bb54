import t from 'tap'
import { jsonFaultAt } from './json-fault.ts'
import { jsonOfText } from './json-body.ts'

void t.test('the place of a fault is that of the first token that does not fit', async (t) => {
  // RFC 8259: each text and the offset where its grammar (section 2) is left
  const faults: readonly (readonly [string, number])[] = [
    ['', 0],
    ['  ', 2],
    ['hello', 0],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{,}', 1],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{"a":1]', 6],
    ["{'a':1}", 1],
    ['["\n"]', 1],
    ['["\\x"]', 1],
    ['01', 1],
    ['[1.]', 2],
    ['{} {}', 3],
    ['{"a":[{"b":nul}]}', 11],
    ['[', 1],
  ]
  for (const [text, at] of faults) {
    t.throws(() => JSON.parse(text), `control: ${text} is not JSON`)
    t.equal(jsonFaultAt(text), at, text)
  }
})

void t.test('what is JSON is read as it stands', async (t) => {
  for (const text of ['null', '-1.5e3', '"\\u00e9\\n"', '[]', '{}', ' [1, {"a": [true]}] '])
    t.strictSame(jsonOfText(text), JSON.parse(text))
})
