import t from 'tap'
import type { Json } from '../intents/json.ts'
import { dataPath, findAll } from './data-path.ts'
import { reports, type ReportOptions } from './report-rule.ts'
import { saidText } from './said.ts'

/** What stands at a path of a text, with what its stars stood for. */
function found(text: string, source: string): unknown {
  const path = dataPath(source)
  if (!path.ok) return path.detail
  const tree = saidText(text).tree()
  return tree === null
    ? null
    : findAll(tree, path.path).map(({ value, stars }) => [...stars, value])
}

void t.test('names, numbers, quotes and stars find what they say', async (t) => {
  const json = '{"a":{"b":[1,{"c.d":2}]},"e":null,"__proto__":{"x":1}}'
  t.strictSame(found(json, 'a.b.0'), [[1]])
  t.strictSame(found(json, 'a.b.1."c.d"'), [[2]])
  t.strictSame(found(json, 'e'), [[null]])
  t.strictSame(found('[[1,2],[3]]', '*.*'), [
    ['0', '0', 1],
    ['0', '1', 2],
    ['1', '0', 3],
  ])
  for (const nowhere of ['a.c', 'a.b.2', 'a.b.c', 'e.f', 'constructor', 'a.length', 'a.b.length'])
    t.strictSame(found(json, nowhere), [], nowhere)
  for (const wrong of ['.', 'a.', '.a', 'a..b', '"a', 'a"b"', Array(40).fill('a').join('.')])
    t.match(found(json, wrong), /is no path/, wrong)
})

void t.test('an element of XML is found whether it is there once or more often', async (t) => {
  for (const more of ['', '<i n="2">y</i>'])
    t.match(found(`<r><i n="1">x &lt; y</i>${more}</r>`, 'r.i.*.@n'), [['0', '1']])
  t.strictSame(found('<r><i n="1">x &lt; y</i></r>', 'r.i'), [['x < y']])
  t.strictSame(found('<r><i/></r>', 'r.i'), [['']])
  for (const hostile of [
    '<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>',
    '<r>'.repeat(1000),
    '<r><unclosed></r>',
  ])
    t.notMatch(found(hostile, 'r'), [[/aaaa/]])
})

void t.test('what a hostile answer holds is bounded', async (t) => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  t.strictSame(found(deep, ''), [])
  const wide = JSON.stringify(Array.from({ length: 2000 }, () => [1, 2]))
  t.equal((found(wide, '*.*') as unknown[]).length, 1000)
  t.strictSame(found(JSON.stringify(['x'.repeat(70_000), 'y']), '*'), [['1', 'y']], 'too long')
})

function told(text: string, ...rules: readonly ReportOptions[]): Readonly<Record<string, Json>> {
  const compiled = reports(rules)
  if (!compiled.ok) throw new Error(compiled.detail)
  const all: Record<string, Json> = {}
  compiled.report(saidText(text), (path, value) => (all[path] = value))
  return all
}

void t.test('a text that is a number becomes one, and others stay as they are', async (t) => {
  const value = (text: string, as?: ReportOptions['as']) =>
    told(text, { pattern: '^(.*)$', path: 'x', ...(as === undefined ? {} : { as }) })['x']
  for (const [text, wanted] of [
    ['12', 12],
    ['-0.5', -0.5],
    ['007', '007'],
    ['1e5', '1e5'],
    ['12345678901234567', '12345678901234567'],
    ['', ''],
  ] as const)
    t.equal(value(text), wanted, text)
  t.equal(value('007', 'number'), 7)
  t.equal(value('seven', 'number'), null)
  t.equal(value(' ON ', 'boolean'), true)
  t.equal(value('off', 'boolean'), false)
  t.equal(value('7', 'text'), '7')
})

void t.test('groups and stars fill the path and the value', async (t) => {
  t.strictSame(
    told('IN 2 "Cam"', { pattern: '^IN (?<n>\\d+) "(.*)"$', path: 'in/{n}', value: '{2}' }),
    {
      'in/2': 'Cam',
    },
  )
  t.strictSame(told('POWER', { pattern: '^POWER$', path: 'on' }), { on: true })
  t.strictSame(told('A 1', { pattern: '^A (\\d)', path: 'a', value: { n: '{1}', t: 'x{1}{9}' } }), {
    a: { n: 1, t: 'x1{9}' },
  })
  t.strictSame(told('{"a":{"x":"1"}}', { at: 'a.*', path: 'v/{1}' }), { 'v/x': '1' })
})
