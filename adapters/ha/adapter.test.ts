import t from 'tap'
import { Value } from 'typebox/value'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { standardActions } from '../../intents/standard.ts'
import { adapter } from './adapter.ts'
import { messageOf } from './command.ts'
import { watching } from './link.fixture.ts'
import { placeOf } from './options.ts'
import { matcher } from './reporter.ts'

const device = 'house' as DeviceId // any name will do
const { options } = watching({})

function planned(
  intent: Parameters<typeof adapter.plan>[0],
  reported = new Map<string, Json>(),
): Json {
  const plan = adapter.plan(intent, options, reported)
  return plan.ok ? messageOf(plan.command) : `${plan.failure.code}: ${plan.failure.detail}`
}
const fire = (action: string, args: Json = null, reported?: Map<string, Json>) =>
  planned({ verb: 'fire', device, action, args }, reported)
const set = (path: string, value: Json) => planned({ verb: 'set', device, path, value })
const call = (domain: string, service: string, service_data: Json) => ({
  type: 'call_service',
  domain,
  service,
  service_data,
})

// developer documents, "WebSocket API", "Calling a service action" and "Fire an event"
void t.test('a service goes out as Home Assistant documents it', async (t) => {
  t.strictSame(
    fire('light.turn_on', { entity_id: 'light.kitchen', color_name: 'beige', brightness: 101 }),
    call('light', 'turn_on', { entity_id: 'light.kitchen', color_name: 'beige', brightness: 101 }),
  )
  t.strictSame(
    fire('call_service', {
      domain: 'light',
      service: 'turn_on',
      data: { brightness: 101 },
      target: { entity_id: 'light.kitchen', area_id: ['studio'] },
      response: true,
    }),
    {
      ...call('light', 'turn_on', {
        entity_id: 'light.kitchen',
        area_id: ['studio'],
        brightness: 101,
      }),
      return_response: true,
    },
  )
  t.strictSame(
    fire('fire_event', { event_type: 'mydomain_event', event_data: { device_id: 'my-device-id' } }),
    {
      type: 'fire_event',
      event_type: 'mydomain_event',
      event_data: { device_id: 'my-device-id' },
    },
  )
  t.strictSame(
    fire('hue.activate_scene', { group_name: 'Studio', deep: { a: [1] } }),
    call('hue', 'activate_scene', { group_name: 'Studio', deep: { a: [1] } }),
    'one that is in no table',
  )
})

void t.test('whom a call is for may be written in any usual way', async (t) => {
  const both = call('light', 'turn_off', { entity_id: ['light.a', 'light.b'] })
  t.strictSame(fire('light.turn_off', { entity_id: ['light.a', 'light.b'] }), both)
  t.strictSame(fire('light.turn_off', { entity_id: 'light.a, light.b' }), both)
  t.strictSame(fire('light.turn_off', ['light.a', 'light.b']), both)
  t.strictSame(fire('light.turn_off', { target: { entity_id: ['light.a', 'light.b'] } }), both)
  t.match(fire('light.turn_off', { area_id: 'studio' }), { service_data: { area_id: 'studio' } })
  t.match(fire('light.turn_on', { entity_id: 'light.a', brightness: '80' }), {
    service_data: { brightness: 80 },
  })
})

void t.test('what is wrong is refused by its name, and nothing is sent', async (t) => {
  t.match(fire('light.turn_on', {}), /malformed: light\.turn_on needs entity_id/)
  t.match(fire('light.turn_on', { entity_id: 'Key' }), /malformed: argument "entity_id"/)
  t.match(
    fire('light.turn_on', { entity_id: 'light.a', brightness: 256 }),
    /"brightness" must be a whole number from 0 to 255/,
  )
  t.match(
    fire('light.turn_on', { entity_id: 'light.a', rgb_color: [1, 2] }),
    /"rgb_color" must be a list/,
  )
  t.match(
    fire('lock.lock', { entity_id: 'lock.a', kode: 1 }),
    /no argument "kode"; it takes .*code/,
  )
  t.match(
    fire('cover.set_cover_position', { entity_id: 'cover.a' }),
    /needs the argument "position"/,
  )
  t.match(
    fire('media_player.repeat_set', { entity_id: 'media_player.a', repeat: 'two' }),
    /one of off, all, one/,
  )
  t.match(fire('call_service', { domain: 'light' }), /needs the argument "service"/)
  t.match(fire('call_service', { domain: 'light/../', service: 'x' }), /"domain" must be text/)
  t.match(fire('get_state', { entity_id: 'x' }), /"entity_id" must be text \(light\.key\)/)
  t.match(fire('hue.scene', 3), /takes an object, got a number/)
  t.match(fire('get_sates'), /not-found: no action "get_sates"; near: get_states/)
  t.match(
    fire('light.set', { light: 'Key', levl: 1 }),
    /light\.set takes an object of: light, level, and no "levl"/,
  )
})

