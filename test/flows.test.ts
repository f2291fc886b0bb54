import { readFileSync } from 'node:fs'
import t from 'tap'
import { openStage, profileNames, profileOf, profileText, section, type Stage } from './stage.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Config } from '../config/config.ts'
import { catalogueOf } from '../hub/catalogue.ts'
import { configFrom, parts } from '../hub/core.contract.ts'
import { expand } from '../hub/expand.ts'
import type { Intent } from '../intents/intent.ts'

// The studio's flows as they ship (profiles/), each on simulators to its end, and with one device killed in the middle.

t.setTimeout(180_000)

const on = ({ house }: Stage, id: string) => house.house.things.get(id)?.state === 'on'
const colour = ({ house }: Stage) => house.house.things.get('light.on_air')?.attributes['rgb_color']
const red = [255, 0, 0]
const amber = [255, 160, 0]
const somebody = ({ house }: Stage, state: 'on' | 'off') =>
  house.house.change('binary_sensor.motion', state)

/** What a config asks of its devices, by where it says so. */
function intentsOf({ macros, intents, pages }: Config): readonly [string, readonly Intent[]][] {
  return [
    ...[...macros].map(([name, { steps }]): [string, Intent[]] => [
      name,
      steps.flatMap((step) => ('do' in step ? [step.do] : [])),
    ]),
    ...intents,
    ...[...pages].map(([page, controls]): [string, Intent[]] => [
      `page ${page}`,
      [...controls.values()].flatMap(({ press, hold }) =>
        [press, hold?.do ?? null].filter((one) => one !== null),
      ),
    ]),
  ]
}

void t.test('every profile that ships is whole, and they can be used together', async (t) => {
  t.same(profileNames.toSorted(), [
    'camera-handover',
    'emergency-shutdown',
    'live-production',
    'motion-recording',
    'on-air-light',
    'redundant-stream',
  ])
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] }
  t.ok(files.includes('profiles'), 'they are in the package')
  for (const name of profileNames) {
    const config = configFrom(profileText(name))
    const catalogue = catalogueOf(config, parts.adapters, () => new Map())
    for (const [of, intents] of intentsOf(config))
      for (const intent of intents)
        t.match(
          expand(intent, config, catalogue),
          { ok: true },
          `${name}, ${of}: all it asks exists`,
        )
    t.match(profileText(name, 'README.md'), `--config profiles/${name}/infra.yaml`)
    t.same(section(profileOf(name), 'devices'), section(profileOf('live-production'), 'devices'))
  }
  for (const part of ['pages', 'intents', 'macros']) {
    const keys = profileNames.flatMap((name) => Object.keys(section(profileOf(name), part)))
    t.equal(new Set(keys).size, keys.length, `no two have ${part} of one name`)
  }
})

void t.test('live-production: seven steps forward, and the end of the show', async (t) => {
  const stage = await openStage(t, ({ switcher }) => (switcher.studio.active = 5))
  t.equal(await stage.outcome(await stage.run('live_production')), 'confirmed')
  const { switcher, recorder } = stage
  const seven = () => [
    on(stage, 'light.key_light') && on(stage, 'light.fill_light'),
    on(stage, 'switch.cameras'),
    switcher.studio.active === 1,
    recorder.studio.virtualCamera.active,
    switcher.studio.streams[0],
    recorder.studio.record.active,
    on(stage, 'light.on_air'),
  ]
  t.same(seven(), Array(7).fill(true))
  t.same(colour(stage), red)

  t.equal(await stage.outcome(await stage.run('live_production')), 'failed', 'it is on air already')
  t.match(stage.newest('live_production'), {
    detail: 'step 4: switcher streaming did not become false within 1000 ms',
  })
  t.same(seven(), Array(7).fill(true), 'and stays so')

  t.equal(await stage.outcome(await stage.run('end_live_production')), 'confirmed')
  t.same(seven(), Array(7).fill(false))
})

