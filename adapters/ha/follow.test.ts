import t, { type Test } from 'tap'
import { adapter } from './adapter.ts'
import { soon, watching } from './link.fixture.ts'
import type { HaOptions } from './options.ts'
import { type HaSimulator, type HaSimulatorOptions, simulate } from './simulator.ts'

/** A house and a link to it. */
async function linked(t: Test, given: Partial<HaOptions> = {}, sim: HaSimulatorOptions = {}) {
  const house = await simulate(sim)
  return { house, ...linkTo(t, house, given) }
}

function linkTo(t: Test, house: HaSimulator, given: Partial<HaOptions> = {}) {
  const { options, context, reports } = watching({ port: house.port, ...given })
  const link = adapter.open(options, context)
  t.teardown(async () => {
    await link.close()
    await house.close()
  })
  const shows = (path: string, value: unknown) =>
    context.until(() => JSON.stringify(reports.get(path)) === JSON.stringify(value))
  return { link, context, reports, shows }
}

for (const version of ['2024.5.1', '2022.4.0', '2021.3.0.dev0'])
  void t.test(`${version}: what somebody does in the room is seen`, async (t) => {
    const { house, reports, shows, link, context } = await linked(t, {}, { version })
    await context.until(() => context.up === true)
    t.equal(reports.get('binary_sensor.motion'), 'off')
    house.house.change('binary_sensor.motion', 'on')
    await shows('binary_sensor.motion', 'on')
    house.house.change('light.fill_light', 'on', { brightness: 9 })
    await shows('light.fill_light/brightness', 9)
    house.house.change('light.new', 'on')
    await shows('light.new', 'on')
    house.house.change('light.new', null)
    await shows('light.new', null)
    const asks = version === '2021.3.0.dev0' ? 'subscribe_events' : 'subscribe_entities'
    t.equal(house.asked().includes('subscribe_entities'), asks === 'subscribe_entities')
    t.match(
      await link.test(soon()),
      new RegExp(`Home Assistant ${version} answered in \\d+ ms; \\d+ entities`),
    )
  })

void t.test('a version that says it can and cannot is followed in the older way', async (t) => {
  const { house, shows } = await linked(t, {}, { version: '2022.3.9' })
  house.house.change('binary_sensor.motion', 'on')
  await shows('binary_sensor.motion', 'on')
  t.notOk(house.asked().includes('subscribe_entities'))
})

void t.test(
  'areas, devices and services are reported, and read again when they change',
  async (t) => {
    const { house, link, shows, reports } = await linked(t)
    await shows('areas/studio', { name: 'Studio', entities: ['light.key_light'] })
    await shows('devices/d2', {
      name: 'Monitor wall',
      area: 'control_room',
      manufacturer: 'Simulated',
      model: 'S1',
    })
    t.match(reports.get('services/lock'), ['lock', 'open', 'unlock'])
    const plan = (action: string) =>
      adapter.plan(
        { verb: 'fire', device: 'x' as never, action, args: {} },
        watching({}).options,
        reports,
      )
    t.match(plan('lock.lok'), {
      ok: false,
      failure: { code: 'not-found', detail: /near: lock\.lock/ },
    })
    t.match(plan('lok.lock'), {
      ok: false,
      failure: { code: 'not-found', detail: /near: lock\.lock/ },
    })
    t.match(
      plan('lock.lock'),
      { ok: false, failure: { code: 'malformed' } },
      'control: that one is known',
    )
    house.house.areas.push({ area_id: 'foyer', name: 'Foyer' })
    const event = { type: 'fire_event', event: 'area_registry_updated', data: {} } as const
    t.equal(await link.send(event, soon()), 'sent')
    await shows('areas/foyer', { name: 'Foyer', entities: [] })
  },
)

void t.test('only what the config wants is reported', async (t) => {
  const { shows, reports } = await linked(t, {
    entities: ['light.*', '*.studio_*'],
    attributes: [],
  })
  await shows('light.key_light', 'off')
  const entities = [...reports.keys()].filter((path) => /^[a-z_]+\.[a-z_/]+$/.test(path))
  t.ok(entities.includes('input_boolean.studio_light') && entities.includes('lock.studio_door'))
  t.notOk(entities.includes('switch.monitor_wall'))
  t.notOk(
    entities.some((path) => path.includes('/')),
    'no attributes',
  )
})

