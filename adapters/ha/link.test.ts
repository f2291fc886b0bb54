import t, { type Test } from 'tap'
import type { Ack } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { adapter } from './adapter.ts'
import { soon, watching } from './link.fixture.ts'
import type { HaOptions } from './options.ts'
import { type HaSimulatorOptions, simulate } from './simulator.ts'

const device = 'house' as DeviceId // any name will do

/** A house, a link to it that is up, and a way to ask it something. */
async function connected(t: Test, given: Partial<HaOptions> = {}, sim: HaSimulatorOptions = {}) {
  const house = await simulate(sim)
  const { options, context, reports } = watching({ port: house.port, ...given })
  const link = adapter.open(options, context)
  t.teardown(async () => {
    await link.close()
    await house.close()
  })
  await context.until(() => context.up === true)
  async function fire(action: string, args: Json = null, signal = soon()): Promise<Ack | Failure> {
    const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
    if (!plan.ok) return plan.failure
    return link.send(plan.command, signal).catch((error: unknown) => {
      if (error instanceof DeliveryError) return error.failure
      throw error
    })
  }
  async function set(path: string, value: Json): Promise<Ack> {
    const plan = adapter.plan({ verb: 'set', device, path, value }, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, soon())
  }
  return { house, link, context, reports, fire, set }
}

void t.test('each kind of thing of a studio confirms by its own state', async (t) => {
  const { fire, set, reports } = await connected(t)
  const calls: readonly (readonly [action: string, args: Json])[] = [
    ['light.turn_on', { entity_id: 'light.on_air', rgb_color: [255, 0, 0], brightness_pct: 50 }],
    ['light.toggle', 'light.on_air'],
    ['light.turn_on', { entity_id: 'light.key_light', brightness: 200 }], // cannot be dimmed
    ['light.set', { light: 'Fill', level: 0.5 }],
    ['light.set', { light: 'fill_light', level: 0 }],
    ['switch.turn_on', 'switch.monitor_wall'],
    ['homeassistant.turn_off', ['switch.monitor_wall', 'light.on_air']],
    ['scene.turn_on', 'scene.interview'],
    ['script.turn_on', 'script.blink'],
    ['automation.trigger', 'automation.motion'],
    ['automation.turn_off', 'automation.motion'],
    ['button.press', 'button.restart_encoder'],
    ['cover.close_cover', 'cover.blackout'],
    ['cover.set_cover_position', { entity_id: 'cover.blackout', position: 40 }],
    ['climate.set_temperature', { entity_id: 'climate.studio', temperature: 19.5 }],
    ['climate.set_hvac_mode', { entity_id: 'climate.studio', hvac_mode: 'fan_only' }],
    ['lock.lock', 'lock.studio_door'],
    ['media.play', { input: 'Monitor' }],
    ['media.pause', { input: 'media_player.monitor' }],
    ['audio.level', { input: 'Monitor', level: 0.25 }],
    ['audio.mute', { input: 'Monitor' }],
    ['input_number.set_value', { entity_id: 'input_number.level', value: 42 }],
    ['input_text.set_value', { entity_id: 'input_text.tally', value: 'live' }],
    ['input_select.select_option', { entity_id: 'input_select.mode', option: 'live' }],
    ['call_service', { domain: 'fan', service: 'turn_on', target: { entity_id: 'fan.rack' } }],
    ['get_states', null],
    ['get_state', 'climate.studio'],
  ]
  for (const [action, args] of calls) t.equal(await fire(action, args), 'confirmed', action)
  t.equal(await set('light.fill_light/brightness', 77), 'confirmed')
  t.equal(await set('lock.studio_door', 'unlocked'), 'confirmed')
  t.equal(reports.get('light.fill_light/brightness'), 77)
  t.equal(reports.get('cover.blackout'), 'open')
  t.equal(reports.get('climate.studio/temperature'), 19.5, 'asked for with all its attributes')
  t.equal(reports.get('media_player.monitor/volume_level'), 0.25)
})