void t.test('a value of a path is the service that leads to it', async (t) => {
  t.strictSame(set('light.key', true), call('light', 'turn_on', { entity_id: 'light.key' }))
  t.strictSame(set('light.key', 'off'), call('light', 'turn_off', { entity_id: 'light.key' }))
  t.strictSame(
    set('light.key/brightness', 128),
    call('light', 'turn_on', { entity_id: 'light.key', brightness: 128 }),
  )
  t.strictSame(set('lock.door', 'locked'), call('lock', 'lock', { entity_id: 'lock.door' }))
  t.strictSame(set('cover.a', 'closed'), call('cover', 'close_cover', { entity_id: 'cover.a' }))
  t.strictSame(
    set('cover.a/current_position', 40),
    call('cover', 'set_cover_position', { entity_id: 'cover.a', position: 40 }),
  )
  t.strictSame(
    set('climate.a', 'heat'),
    call('climate', 'set_hvac_mode', { entity_id: 'climate.a', hvac_mode: 'heat' }),
  )
  t.strictSame(set('climate.a', 'off'), call('climate', 'turn_off', { entity_id: 'climate.a' }))
  t.strictSame(
    set('media_player.a', 'playing'),
    call('media_player', 'media_play', { entity_id: 'media_player.a' }),
  )
  t.strictSame(
    set('input_number.a', 4.5),
    call('input_number', 'set_value', { entity_id: 'input_number.a', value: 4.5 }),
  )
  t.strictSame(
    set('group.all_lights', false),
    call('homeassistant', 'turn_off', { entity_id: 'group.all_lights' }),
  )
  t.match(set('sensor.t', 1), /malformed: "sensor\.t": a sensor cannot be set/)
  t.match(set('lock.door', 'ajar'), /takes locked, unlocked/)
  t.match(set('light.key/colour', 1), /can be set of a light: brightness, /)
  t.match(set('key', true), /is no entity: expected light\.key/)
})

void t.test('a message goes to the service or the entity that Home Assistant has', async (t) => {
  const told = { message: 'hi' }
  t.strictSame(fire('message.send', { text: 'hi' }), call('notify', 'notify', told))
  t.strictSame(
    fire('message.send', { text: 'hi', to: 'mobile_app_anna' }),
    call('notify', 'mobile_app_anna', told),
  )
  const reported = new Map<string, Json>([
    ['services', ['notify']],
    ['services/notify', ['notify', 'send_message']],
  ])
  t.strictSame(
    fire('message.send', { text: 'hi', to: 'notify.anna' }, reported),
    call('notify', 'send_message', { entity_id: 'notify.anna', message: 'hi' }),
  )
  t.match(fire('message.send', { text: 'hi', to: 'light.key' }), /malformed: argument "to"/)
})

