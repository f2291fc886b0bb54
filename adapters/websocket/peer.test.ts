import t from 'tap'
import { connack, startBroker } from '../mqtt.fixture.ts'
import { drive, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

const tools = needs({ mosquitto: 'mosquitto', mosquitto_sub: 'mosquitto-clients' })

/** MQTT over a WebSocket (MQTT 3.1.1 section 6): binary frames, subprotocol mqtt. */
const mqtt = (port: number) => ({
  url: `ws://127.0.0.1:${port}/mqtt`,
  protocols: ['mqtt'],
  answers: 'hex',
  hello: [{ hex: '10 11 0004 4d515454 04 02 003c 0005 696e667261', reply: connack }],
  actions: { cue: { hex: '30 07 0003 637565 47 {n:text}', answered: false } },
})

void t.test('mosquitto takes MQTT over a WebSocket', tools, async (t) => {
  const { broker, tcp, web } = await startBroker(t)
  const sub = start(t, 'stdbuf', [
    '-oL',
    'mosquitto_sub',
    '-h',
    '127.0.0.1',
    '-p',
    `${tcp}`,
    '-t',
    'cue',
    '-v',
    '-d',
  ])
  await sub.until(/Subscribed/)
  const { fire, isUp, states } = drive(t, adapter, mqtt(web))
  await isUp()
  await broker.until(/New client connected from .* as infra/)
  for (const n of ['1', '2', '3', '4', '5']) {
    t.equal(await fire('cue', { n }), 'sent')
    await sub.until(new RegExp(`cue G${n}`))
  }
  t.equal(states.length, 1, 'it stayed up')
})

void t.test('a server that knows no such subprotocol is no device', tools, async (t) => {
  const { web } = await startBroker(t)
  const { states, until } = drive(t, adapter, { ...mqtt(web), protocols: ['nonsense'] })
  await until(() => states.length > 0)
  t.equal(states[0]?.[0], false)
})
