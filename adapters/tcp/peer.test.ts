import t from 'tap'
import {
  connack,
  connectBody,
  publishBody,
  startBroker,
  subscribeBody,
  suback,
} from '../mqtt.fixture.ts'
import { drive, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

const tools = needs({ mosquitto: 'mosquitto', mosquitto_sub: 'mosquitto-clients' })

/** MQTT as the config of a generic device says it: the size stands behind the first byte. */
const mqtt = (port: number) => ({
  host: '127.0.0.1',
  port,
  framing: { type: 'length', bytes: 1, header: 1 },
  answers: 'hex',
  hello: [
    { hex: `10 ${connectBody}`, reply: connack },
    { hex: `82 ${subscribeBody}`, reply: suback },
  ],
  polls: [{ hex: 'c0', reply: '^d0$', everyMs: 200 }],
  actions: {
    publish: { hex: `30 ${publishBody}`, answered: false },
    // the reserved packet type 0 (section 2.2.1): the broker closes the connection
    wrong: { hex: '00', reply: '^never$' },
  },
  // PUBLISH of topic "tally" with one digit
  reports: [{ pattern: '^30000574616c6c793([0-9])$', path: 'tally' }],
})

void t.test('mosquitto is greeted, published to, listened to, and pinged', tools, async (t) => {
  const { broker, tcp } = await startBroker(t)
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
  const { fire, isUp, until, reported } = drive(t, adapter, mqtt(tcp))
  await isUp()
  await broker.until(/New client connected from .* as infra/) // the control: the CONNACK is its own
  t.equal(await fire('publish', ['GO 7']), 'sent')
  await sub.until(/cue GO 7/)
  start(t, 'mosquitto_pub', ['-h', '127.0.0.1', '-p', `${tcp}`, '-t', 'tally', '-m', '1'])
  await until(() => reported.get('tally') === 1)
  await broker.until(/PINGRESP to infra[^]*PINGRESP to infra/)
  t.pass('asked for its sign of life again and again')
})

void t.test(
  'what mosquitto does not take confirms nothing, and it is greeted anew',
  tools,
  async (t) => {
    const { tcp } = await startBroker(t)
    const { fire, isUp, states } = drive(t, adapter, mqtt(tcp))
    await isUp()
    t.match(await fire('wrong'), { code: 'unreachable', reached: 'maybe' })
    t.equal(states.at(-1)?.[0], false)
    await isUp()
    t.equal(await fire('publish', ['again']), 'sent')
  },
)

void t.test('a broker that is killed and comes back is used again', tools, async (t) => {
  const { broker, tcp } = await startBroker(t)
  const { isUp, until, states } = drive(t, adapter, mqtt(tcp))
  await isUp()
  await broker.end()
  await until(() => states.at(-1)?.[0] === false)
  start(t, 'mosquitto', ['-p', `${tcp}`])
  await isUp()
  t.pass('greeted again')
})