void t.test('what is gone when it comes back is told, and what changed meanwhile', async (t) => {
  const { house, context, shows } = await linked(t)
  await context.until(() => context.up === true)
  house.drop()
  house.house.change('switch.monitor_wall', null)
  house.house.change('binary_sensor.motion', 'on')
  await context.until(() => context.up === false)
  await shows('switch.monitor_wall', null)
  await shows('binary_sensor.motion', 'on')
})

void t.test('a token that is not taken is told, tried seldom, and used when it is', async (t) => {
  const { house, context } = await linked(
    t,
    { tokenRetryMs: 300 },
    { wanted: 'another-one-it-wants' },
  )
  await context.until(() => context.up === false)
  t.match(context.details.at(-1), /does not take the token/)
  house.wants('a-long-lived-token')
  const began = performance.now()
  await context.until(() => context.up === true)
  t.ok(performance.now() - began > 200, 'not at once')
})

void t.test(
  'frames that are too large, or none of this protocol, end the connection only',
  async (t) => {
    for (const frame of ['x'.repeat(17 * 1024 * 1024), '<html>', '{"id":1,"type":"result"}']) {
      const { house, context } = await linked(t)
      await context.until(() => context.up === true)
      house.say(frame)
      await context.until(() => context.up === false)
      t.match(context.details.at(-1), /more than 16 MiB|what Home Assistant does not/)
      await context.until(() => context.up === true)
    }
  },
)

void t.test('answers and events of nobody are passed over', async (t) => {
  const { house, context, link, shows } = await linked(t)
  await context.until(() => context.up === true)
  house.say('[{"id":9999,"type":"result","success":true,"result":null},{"id":9999,"type":"pong"}]')
  house.say('{"id":9999,"type":"event","event":{"a":{"light.ghost":{"s":"on","a":{}}}}}')
  house.say('{"id":9999,"type":"result","success":false,"error":{"code":"x","message":"y"}}')
  house.house.change('binary_sensor.motion', 'on')
  await shows('binary_sensor.motion', 'on')
  t.match(await link.test(soon()), /answered/)
  t.equal(context.details.length, 1, 'it was up all the time')
})

void t.test('a camera is on the face of a button, and says why it is not', async (t) => {
  const pictures = { door: { entity: 'camera.door', everyMs: 200, width: 320, height: 180 } }
  const token = 'a-long-lived-token'
  const { house, context, shows } = await linked(t, { pictures }, { wanted: token })
  await shows('pictures/door', 'live')
  t.match(context.pictures.get('door'), { type: 'image/jpeg' })
  t.equal(context.pictures.get('door')?.bytes[0], 0xff)
  house.camera(null)
  await shows('pictures/door', 'it answers 503')
  house.camera({ type: 'image/jpeg', bytes: Buffer.alloc(300 * 1024) })
  await shows('pictures/door', 'it is larger than 256 KiB: ask for fewer pixels')
  house.camera({ type: 'image/jpeg', bytes: Buffer.from('<html>') })
  await shows('pictures/door', 'it is no JPEG and no PNG')
  t.notOk(context.pictures.has('door'), 'an old picture is none of what can be seen now')
  house.camera({ type: 'application/octet-stream', bytes: Buffer.from('89504e470d0a1a0a', 'hex') })
  await shows('pictures/door', 'live')
  t.match(context.pictures.get('door'), { type: 'image/png' })
})

void t.test('the secrets that a camera carries are not reported', async (t) => {
  const { house, shows, reports } = await linked(t, { attributes: ['*'] })
  house.house.change('camera.door', 'idle', {
    access_token: 'S3CR3T',
    entity_picture: '/x?token=S3CR3T',
    model: 'C1',
  })
  await shows('camera.door/model', 'C1')
  t.notOk(JSON.stringify([...reports]).includes('S3CR3T'))
})
