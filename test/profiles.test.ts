import t from 'tap'
import type { JsonObject } from '../intents/json.ts'
import { devicesOf, openStage, type Stage } from './stage.ts'

// Profiles of macros/profiles/, bound to a studio of simulators as a site binds them, each to its end and with a device killed.

t.setTimeout(180_000)

type Devices = Parameters<typeof devicesOf>[0]

/** A site that binds these profiles to its three devices. */
const site =
  (profiles: JsonObject) =>
  (devices: Devices): JsonObject => ({ site: 'studio', devices: devicesOf(devices), profiles })

const liveProduction = {
  'live-production': {
    roles: { switcher: 'switcher', recorder: 'recorder', lights: 'house', sign: 'house' },
  },
}

const on = ({ house }: Stage, id: string) => house.house.things.get(id)?.state === 'on'

void t.test('live-production: on air, and off again', async (t) => {
  const stage = await openStage(
    t,
    ({ switcher }) => (switcher.studio.active = 5),
    site(liveProduction),
  )
  const is = () => [
    on(stage, 'light.key_light'),
    stage.switcher.studio.active === 1,
    stage.switcher.studio.streams[0],
    stage.recorder.studio.record.active,
    on(stage, 'light.on_air'),
  ]
  t.same(is(), Array(5).fill(false), 'control: nothing runs')
  t.equal(await stage.outcome(await stage.run('live_production')), 'confirmed')
  t.same(is(), Array(5).fill(true))
  t.equal(await stage.outcome(await stage.run('end_live_production')), 'confirmed')
  t.same(is(), Array(5).fill(false))
})

void t.test(
  'live-production: the recorder dies on the way, and what was done is undone',
  async (t) => {
    const stage = await openStage(
      t,
      ({ switcher }) => (switcher.studio.active = 5),
      site(liveProduction),
    )
    const { switcher, recorder } = stage
    recorder.fault('hang')
    const run = await stage.run('live_production')
    await recorder.until(1, AbortSignal.timeout(30_000))
    t.ok(switcher.studio.streams[0], 'control: it streams by now')
    await stage.kill('recorder')
    t.equal(await stage.outcome(run), 'failed')
    const back = await stage.over('end_live_production')
    t.match((await stage.over('live_production_steps')).steps, [
      /light\.set: confirmed/,
      /switch\.program: confirmed/,
      'switcher streaming = true: confirmed',
      'recorder recording = true: failed',
      'run end_live_production: failed',
    ])
    t.match(back.steps, [
      /light\.set: confirmed/,
      'recorder recording = false: failed',
      'switcher streaming = false: confirmed',
      /switch\.program: confirmed/,
      /light\.set: confirmed/,
    ])
    t.notOk(switcher.studio.streams[0])
    t.equal(switcher.studio.active, 5)
    for (const id of ['light.key_light', 'light.on_air']) t.notOk(on(stage, id), `${id} is off`)
  },
)

void t.test('redundant-stream: the spare takes over where the main encoder dies', async (t) => {
  const roles = { main: 'switcher', spare: 'recorder', sign: 'house', messages: 'house' }
  const stage = await openStage(t, () => {}, site({ 'redundant-stream': { roles } }))
  await stage.run('redundant_stream')
  await stage.until('it is on air', () => on(stage, 'light.on_air'))
  t.notOk(stage.recorder.studio.stream.active, 'control: the spare does not stream')
  await stage.kill('switcher')
  await stage.until('it is told', () => stage.told().length > 0)
  t.ok(stage.recorder.studio.stream.active)
  t.match(stage.told(), [/The spare streams now/])
})

void t.test('motion-recording and production-alert, on the same devices at once', async (t) => {
  const stage = await openStage(
    t,
    () => {},
    site({
      'motion-recording': {
        roles: { sensor: 'house', recorder: 'recorder', second: 'switcher', messages: 'house' },
      },
      'production-alert': {
        roles: { messages: 'house', beacon: 'house' },
        parameters: { text: 'Lunch.', pause: '20ms' },
      },
    }),
  )
  const both = () => [stage.recorder.studio.record.active, stage.switcher.studio.recording]
  const watch = await stage.run('motion_recording')
  // a message is read by nobody who would say so
  t.equal(await stage.outcome(await stage.run('production_alert')), 'sent')
  t.match(stage.told(), [/Lunch\./])
  t.same(both(), [false, false], 'control: nobody moved yet')
  stage.house.house.change('binary_sensor.motion', 'on')
  await stage.until('both record', () => both().every(Boolean))
  stage.house.house.change('binary_sensor.motion', 'off')
  t.equal(await stage.outcome(watch), 'sent')
  t.same(both(), [false, false])
})
