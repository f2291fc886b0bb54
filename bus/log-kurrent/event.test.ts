import { hash } from 'node:crypto'
import t from 'tap'
import type { BusEvent } from '../../intents/event.ts'
import type { Instant, IntentId } from '../../intents/id.ts'
import { encodeEntry, encodeEvent, firstPrevious } from '../entry.ts'
import { bodiesOf } from '../log.contract.ts'
import { eventOf } from './event.ts'
import { streamOf } from './stream.ts'
import { doubleFor, logAt } from './try.fixture.ts'

const never = new AbortController().signal
const intent = '019283b2-7c1e-7abc-8def-0123456789ab' as IntentId // of the right form

void t.test(
  'every body comes back byte for byte, also where JSON written anew would differ',
  async (t) => {
    const bodies = [
      '{"10":1,"9":2,"b":1,"a":2}', // a JSON parser puts 9 before 10
      '{"a":"\\u0061\\/\\u00e9\\ud83c\\udfac"}', // escapes that nobody needs
      '{"a":"🎬 片 é e\u0301 \u2028\u2029"}',
      '{"n":1.0,"m":1E400,"k":-0,"big":12345678901234567890}',
      ' { "spaced" : true } ',
      '\ufeff{"bom":1}',
      '\u0000\u0001\u007f',
      '{"a":1,"a":2}',
    ]
    const double = await doubleFor(t)
    const log = await logAt(double.url, 'a')
    await log.append(bodies, 'durable')
    const kept = double.events(streamOf('a'))
    t.same(
      kept.map(({ data }) => Buffer.from(data)),
      bodies.map((text) => Buffer.from(text)),
      'the server has the bytes as they are',
    )
    t.same(await bodiesOf(log.read(null, never)), bodies)
    t.same(
      (await log.tail(100)).map(({ body }) => body),
      bodies,
    )
    t.notSame(
      bodies.map((text) => {
        try {
          return JSON.stringify(JSON.parse(text))
        } catch {
          return text
        }
      }),
      bodies,
      'a JSON event of the client would have changed some',
    )
    await log.close()
  },
)

void t.test('an entry is an event of its own type, with what led to it', async (t) => {
  const entry = (hseq: number, event: BusEvent) =>
    encodeEntry({ hub: 'hub-a', hseq, hprev: firstPrevious }, 5 as Instant, encodeEvent(event))
  const double = await doubleFor(t)
  const log = await logAt(double.url, 'a')
  await log.append(
    [
      entry(1, { type: 'HubStopped', reason: 'test' }),
      entry(2, {
        type: 'IntentAccepted',
        submission: {
          id: intent,
          trace: 'trace-1',
          cause: { intent: '019283b2-0000-7abc-8def-0123456789ab' as IntentId, step: 1 },
          intent: { verb: 'hold', on: true },
          actor: { type: 'api', id: 'test' },
          at: 5 as Instant,
          source: 'test',
          expiresAt: null,
        },
      }),
      entry(3, { type: 'AttemptStarted', intent, attempt: 1 }),
      '{"event":{"type":"$metadata"}}',
      '[]',
    ],
    'durable',
  )
  const kept = double.events(streamOf('a'))
  t.same(
    kept.map(({ type, metadata }) => [type, JSON.parse(Buffer.from(metadata).toString())]),
    [
      ['HubStopped', { hub: 'hub-a', hseq: '1' }],
      [
        'IntentAccepted',
        {
          $correlationId: 'trace-1',
          $causationId: '019283b2-0000-7abc-8def-0123456789ab',
          hub: 'hub-a',
          hseq: '2',
        },
      ],
      ['AttemptStarted', { $correlationId: intent, $causationId: intent, hub: 'hub-a', hseq: '3' }],
      ['Line', {}],
      ['Line', {}],
    ],
  )
  t.ok(kept.every(({ contentType }) => contentType === 'application/octet-stream'))
  await log.close()
})

void t.test('an id is made of the text and its place: the same line again has the same', (t) => {
  const idOf = (body: string, line: number) => eventOf(body, line).event.id
  const hex = hash('sha256', '7\nbody', 'hex')
  t.match(idOf('body', 7), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.ok(idOf('body', 7).startsWith(hex.slice(0, 8)))
  t.equal(idOf('body', 7), idOf('body', 7))
  t.not(idOf('body', 7), idOf('body', 8))
  t.not(idOf('body', 7), idOf('Body', 7))
  t.end()
})

void t.test('the size of an append is counted as the server counts it', (t) => {
  // the server's own test: type "type", 3 bytes of data, 2 of metadata make 13
  const { event, bytes } = eventOf('abc', 1)
  t.equal(bytes, event.data.length + 2 + 2 * event.type.length)
  t.equal(bytes, 3 + '{}'.length + 2 * 'Line'.length)
  t.end()
})
