import { readFileSync } from 'node:fs'
import t from 'tap'
import { allProfiles, checkProfile } from '../hub/runs/profile.ts'
import type { DeviceId } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import { devicesOf, openStage, type Stage } from './stage.ts'

// Profiles of macros/profiles/, bound to a studio of simulators as a site binds them (config/studio.yaml binds all of them), each to its end
// and with a device killed.

t.setTimeout(180_000)
t.jobs = 3 // each has a studio of its own

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

const colour = ({ house }: Stage) => house.house.things.get('light.on_air')?.attributes['rgb_color']
const red = [255, 0, 0]
const amber = [255, 160, 0]

void t.test('the studio that ships fills every role of every profile', async (t) => {
  for (const { name } of allProfiles())
    t.match(await checkProfile(name, 'config/studio.yaml'), { ok: true }, name)
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] }
  for (const file of ['macros/profiles', 'config/studio.yaml'])
    t.ok(files.includes(file), `${file} is in the package`)
})

void t.test('emergency-shutdown: all is off, and what was away is when it is back', async (t) => {
  const stage = await openStage(t, ({ switcher, recorder, house }) => {
    switcher.studio.streams[0] = true
    switcher.studio.recording = true
    recorder.studio.record.active = true
    house.house.change('light.on_air', 'on')
  })
  await stage.kill('recorder')
  t.equal(await stage.outcome(await stage.run('emergency_shutdown')), 'failed')
  const { studio } = stage.switcher
  t.match(studio, { active: 5, recording: false, streams: [false] })
  await stage.until('it is told', () => stage.told().some((one) => one.includes('NOT complete')))
  await stage.revive('recorder')
  await stage.until('it is told', () => stage.told().some((one) => one.includes('is complete')))
  t.match((await stage.over('emergency_shutdown_rest')).run, { state: 'done' })
  t.notOk(on(stage, 'light.on_air'))
})

void t.test('motion-recording: goes on with its watch after the hub was killed', async (t) => {
  const stage = await openStage(t)
  await stage.run('motion_recording')
  await stage.restart('killed')
  const both = () => [stage.switcher.studio.recording, stage.recorder.studio.record.active]
  t.same(both(), [false, false], 'control: nobody is there')
  stage.house.house.change('binary_sensor.motion', 'on')
  await stage.until('both record', () => both().every(Boolean))
  stage.house.house.change('binary_sensor.motion', 'off')
  t.match(await stage.over('motion_recording'), { run: { state: 'done' } })
  t.same(both(), [false, false])
})

void t.test('redundant-stream: where the spare is gone, too, the sign goes off', async (t) => {
  const stage = await openStage(t)
  const run = await stage.run('redundant_stream')
  await stage.until('it is on air', () => on(stage, 'light.on_air'))
  await stage.kill('recorder')
  await stage.kill('switcher')
  t.equal(await stage.outcome(run), 'failed')
  await stage.until('it is told', () => stage.told().some((one) => one.includes('NO STREAM')))
  t.notOk(on(stage, 'light.on_air'))
})

void t.test(
  'redundant-stream: a stream that ends at the encoder is taken over, and one that is ended by hand is not',
  async (t) => {
    const stage = await openStage(t)
    const streams = () => stage.recorder.studio.stream.active
    await stage.run('redundant_stream')
    await stage.until('it is on air', () => on(stage, 'light.on_air'))
    t.equal(await stage.outcome(await stage.run('end_redundant_stream')), 'confirmed')
    t.notOk(streams())
    t.equal(stage.newest('take_over_redundant_stream'), undefined, 'ended by hand')

    await stage.run('redundant_stream')
    await stage.until('it is on air', () => on(stage, 'light.on_air'))
    await stage.submit({
      verb: 'fire',
      device: 'switcher' as DeviceId,
      action: 'StopStreaming',
      args: {},
    })
    await stage.until('the spare streams', streams)
  },
)

void t.test('on-air-light: red while the recorder records, amber while nobody knows', async (t) => {
  const stage = await openStage(t)
  const record = async (value: boolean) => {
    const intent = {
      verb: 'set',
      device: 'recorder' as DeviceId,
      path: 'recording',
      value,
    } as const
    return stage.outcome(await stage.submit(intent))
  }
  t.equal(await record(true), 'confirmed')
  await stage.until('the light is red', () => on(stage, 'light.on_air'))
  t.same(colour(stage), red)
  await record(false)
  await stage.until('the light is off', () => !on(stage, 'light.on_air'))

  await record(true)
  await stage.until('the light is red', () => on(stage, 'light.on_air'))
  await stage.kill('recorder')
  await stage.until('it is told', () => stage.told().length === 1)
  t.same(colour(stage), amber)
  t.match(stage.told(), [/lost in a recording/])
  await stage.revive('recorder')
  await stage.until('it is known that it does not record', () => !on(stage, 'light.on_air'))
  t.match((await stage.over('on_air_light_unknown')).run, { state: 'done' })
  t.notOk(on(stage, 'light.on_air'))
})

void t.test('camera-handover: to camera 2, and back where the backup dies', async (t) => {
  const stage = await openStage(t)
  const { switcher, recorder, house } = stage
  const tally = () => house.house.things.get('input_text.tally')?.state
  t.equal(await stage.outcome(await stage.run('hand_over_camera')), 'confirmed')
  t.ok(on(stage, 'switch.cameras'))
  t.match([switcher.studio.active, recorder.studio.program, tally()], [2, 'Guest', 'Camera 2'])
  t.equal(await stage.outcome(await stage.run('hand_back_camera')), 'confirmed')
  t.match([switcher.studio.active, recorder.studio.program, tally()], [1, 'Host', 'Camera 1'])
  await stage.kill('recorder')
  t.equal(await stage.outcome(await stage.run('hand_over_camera')), 'failed')
  await stage.over('hand_back_camera')
  t.same([switcher.studio.active, tally()], [1, 'Camera 1'])
})