void t.test(
  'live-production: vMix dies in the fourth step, and what was done is undone',
  async (t) => {
    const stage = await openStage(t, ({ switcher }) => (switcher.studio.active = 5))
    const { recorder } = stage
    recorder.fault('hang')
    const run = await stage.run('live_production')
    await recorder.until(1, AbortSignal.timeout(10_000))
    await stage.kill('switcher')
    recorder.fault('none')
    recorder.release()
    t.equal(await stage.outcome(run), 'failed')
    const back = await stage.over('end_live_production')
    const forward = await stage.over('live_production_steps')
    t.match(forward.run, { state: 'stopped', detail: /^step 5: .*/ })
    t.same(forward.steps, [
      'house light.turn_on: confirmed',
      'house switch.turn_on: confirmed',
      'switcher active = "Camera 1": confirmed',
      'recorder virtualCamera = true: confirmed',
      'switcher streaming = true: failed',
      'run end_live_production: failed',
    ])
    t.same(back.steps, [
      'house light.turn_off: confirmed',
      'recorder recording = false: confirmed',
      'switcher streaming = false: failed',
      'recorder virtualCamera = false: confirmed',
      'switcher active = "Black & Burst": failed',
      'house switch.turn_off: confirmed',
      'house light.turn_off: confirmed',
    ])
    for (const id of ['light.key_light', 'light.fill_light', 'switch.cameras', 'light.on_air'])
      t.notOk(on(stage, id), `${id} is off`)
    t.notOk(recorder.studio.virtualCamera.active)
    t.notOk(recorder.received().includes('StartRecord'), 'the sixth step was never begun')
  },
)

void t.test(
  'motion-recording: both record while somebody is there, also after a restart of the hub',
  async (t) => {
    const stage = await openStage(t)
    const { switcher, house } = stage
    await stage.run('watch_motion')
    await stage.restart('killed')
    const both = () => [switcher.studio.recording, stage.recorder.studio.record.active]
    t.same(both(), [false, false], 'control: nobody is there')
    somebody(stage, 'on')
    await stage.until('it is told', () => stage.told().length === 1)
    t.same(both(), [true, true])
    t.match(stage.told(), [/Motion in the studio. vMix and OBS record/])
    somebody(stage, 'off')
    t.match(await stage.over('motion_recording'), { run: { state: 'done' } })
    t.same(both(), [false, false])

    await stage.kill('recorder')
    somebody(stage, 'on')
    await stage.until('it is told', () => stage.told().length === 2)
    t.match(stage.told().at(-1), /NOT everything records it/)
    t.ok(switcher.studio.recording, 'what can record does')
    t.match((await stage.over('begin_motion_recording')).steps, ['do record_motion: failed'])
    somebody(stage, 'off')
    await stage.until('it is over', () => !switcher.studio.recording)
    const { steps } = await stage.over('end_motion_recording')
    t.same(steps, ['recorder recording = false: failed', 'switcher recording = false: confirmed'])
    t.match(stage.newest('watch_motion'), { state: 'running' }, 'the next one is watched for')
    t.equal(house.received().filter((one) => one.startsWith('notify.')).length, 2)
  },
)

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
  t.match(studio, { fadeToBlack: true, recording: false, streams: [false] })
  t.notOk(on(stage, 'light.on_air'))
  await stage.until('it is told', () => stage.told().length > 0)
  t.match(stage.told(), [/NOT complete/])

  await stage.revive('recorder')
  await stage.until('it is told', () => stage.told().length > 1)
  t.match(stage.told().at(-1), /is complete/)
  t.ok(stage.recorder.received().includes('StopStream'))
  t.match((await stage.over('emergency_finish')).run, { state: 'done' })
  t.equal(await stage.outcome(await stage.run('emergency_shutdown')), 'sent', 'again is no harm')
})

