import t from 'tap'
import { unknownName } from './template-names.ts'
import { planText, textPlans } from './template-text.ts'
import { fill, lineText, readArgs, template } from './template.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'

const device = 'relay' as DeviceId // any name will do
const options = {
  actions: { on: 'RELAY {n} {state}', json: '{"cmd": "{n}"}', all: 'ALL\r\n' },
  sets: { level: 'LEVEL {value}', odd: '{n}' },
  terminator: '\r\n',
}
const plans = textPlans(options, 100)
const plan = (action: string, args: Json) => planText({ verb: 'fire', device, action, args }, plans)
const text = (action: string, args: Json) => {
  const planned = plan(action, args)
  return planned.ok ? planned.command.bytes.toString() : planned.failure.detail
}

void t.test('arguments fill their places by name, in order, or as the only one', async (t) => {
  t.equal(text('on', { n: 3, state: true }), 'RELAY 3 true\r\n')
  t.equal(text('on', [3, 'ON']), 'RELAY 3 ON\r\n')
  t.equal(text('json', 7), '{"cmd": "7"}\r\n', 'other braces stand for themselves')
  t.equal(text('all', null), 'ALL\r\n', 'the terminator is not doubled')
})

void t.test('a missing, unknown or wrong argument is named', async (t) => {
  t.equal(text('on', { n: 3 }), 'argument "state" is missing: it takes n, state')
  t.equal(text('all', [1]), 'argument "1" is not known: it takes none')
  t.equal(
    text('on', { n: [1], state: 1 }),
    'argument "n": expected text, a number or a boolean, got a list',
  )
  t.match(text('on', JSON.parse('{"__proto__": 1}') as Json), /"__proto__" is not known/)
})

void t.test('an argument cannot bring a second command', async (t) => {
  const evil = 'ON\r\nRELAY 9'
  t.match(text('on', [1, evil]), /"state": expected text without line breaks/)
  const filled = fill(template('{n}'), new Map([['n', evil]]), { ...lineText, write: (x) => x })
  t.match(filled, { ok: true, value: evil }, 'control: without the rule it would')
})

void t.test('raw sends text with the terminator, or bytes as they are', async (t) => {
  t.equal(text('raw', { text: 'PING' }), 'PING\r\n')
  const planned = plan('raw', { hex: '81 01:04 00 02 FF' })
  t.equal(planned.ok && planned.command.bytes.toString('hex'), '8101040002ff')
  for (const args of [null, {}, { text: 'a', hex: '00' }, { hex: '1' }, { hex: 'xy' }, { text: 1 }])
    t.match(plan('raw', args), { ok: false, failure: { code: 'malformed', reached: 'no' } })
})

void t.test('a set fills {value} and nothing else, and has a bounded size', async (t) => {
  const set = (path: string, value: Json) =>
    planText({ verb: 'set', device, path, value }, textPlans(options, 20))
  const planned = set('level', 0.5)
  t.equal(planned.ok && planned.command.bytes.toString(), 'LEVEL 0.5\r\n')
  t.match(set('odd', 1), { failure: { detail: /place \{n\}/ } })
  t.match(set('level', 'x'.repeat(30)), { failure: { detail: 'command of 38 bytes, at most 20' } })
  t.match(set('lvel', 1), {
    failure: { code: 'not-found', detail: 'no path "lvel"; near: level, odd' },
  })
})

void t.test('the likest names come first and the text stays short', async (t) => {
  const names = Array.from({ length: 500 }, (_, n) => `Action${n}`.padEnd(100, 'x'))
  const { failure } = unknownName('action', 'StartRecordng', [...names, 'StartRecording'])
  t.ok(failure.detail.startsWith('no action "StartRecordng"; near: StartRecording, '))
  t.ok(failure.detail.length <= 500)
  t.ok(unknownName('action', 'x'.repeat(100_000), names).failure.detail.length <= 500)
})

void t.test('a place used twice takes one argument', async (t) => {
  const made = template('{a}-{b}-{a}')
  const read = readArgs([...new Set(made.names)], [1, 2])
  t.match(read.ok && fill(made, read.value, lineText), { ok: true, value: '1-2-1' })
})
