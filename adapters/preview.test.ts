import t from 'tap'
import { Value } from 'typebox/value'
import type { Static, TObject } from 'typebox'
import type { DeviceId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import type { Adapter, Preview } from './adapter.ts'
import { adapter as http } from './http/adapter.ts'
import { adapter as osc } from './osc/adapter.ts'
import { adapter as tcp } from './tcp/adapter.ts'
import { adapter as udp } from './udp/adapter.ts'
import { adapter as vmix } from './vmix/adapter.ts'

const device = 'd' as DeviceId
const fire = (action: string, args: Json): DeviceIntent => ({ verb: 'fire', device, action, args })

/** What an adapter would send, with the defaults of its options filled in. */
function previewed<O extends TObject, C>(
  adapter: Adapter<O, C>,
  given: object,
  intent: DeviceIntent,
): Preview | undefined {
  const options = Value.Default(adapter.options, structuredClone(given)) as Static<O> // the tests give what is required
  const plan = adapter.plan(intent, options, new Map())
  if (!plan.ok) throw new Error(plan.failure.detail)
  return adapter.preview?.(plan.command, options)
}

const hex = (preview: Preview | undefined) =>
  preview?.bytes == null ? null : Buffer.from(preview.bytes).toString('hex')

void t.test(
  'OSC is shown as its address and arguments, and as the bytes of the specification',
  (t) => {
    // OSC 1.0, "Examples": 440.0 to /oscillator/4/frequency
    const packet = '2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000'
    const peer = { host: '10.0.0.6', port: 9000 }
    const intent = fire('/oscillator/4/frequency', [{ type: 'f', value: 440 }])
    const overUdp = previewed(osc, peer, intent)
    t.match(overUdp, { to: 'udp 10.0.0.6:9000', text: '/oscillator/4/frequency f:440' })
    t.equal(hex(overUdp), packet)
    // OSC 1.1: END (0xc0) around each packet; OSC 1.0: its size as an int32 before it
    t.equal(hex(previewed(osc, { ...peer, transport: 'tcp-slip' }, intent)), `c0${packet}c0`)
    t.equal(hex(previewed(osc, { ...peer, transport: 'tcp-length' }, intent)), `00000020${packet}`)
    const mixed = fire('/x', [
      true,
      null,
      'ä',
      [1, 2],
      { type: 'b', value: 'AQI=' },
      { type: 'h', value: '9007199254740993' },
    ])
    t.equal(
      previewed(osc, peer, mixed)?.text,
      '/x T:true N:null s:"ä" [i:1 i:2] b:0102 h:9007199254740993',
    )
    t.end()
  },
)

void t.test('vMix is shown as the line of its TCP API, and when it would not be sent', (t) => {
  const shown = previewed(vmix, {}, fire('SetText', { Input: 3, Value: 'Hello world' }))
  t.equal(shown?.text, 'FUNCTION SetText Input=3&Value=Hello%20world')
  t.equal(shown?.to, 'tcp 127.0.0.1:8099')
  t.equal(
    hex(shown),
    Buffer.from('FUNCTION SetText Input=3&Value=Hello%20world\r\n').toString('hex'),
  )
  const toggle = previewed(vmix, {}, { verb: 'set', device, path: 'fadeToBlack', value: true })
  t.match(toggle?.text, /^FUNCTION FadeToBlack\n\(not where fadeToBlack is true already\)$/)
  t.end()
})

void t.test('text devices are shown as the text and its bytes', (t) => {
  const options = {
    host: '10.0.0.7',
    port: 5000,
    actions: { on: 'RELAY {n} ON' },
    terminator: '\r\n',
  }
  for (const [protocol, shown] of [
    ['tcp', previewed(tcp, options, fire('on', { n: 2 }))],
    ['udp', previewed(udp, options, fire('on', { n: 2 }))],
  ] as const) {
    t.match(shown, { to: `${protocol} 10.0.0.7:5000`, text: '"RELAY 2 ON\\r\\n"' })
    t.equal(hex(shown), '52454c41592032204f4e0d0a')
  }
  t.end()
})

void t.test('HTTP is shown as its request, and who we are there is not', (t) => {
  const actions = {
    say: { method: 'POST', path: '/say/{who}', query: { q: '{n}' }, json: { n: '{n}' } },
  }
  const say = fire('say', { who: 'a b', n: 1 })
  const lines = (given: object) => previewed(http, { actions, ...given }, say)?.text.split('\n')
  t.same(lines({ url: 'http://10.0.0.8:8080/api/', token: 'topsecret' }), [
    'POST /api/say/a%20b?q=1 HTTP/1.1',
    'host: 10.0.0.8:8080',
    'content-type: application/json',
    'authorization: Bearer (not shown)',
    'content-length: 7',
    '',
    '{"n":1}',
  ])
  for (const given of [
    { url: 'http://anna:topsecret@10.0.0.8' },
    { url: 'http://10.0.0.8', user: 'anna', password: 'topsecret' },
  ]) {
    const shown = lines(given)?.join('\n') ?? ''
    t.match(shown, 'authorization: Basic (not shown)')
    t.notMatch(shown, 'topsecret')
    t.notMatch(previewed(http, { actions, ...given }, say)?.to, 'topsecret')
  }
  t.notMatch(lines({ url: 'http://10.0.0.8' })?.join('\n'), 'authorization', 'control')
  t.end()
})
