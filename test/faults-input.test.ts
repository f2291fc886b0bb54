import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { JsonObject } from '../intents/json.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { type HubProcess, list, newRoom } from './hub-process.ts'
import { audit, eventsOf } from './record.ts'
import { lineClient } from './senders.ts'

t.setTimeout(120_000)

const intents = '/api/v1/intents'
const good = { verb: 'fire', device: 'relay', action: 'hit', args: { n: 1 } }
const fire = (change: JsonObject) => JSON.stringify({ intent: { ...good, ...change } })

/** What is sent, and the status and code that answer it. */
const bad: readonly (readonly [
  name: string,
  path: string,
  body: string | Uint8Array,
  status: number,
  code: string,
])[] = [
  ['unknown device', intents, fire({ device: 'ghost' }), 404, 'unknown-device'],
  ['unknown action', intents, fire({ action: 'fly' }), 404, 'unknown-action'],
  ['wrong argument type', intents, fire({ args: { n: { deep: 1 } } }), 422, 'bad-argument'],
  ['missing argument', intents, fire({ args: {} }), 422, 'bad-argument'],
  ['a line break in an argument', intents, fire({ args: ['1\nHIT 2'] }), 422, 'bad-argument'],
  [
    'unknown macro',
    intents,
    JSON.stringify({ intent: { verb: 'run', macro: 'ghost' } }),
    404,
    'unknown-macro',
  ],
  [
    'unknown name',
    intents,
    JSON.stringify({ intent: { verb: 'do', name: 'fly.away' } }),
    404,
    'unknown-name',
  ],
  [
    'unknown path',
    intents,
    JSON.stringify({ intent: { verb: 'set', device: 'relay', path: 'ghost', value: 1 } }),
    404,
    'unknown-path',
  ],
  [
    'unknown run',
    intents,
    JSON.stringify({ intent: { verb: 'cancel', run: '019283b2-7c1e-7abc-8def-0123456789ab' } }),
    404,
    'unknown-run',
  ],
  ['unknown verb', intents, JSON.stringify({ intent: { verb: 'explode' } }), 422, 'bad-argument'],
  ['unknown page', '/api/v1/controls/7/0/0/press', '{}', 404, 'unknown-control'],
  ['unknown control', '/api/v1/controls/1/9/9/press', '{}', 404, 'unknown-control'],
  ['oversized body', intents, fire({ args: { n: 'x'.repeat(300_000) } }), 413, 'too-large'],
  ['deep JSON', intents, `{"intent":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400, 'too-deep'],
  ['invalid UTF-8', intents, Buffer.from('7b2261223a22ff227d', 'hex'), 400, 'invalid-utf8'],
  ['no JSON', intents, '{"intent":', 400, 'malformed-json'],
  [
    'a number beyond a double',
    intents,
    fire({}).replace('"n":1', '"n":1e999'),
    400,
    'malformed-json',
  ],
]

async function goesOn(t: Test, hub: HubProcess, after: string): Promise<void> {
  const { status, body } = await hub.submit(good, { wait: 'outcome' })
  t.match({ status, body }, { status: 200, body: { outcome: { type: 'confirmed' } } }, after)
}

void t.test('bad input is answered with what is wrong with it, and the hub goes on', async (t) => {
  const relay = await lineDevice(t)
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n` +
      `surfaces:\n  touch: { type: osc, port: 0 }\n  framed: { type: osc, transport: tcp-slip, port: 0 }\n` +
      `  lines: { type: tcp, port: 0 }\n  datagrams: { type: udp, port: 0 }\n` +
      `pages:\n  1:\n    0/0: { press: { fire: relay, action: hit, args: [1] } }\n`,
  )
  const hub = await room.start()

  const refused: string[] = []
  for (const [name, path, raw, status, code] of bad) {
    const answer = await hub.post(path, undefined, raw)
    t.match(answer, { status, body: { status, code, detail: /.{10}/ } }, name)
    if (answer.body['id'] !== undefined) refused.push(String(answer.body['id']))
    await goesOn(t, hub, `after ${name}`)
  }

  // OSC: too short, no comma, a length beyond the end, a bundle in a bundle without end, an unknown address
  const garbage = [
    '',
    '2f',
    'ffffffff',
    '2f61000078000000',
    '2f6100002c620000ffffffff',
    '2362756e646c6500000000000000000100ffffff',
    '2f6e6f7768657265000000002c000000',
  ].map((hex) => Buffer.from(hex, 'hex'))
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  const from = `127.0.0.1:${socket.address().port}`
  const rounds = 30
  const [touch, datagrams] = [await hub.port('touch'), await hub.port('datagrams')]
  const rejectedAt = async (surface: string) => {
    const { body } = await hub.get('/api/v1/surfaces')
    const found = list(body['surfaces']).find(({ name }) => name === surface)
    return Number(found?.['rejected'])
  }
  for (let round = 0; round < rounds; round++) {
    for (const port of [touch, datagrams])
      for (const bytes of garbage)
        await new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve))
    await goesOn(t, hub, `after garbage, round ${round + 1}`)
  }
  t.equal(await rejectedAt('touch'), rounds * garbage.length, 'every malformed packet is counted')

  const framed = connect(await hub.port('framed'), '127.0.0.1')
  await once(framed, 'connect')
  framed.on('error', () => framed.destroy())
  framed.end(Buffer.from('c0db00c0c0ffffffc0', 'hex'))
  framed.resume()
  await once(framed, 'close')
  await goesOn(t, hub, 'after wrong SLIP')

  const lines = await lineClient(t, await hub.port('lines'))
  const wrong = [
    'EXPLODE',
    'FIRE',
    'FIRE ghost hit 1',
    'FIRE relay fly',
    'SET relay level',
    'HOLD maybe',
  ]
  wrong.push(
    'RUN ghost',
    'LOCATION 1/9/9 PRESS',
    `FIRE relay hit ${'['.repeat(20_000)}`,
    '\u0000\u0001',
  )
  for (const line of wrong) lines.write(line)
  lines.write('x'.repeat(100_000))
  lines.write('FIRE relay hit last')
  const answers = await lines.answers(wrong.length + 2)
  for (const [i, answer] of answers.slice(0, -1).entries())
    t.match(
      answer,
      /^-ERR [a-z-]+ .+/,
      `line ${JSON.stringify(wrong[i] ?? 'too long').slice(0, 30)}`,
    )
  t.match(answers.at(-1), /^\+OK \S+ confirmed$/)
  await goesOn(t, hub, 'after wrong lines')
  await hub.end()

  const lives = await audit(t, room)
  t.ok(refused.length >= 8, `control: ${refused.length} of them named an intent`)
  for (const id of refused) t.same(lives.get(id)?.ends, ['refused'], 'a refusal is in the record')
  t.notOk(
    relay.got.some((line) => line !== 'HIT 1' && line !== 'HIT last'),
    'nothing of it reached the device',
  )
  const rejected = eventsOf(room.data).filter((event) => event.type === 'InputRejected')
  const at = (name: string) => rejected.filter(({ surface }) => surface === name)
  const sum = (name: string) => at(name).reduce((all, { count }) => all + count, 0)
  t.equal(sum('touch'), rounds * garbage.length, 'the entries count every one')
  t.ok(at('touch').length < rounds, `at a bounded rate: ${at('touch').length} entries`)
  t.equal(at('touch')[0]?.source, `osc:${from}`, 'with where it came from')
  t.ok(sum('datagrams') > 0)
  t.ok(sum('framed') > 0)
  t.ok(sum('lines') > 5)
  t.ok(
    rejected.some(({ source }) => source.startsWith('http:')),
    'HTTP, too',
  )
})