void t.test(
  'what shows nothing in the house is sent, when Home Assistant has answered',
  async (t) => {
    const { house, fire } = await connected(t)
    t.equal(await fire('message.send', { text: 'ON AIR' }), 'sent')
    t.equal(
      await fire('tts.speak', {
        entity_id: 'tts.voice',
        media_player_entity_id: 'media_player.monitor',
        message: 'quiet',
      }),
      'sent',
    )
    t.equal(
      await fire('onvif.ptz', { entity_id: 'camera.door', pan: 'LEFT', move_mode: 'RelativeMove' }),
      'sent',
    )
    t.equal(
      await fire('fire_event', { event_type: 'studio_on_air', event_data: { by: 'anna' } }),
      'sent',
    )
    t.equal(await fire('light.turn_on', { area_id: 'studio' }), 'sent')
    t.strictSame(house.received().at(0), 'notify.notify {"message":"ON AIR"}')
    t.strictSame(house.received().at(3), 'fire_event studio_on_air {"by":"anna"}')
  },
)

void t.test(
  'a yes that no lamp follows is a failure, and one that follows late is not',
  async (t) => {
    const { house, fire } = await connected(t)
    house.fault('ignore')
    t.match(await fire('light.turn_on', 'light.key_light'), {
      code: 'timeout',
      reached: 'yes',
      detail: 'Home Assistant took light.turn_on, but light.key_light is off and not on',
    })
    const late = fire('light.turn_on', 'light.key_light')
    await house.until(2, soon())
    house.house.change('light.key_light', 'on')
    t.equal(await late, 'confirmed', 'its own report, after the answer')
    t.equal(await fire('light.turn_on', 'light.key_light'), 'confirmed', 'it is on already')
  },
)

void t.test('a newer command for the same lamp lets the older one go', async (t) => {
  const { house, fire } = await connected(t, { confirmMs: 5000 })
  house.fault('ignore')
  const first = fire('light.turn_on', 'light.key_light')
  await house.until(1, soon())
  house.fault('none')
  t.equal(await fire('light.turn_off', 'light.key_light'), 'confirmed')
  t.equal(await first, 'sent', 'Home Assistant took it; what it led to cannot be seen any more')
})

void t.test('commands for one lamp keep their order, and others do not wait for it', async (t) => {
  const { house, fire } = await connected(t)
  house.fault('hang')
  const first = fire('light.turn_on', 'light.key_light')
  await house.until(1, soon())
  house.fault('none')
  const second = fire('light.turn_off', 'light.key_light')
  t.equal(await fire('light.turn_on', 'light.on_air'), 'confirmed', 'another lamp')
  t.equal(house.count(), 2, 'the second waits for the answer to the first')
  const scene = fire('scene.turn_on', 'scene.interview')
  const after = fire('light.turn_off', 'light.on_air')
  t.match(await fire('light.turn_on', 'light.key_light', AbortSignal.timeout(50)), {
    code: 'timeout',
    reached: 'no',
  })
  house.release()
  t.strictSame(await Promise.all([first, second, scene, after]), Array(4).fill('confirmed'))
  t.strictSame(
    house.received().map((line) => line.replace(/ .*"(.*)".*/, ' $1')),
    [
      'light.turn_on light.key_light',
      'light.turn_on light.on_air',
      'light.turn_off light.key_light',
      'scene.turn_on scene.interview',
      'light.turn_off light.on_air',
    ],
    'a scene overtakes nothing, and nothing overtakes it',
  )
})

void t.test(
  'an entity that is not there is refused with the ones like it, and nothing is sent',
  async (t) => {
    const { house, fire, context, reports } = await connected(t)
    t.match(await fire('light.turn_on', 'light.key_ligt'), {
      code: 'not-found',
      reached: 'no',
      detail: /no light\.key_ligt; near: light\.key_light/,
    })
    t.match(await fire('light.set', { light: 'Kay', level: 1 }), { code: 'not-found' })
    t.equal(house.count(), 0)
    house.house.change('light.key_ligt', 'off')
    await context.until(() => reports.has('light.key_ligt'))
    t.equal(await fire('light.turn_on', 'light.key_ligt'), 'confirmed', 'control: it is there now')
  },
)

void t.test('what a service answers is reported, where Home Assistant has answers', async (t) => {
  const call = { entity_id: 'light.key_light', response: true }
  const now = await connected(t)
  t.equal(await now.fire('light.turn_on', call), 'confirmed')
  t.strictSame(now.reports.get('response/light.turn_on'), { 'light.key_light': {} })
  const old = await connected(t, {}, { version: '2023.6.3' })
  t.equal(await old.fire('light.turn_on', call), 'confirmed')
  t.equal(old.reports.has('response/light.turn_on'), false)
})