void t.test(
  'redundant-stream: OBS streams when vMix dies, also after a restart of the hub',
  async (t) => {
    const stage = await openStage(t)
    t.equal(await stage.outcome(await stage.run('redundant_stream')), 'confirmed')
    t.ok(stage.switcher.studio.streams[0])
    const guards = await stage.submit({ verb: 'do', name: 'guard_stream', args: {} })
    await stage.restart('stopped')
    await stage.restart('killed')
    t.match(stage.newest('guard_vmix'), { state: 'running', step: 0 }, 'a restart is no failure')
    t.notOk(stage.recorder.studio.stream.active, 'control: vMix streams')
    await stage.kill('switcher')
    await stage.until('it is told', () => stage.told().length === 1)
    t.ok(stage.recorder.studio.stream.active)
    t.match(stage.told(), [/OBS streams now/])
    t.ok(on(stage, 'light.on_air'))
    t.match(await stage.over('guard_vmix'), { run: { state: 'done' } })

    await stage.revive('switcher')
    await stage.until('the other guard has seen it', () => stage.told().length === 2)
    t.equal(await stage.outcome(guards), 'sent', 'to make OBS stream a second time is no harm')
  },
)

void t.test('redundant-stream: where OBS is gone, too, the sign goes off', async (t) => {
  const stage = await openStage(t)
  await stage.outcome(await stage.run('redundant_stream'))
  const guard = await stage.run('guard_vmix')
  await stage.kill('recorder')
  t.ok(on(stage, 'light.on_air'))
  await stage.kill('switcher')
  t.equal(await stage.outcome(guard), 'failed')
  t.match((await stage.over('no_stream')).run, { state: 'done' })
  t.notOk(on(stage, 'light.on_air'))
  t.match(stage.told(), [/NO STREAM/])
})

void t.test('redundant-stream: a stream that is ended by hand is not taken over', async (t) => {
  const stage = await openStage(t)
  await stage.outcome(await stage.run('redundant_stream'))
  const guard = await stage.run('guard_vmix_stream')
  t.equal(await stage.outcome(await stage.run('end_redundant_stream')), 'confirmed')
  t.notOk(stage.switcher.studio.streams[0])
  t.equal(await stage.outcome(guard), 'failed')
  t.match(stage.newest('failover'), { detail: /^step 1: house light.on_air did not become "on"/ })
  t.notOk(stage.recorder.received().includes('StartStream'))
  t.same(stage.told(), [])
})

void t.test('on-air-light: red while OBS records, amber while nobody knows', async (t) => {
  const stage = await openStage(t)
  await stage.submit({ verb: 'do', name: 'watch_on_air', args: {} })
  const device = 'recorder' as DeviceId
  const record = async (value: boolean) =>
    stage.outcome(await stage.submit({ verb: 'set', device, path: 'recording', value }))
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
  t.match((await stage.over('recorder_found')).run, { state: 'stopped' })
  t.notOk(on(stage, 'light.on_air'))
})

void t.test('camera-handover: to camera 2, and back where OBS dies on the way', async (t) => {
  const stage = await openStage(t)
  const { switcher, recorder, house } = stage
  const tally = () => house.house.things.get('input_text.tally')?.state
  t.equal(await stage.outcome(await stage.run('hand_over_camera_2')), 'confirmed')
  t.ok(on(stage, 'switch.cameras'))
  t.equal(switcher.studio.active, 2)
  t.equal(recorder.studio.program, 'Guest')
  t.equal(tally(), 'CAMERA 2')
  t.equal(await stage.outcome(await stage.run('hand_back_to_camera_1')), 'confirmed')
  t.match([switcher.studio.active, recorder.studio.program, tally()], [1, 'Host', 'CAMERA 1'])

  switcher.fault('hang')
  const got = switcher.count()
  const run = await stage.run('hand_over_camera_2')
  await switcher.until(got + 1, AbortSignal.timeout(10_000))
  await stage.kill('recorder')
  switcher.fault('none')
  switcher.release()
  t.equal(await stage.outcome(run), 'failed')
  const back = await stage.over('hand_back_to_camera_1')
  t.same((await stage.over('hand_over_camera_2')).steps, [
    'house switch.turn_on: confirmed',
    'switcher preview = "Camera 2": confirmed',
    'switcher switch.fade: confirmed',
    'recorder program = "Guest": failed',
    'run hand_back_to_camera_1: failed',
  ])
  t.same(back.steps, [
    'switcher active = "Camera 1": confirmed',
    'recorder program = "Host": failed',
    'house input_text.set_value: confirmed',
  ])
  t.equal(switcher.studio.active, 1)
  t.equal(tally(), 'CAMERA 1')
})
