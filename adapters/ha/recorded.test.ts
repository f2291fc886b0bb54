import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { adapter } from './adapter.ts'
import { soon, watching } from './link.fixture.ts'
import { messageOf } from './command.ts'
import { entityOf } from './entity.ts'
import { messagesOf } from './message.ts'
import { openStates } from './states.ts'
import * as recorded from './recorded.fixture.ts'

const device = 'house' as DeviceId // any name will do

async function connected(t: Test, token = 'a-long-lived-token') {
  const server = await recorded.replay()
  const { options, context, reports } = watching({
    port: server.port,
    token,
    pingMs: 100,
    replyMs: 200,
  })
  const link = adapter.open(options, context)
  t.teardown(async () => {
    await link.close()
    await server.close()
  })
  const send = (action: string, args: Json) => {
    const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, soon())
  }
  return { server, context, reports, send }
}

void t.test('a lamp of a recorded Home Assistant is on when its frames say so', async (t) => {
  const { server, context, reports, send } = await connected(t)
  await context.until(() => context.up === true)
  t.equal(reports.get('version'), '2021.3.0.dev0')
  t.equal(reports.get('light.key_light'), 'off')
  t.equal(reports.get('input_number.level'), '0.0')
  t.equal(reports.get('light.key_light/friendly_name'), 'Key')
  t.equal(await send('light.turn_on', { entity_id: 'light.key_light' }), 'confirmed')
  t.equal(reports.get('light.key_light'), 'on')
  t.equal(reports.get('input_boolean.studio_light'), 'on', 'and what else it led to')
  const said = server.asked.map((text) => JSON.parse(text) as { type?: string; id?: number })
  const calls = said.filter(({ type }) => type === 'call_service')
  const { id, ...asked } = JSON.parse(recorded.asked) as { id: number }
  t.ok(id > 0)
  t.match(calls, [asked], 'it is asked as the recorded client asked')
  const ids = said.flatMap(({ id }) => (id === undefined ? [] : [id]))
  t.strictSame(
    ids,
    ids.toSorted((a, b) => a - b),
    'its ids only grow',
  )
})

void t.test('a service that it does not have is refused with its own words', async (t) => {
  const { server, context, send } = await connected(t)
  await context.until(() => context.up === true)
  const error = await send('light.nope', {}).catch((error: unknown) => error)
  t.ok(error instanceof DeliveryError)
  t.match(error, {
    failure: { code: 'refused', reached: 'yes', detail: /not_found: Service not found\./ },
  })
  const { id: _, ...asked } = JSON.parse(recorded.askedUnknown) as Record<string, Json>
  const [said] = server.asked.filter((text) => text.includes('"nope"'))
  t.match(JSON.parse(said ?? ''), asked, 'it is asked as the recorded client asked')
})

void t.test('a refused token is told as such', async (t) => {
  const { context } = await connected(t, 'bad')
  await context.until(() => context.up === false)
  t.match(context.details.at(-1), /does not take the token: Invalid access token or password/)
})

void t.test('one that gives no sign of life any more is away', async (t) => {
  // the replay answers no ping
  const { context } = await connected(t)
  await context.until(() => context.up === true)
  await context.until(() => context.up === false)
  t.match(context.details.at(-1), /no answer in time/)
})

void t.test('each recorded frame is read as what it is', async (t) => {
  t.strictSame(messagesOf(recorded.authRequired), [{ type: 'auth_required' }])
  t.strictSame(messagesOf(recorded.authOk), [{ type: 'auth_ok', version: '2021.3.0.dev0' }])
  t.strictSame(messagesOf(recorded.unknownCommand), [
    { type: 'error', id: 67, code: 'unknown_command', text: 'Unknown command.' },
  ])
  t.match(messagesOf(recorded.done), [{ type: 'result', id: 6 }])
  const both = messagesOf(`[${recorded.studioOn},${recorded.keyOn}]`)
  t.match(
    both,
    [
      { type: 'event', id: 3 },
      { type: 'event', id: 3 },
    ],
    'coalesced, as since 2022.9',
  )
  t.strictSame(messagesOf('{"id": 9, "type": "pong"}'), [{ type: 'pong', id: 9 }])
  t.strictSame(messagesOf('{"id": 9, "type": "zzz"}'), [{ type: 'other' }], 'newer: passed over')
  for (const nonsense of [
    '',
    '}{',
    '3',
    '[3]',
    '{}',
    '{"type":"result","id":"1"}',
    '{"type":"event","id":1,"event":2}',
  ])
    t.equal(messagesOf(nonsense), null, nonsense)
})

void t.test('the call of a recorded client is what the same intent makes', async (t) => {
  const { id: _, ...asked } = JSON.parse(recorded.asked) as Record<string, Json>
  const { options } = watching({})
  const intent = { verb: 'fire', device, action: 'light.turn_on', args: 'light.key_light' } as const
  const plan = adapter.plan(intent, options, new Map())
  t.strictSame(plan.ok && messageOf(plan.command), asked)
})

// subscribe_entities (2022.4) was not to be recorded here. Its form: core, `State.as_compressed_state` and
// `websocket_api.messages`; `home-assistant-js-websocket` 9.7, `StatesUpdates`.
void t.test('compressed states are added, changed, and taken away', async (t) => {
  const told: (string | null)[] = []
  const states = openStates((id, entity) => told.push(id, entity?.state ?? null))
  const say = (event: string) => states.compressed(JSON.parse(event) as Record<string, Json>)
  states.restart()
  say(
    '{"a":{"light.key":{"s":"on","a":{"brightness":128,"effect":"none"},"c":"01HX","lc":1716210000.5},"sensor.t":{"s":"21.5","a":{},"c":"01HY","lc":1716210000.5,"lu":1716210001.5}}}',
  )
  t.strictSame(
    states.entities.get('light.key'),
    entityOf('on', { brightness: 128, effect: 'none' }),
  )
  say('{"c":{"light.key":{"+":{"lu":1716210002.5,"c":"01HZ","a":{"brightness":64}}}}}')
  t.strictSame(states.entities.get('light.key'), entityOf('on', { effect: 'none', brightness: 64 }))
  say(
    '{"c":{"light.key":{"+":{"s":"off","lc":1716210003.5,"c":{"id":"01J0","parent_id":null,"user_id":"u"}},"-":{"a":["brightness","effect"]}}}}',
  )
  t.strictSame(states.entities.get('light.key'), entityOf('off', {}))
  say('{"r":["light.key"]}')
  t.equal(states.entities.has('light.key'), false)
  say('{"c":{"light.key":{"+":{"s":"on"}}}}')
  t.equal(states.entities.has('light.key'), false, 'a difference to nothing is none')
  t.strictSame(told, [
    'light.key',
    'on',
    'sensor.t',
    '21.5',
    'light.key',
    'on',
    'light.key',
    'off',
    'light.key',
    null,
  ])
  states.restart()
  say('{"a":{"light.new":{"s":"on","a":{},"c":"01K0","lc":1716210009.5}}}')
  t.strictSame([...states.entities.keys()], ['light.new'], 'a new connection says all there is')
})