void t.test('after a reconnect only what differs and harms nobody is set again', async (t) => {
  const lasting = new Map<string, Json>([
    ['light.key', true],
    ['light.fill', false],
    ['light.fill/brightness', 100],
    ['light.spot', true],
    ['light.spot/brightness', 100],
    ['light.away', true],
    ['lock.door', 'locked'],
    ['cover.a', 'closed'],
    ['climate.a/temperature', 19],
    ['media_player.a', 'playing'],
    ['media_player.a/volume_level', 0.5],
    ['input_number.a', 5],
  ])
  const reported = new Map<string, Json>([
    ['light.key', 'off'],
    ['light.fill', 'on'],
    ['light.spot', 'on'],
    ['light.spot/brightness', 20],
    ['light.away', 'unavailable'],
    ['lock.door', 'unlocked'],
    ['cover.a', 'open'],
    ['climate.a/temperature', 24],
    ['media_player.a', 'idle'],
    ['media_player.a/volume_level', 0.1],
    ['input_number.a', '5.0'],
  ])
  t.strictSame(adapter.resync(lasting, reported), [
    'light.key',
    'light.fill',
    'light.spot/brightness',
    'media_player.a/volume_level',
  ])
})

void t.test(
  'an announced Home Assistant becomes its options, and a hostile one leads nowhere',
  async (t) => {
    const found = (txt: Record<string, string>, port = 8123) =>
      adapter.discovery?.optionsOf({
        name: 'Home',
        host: '10.0.0.7',
        port,
        txt: new Map(Object.entries(txt)),
      })
    // developer documents, "Instance discovery"
    t.strictSame(
      found({
        location_name: 'Home',
        uuid: '0f',
        version: '2024.5.1',
        internal_url: 'http://10.0.0.7:8123',
      }),
      { host: '10.0.0.7', port: 8123 },
    )
    t.strictSame(found({ internal_url: 'https://ha.lan:8123' }), {
      host: '10.0.0.7',
      port: 8123,
      tls: true,
    })
    t.strictSame(
      found({ internal_url: 'https://evil.example/' }),
      { host: '10.0.0.7', port: 8123 },
      'never a host of the text',
    )
    t.equal(found({ landingpage: 'True' }), null)
    t.equal(found({}, 0), null)
  },
)

void t.test('options mean one place, and a preview shows no secret', async (t) => {
  const at = (given: Parameters<typeof watching>[0]) => placeOf(watching(given).options)
  t.match(at({ host: 'ha.lan', port: 8123 }), {
    origin: 'http://ha.lan:8123',
    socket: 'ws://ha.lan:8123/api/websocket',
  })
  t.match(at({ url: 'https://ha.example.org/base/' }), {
    socket: 'wss://ha.example.org/base/api/websocket',
    prefix: '/base',
  })
  t.match(at({ host: 'fd00::7', tls: true }), { socket: 'wss://[fd00::7]:1/api/websocket' })
  t.equal(at({ url: 'http://' }), null)
  const plan = adapter.plan(
    { verb: 'fire', device, action: 'lock.lock', args: 'lock.door' },
    options,
    new Map(),
  )
  t.strictSame(plan.ok && adapter.preview?.(plan.command, options), {
    to: 'ws://127.0.0.1:1/api/websocket',
    text: '{"type":"call_service","domain":"lock","service":"lock","service_data":{"entity_id":"lock.door"}}',
    bytes: null,
  })
})

void t.test('patterns are stars and letters, and as quick as they are long', async (t) => {
  t.ok(matcher('*')('light.key'))
  t.ok(matcher('light.*')('light.key'))
  t.ok(matcher('*.studio_*')('lock.studio_door'))
  t.ok(matcher('light.key')('light.key'))
  t.notOk(matcher('light.key')('light.key2'))
  t.notOk(matcher('light.*')('switch.key'))
  t.notOk(matcher('a*a')('a'))
  t.notOk(matcher('*a*a*a*a*b')('a'.repeat(255)))
})

void t.test(
  'its options have what a config needs, and its standard actions are those of the table',
  async (t) => {
    const filled = Value.Default(adapter.options, { token: 'x' })
    t.ok(Value.Check(adapter.options, filled))
    const names = adapter.actions(options).map(({ name }) => name)
    t.equal(
      new Set(names.filter((name) => !name.includes('*'))).size,
      names.filter((name) => !name.includes('*')).length,
      'each once',
    )
    for (const name of ['light.set', 'message.send', 'media.play', 'media.pause', 'audio.level'])
      t.ok(names.includes(name) && standardActions.has(name), name)
  },
)
