// Against OBS itself (Debian's obs-studio 29.0.2, obs-websocket 5.1.0), without a screen or a graphics card.
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { DeliveryError, type Link } from '../adapter.ts'
import { device, soon, watch, type Watched } from '../rig.fixture.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { adapter } from './adapter.ts'
import type { Call } from './call.ts'
import { Connection } from './connection.ts'
import { hasCues, needsObs, type RealObs, startObs } from './obs.fixture.ts'
import { requests } from './requests.ts'

t.setTimeout(120_000)

interface Studio {
  readonly obs: RealObs
  readonly seen: Map<string, Json>
  readonly context: Watched
  fire(action: string, args?: Json): Promise<string>
  set(path: string, value: Json): Promise<string>
  until(path: string, value: Json): Promise<void>
}

/** A link to an OBS; what it answers is the ack, or why not. */
async function studio(t: Test, obs: RealObs, more: object = {}): Promise<Studio> {
  const seen = new Map<string, Json>()
  const watched = watch()
  const context = {
    ...watched,
    report(path: string, value: Json) {
      seen.set(path, value)
      watched.report(path, value)
    },
  }
  const { password, port } = obs
  const options = {
    host: '127.0.0.1',
    port,
    password,
    confirmMs: 5000,
    replyMs: 5000,
    pictures: {},
    ...more,
  }
  const link: Link<Call> = adapter.open(options, context)
  t.teardown(() => link.close())
  await watched.until(() => watched.up === true)
  const deliver = async (intent: Parameters<typeof adapter.plan>[0]) => {
    const plan = adapter.plan(intent, options, seen)
    if (!plan.ok) return `${plan.failure.code}: ${plan.failure.detail}`
    return link.send(plan.command, soon()).catch((error: unknown) => {
      if (!(error instanceof DeliveryError)) throw error
      return `${error.failure.code}: ${error.failure.detail}`
    })
  }
  return {
    obs,
    seen,
    context: watched,
    fire: (action, args = {}) => deliver({ verb: 'fire', device, action, args }),
    set: (path, value) => deliver({ verb: 'set', device, path, value }),
    until: (path, value) => watched.until(() => (seen.get(path) ?? null) === value),
  }
}

/** Until so many milliseconds are recorded. */
async function recorded(to: Studio, ms: number): Promise<void> {
  for (let n = 0; n < 500; n++) {
    await sleep(20)
    await to.fire('GetRecordStatus')
    const { outputDuration = 0 } = to.seen.get('answer/GetRecordStatus') as JsonObject
    if (Number(outputDuration) >= ms) return
  }
  throw new Error('nothing is recorded')
}

/** What is to be confirmed: requests, and values that are reported then. */
function confirming(t: Test, to: Studio) {
  return {
    async yes(action: string, args: Json = {}) {
      t.equal(await to.fire(action, args), 'confirmed', `${action} ${JSON.stringify(args)}`)
    },
    async put(path: string, value: Json) {
      t.equal(await to.set(path, value), 'confirmed', `${path} = ${JSON.stringify(value)}`)
      t.same(to.seen.get(path), value, 'and it is reported')
    },
  }
}

void t.test('a running OBS does what it is asked, and is seen to', needsObs, async (t) => {
  const obs = await startObs(t)
  const to = await studio(t, obs, { pictures: { air: { everyMs: 100, width: 32 } } })
  t.match(to.context.details.at(-1), /^OBS \d+\.\d+\.\d+ \(obs-websocket 5\.\d+\.\d+\)$/)

  await t.test('a wrong password is told, and nothing of it', async (t) => {
    const context = watch()
    const { port } = obs
    const password = 'not-the-password'
    const options = {
      host: '127.0.0.1',
      port,
      password,
      confirmMs: 500,
      replyMs: 500,
      pictures: {},
    }
    const link = adapter.open(options, context)
    await context.until(() => context.up === false)
    await link.close()
    t.match(context.details[0], /refused the password \(4009\)/)
    t.notMatch(context.details.join(), password)
  })

  await t.test('scenes, preview, studio mode and transitions', async (t) => {
    const { yes, put } = confirming(t, to)
    await yes('CreateScene', { sceneName: 'A' })
    await yes('CreateScene', { sceneName: 'B' })
    await put('transition', 'Cut')
    await put('program', 'A')
    await put('program', 'A')
    await put('transition', 'Fade')
    await put('transition/duration', 400)
    const began = performance.now()
    await put('program', 'B')
    t.ok(performance.now() - began > 300, 'a fade is confirmed when it is over')
    // the second interrupts the first, which is told to have arrived only where OBS ends its transition at once
    const both = await Promise.all([to.set('program', 'A'), to.set('program', 'B')])
    t.match(both.join(' '), /^(?:sent|confirmed) confirmed$/)
    await put('studioMode', true)
    await put('preview', 'A')
    await yes('switch.cut')
    t.equal(to.seen.get('program'), 'A')
    t.equal(to.seen.get('transition'), 'Cut')
    await yes('switch.fade', { ms: 200 })
    t.equal(to.seen.get('program'), 'B')
    await put('studioMode', false)
    await to.until('preview', null)
    t.match(await to.fire('switch.preview', { input: 'A' }), /^refused: .*studio mode is off/)
    await yes('switch.program', { input: 2 })
    t.equal(to.seen.get('program'), (to.seen.get('scenes') as readonly string[])[1])
    t.match(await to.set('program', 'nowhere'), /^refused: .*nowhere.*\(600\)/)
    await yes('SetSceneName', { sceneName: 'B', newSceneName: 'B/2' })
  })

  await t.test('inputs, their sound, filters, items and media', async (t) => {
    const { yes, put } = confirming(t, to)
    // without any picture OBS asks on its screen whether it is to start the replay buffer
    const colour = { sceneName: 'A', inputName: 'Colour', inputKind: 'color_source_v3' }
    await yes('CreateInput', colour)
    const input = { sceneName: 'A', inputName: 'Clip/1', inputKind: 'ffmpeg_source' }
    await yes('CreateInput', { ...input, inputSettings: { local_file: '/nowhere.mkv' } })
    await to.until('input/Clip/1/muted', false)
    await put('input/Clip/1/muted', true)
    await put('input/Clip/1/muted', true)
    await yes('ToggleInputMute', { inputName: 'Clip/1' })
    await put('input/Clip/1/volume', 0.3)
    await yes('SetInputVolume', { inputName: 'Clip/1', inputVolumeDb: -20 })
    t.equal(to.seen.get('input/Clip/1/volume'), 0.1)
    await yes('audio.level', { input: 'Clip/1', level: 1 })
    await put('input/Clip/1/balance', 0.25)
    await put('input/Clip/1/syncOffset', 120)
    await put('input/Clip/1/monitor', 'OBS_MONITORING_TYPE_MONITOR_ONLY')
    await yes('CreateSourceFilter', {
      sourceName: 'Clip/1',
      filterName: 'Gain',
      filterKind: 'gain_filter',
    })
    await put('filter/Clip%2F1/Gain', false)
    await to.until('item/A/Clip%2F1', true)
    await put('item/A/Clip%2F1', false)
    t.match(await to.set('item/A/none', true), /^not-found: .*none in A/)
    await yes('media.pause', { input: 'Clip/1' })
    t.equal(to.seen.get('input/Clip/1/media'), 'paused')
    await yes('GetInputSettings', { inputName: 'Clip/1' })
    t.match(to.seen.get('answer/GetInputSettings'), { inputKind: 'ffmpeg_source' })
    await yes('SetInputName', { inputName: 'Clip/1', newInputName: 'Clip 2' })
    await to.until('input/Clip/1/muted', null)
    await yes('RemoveInput', { inputName: 'Clip 2' })
    await to.until('input/Clip 2/muted', null)
  })

  await t.test('a recording is confirmed to have ended when its file is complete', async (t) => {
    const { yes, put } = confirming(t, to)
    await yes('record.start')
    t.equal(to.seen.get('recording'), true)
    const file = String(to.seen.get('recording/file'))
    t.ok(file.startsWith(obs.folder), file)
    t.notOk(hasCues(file), 'control: it is not complete while it runs')
    t.match(await to.fire('StartRecord'), /^refused: .*running already \(500\)/)
    await recorded(to, 300)
    await put('recording/paused', true)
    // OBS 29 never ends a recording that was resumed within a few frames of its pause and stopped at once
    await sleep(500)
    await put('recording/paused', false)
    await recorded(to, 1500)
    await yes('record.stop')
    t.ok(statSync(file).size > 0)
    t.ok(hasCues(file))
    // right after it told that it stopped, OBS 29 says yes to a start and does nothing
    await sleep(500)
    await yes('ToggleRecord')
    t.equal(to.seen.get('recording'), true)
    await recorded(to, 500)
    await yes('ToggleRecord')
    t.equal(to.seen.get('recording'), false)
    await put('replayBuffer', true)
    await yes('SaveReplayBuffer')
    t.match(to.seen.get('replayBuffer/file'), /Replay/)
    await put('replayBuffer', false)
  })

  await t.test('what OBS says yes to and does not do is no success', async (t) => {
    const { yes, put } = confirming(t, to)
    const settings = { server: 'rtmp://127.0.0.1:9/live', key: 'stream-key-of-the-house' }
    const service = { streamServiceType: 'rtmp_custom', streamServiceSettings: settings }
    await yes('SetStreamServiceSettings', service)
    t.match(await to.fire('stream.start'), /^refused: OBS said yes to StartStream.*gave up/)
    t.equal(to.seen.get('streaming'), false)
    await yes('GetStreamServiceSettings')
    const shared = { parameterCategory: 'SimpleOutput', parameterName: 'RecQuality' }
    await yes('SetProfileParameter', { ...shared, parameterValue: 'Stream' })
    await yes('CreateProfile', { profileName: 'Again' })
    await put('profile', 'Untitled')
    await yes('record.start')
    await recorded(to, 300)
    const hasty = await studio(t, obs, { confirmMs: 400 })
    const paused = await hasty.fire('PauseRecord')
    t.match(paused, /^timeout: OBS said yes to PauseRecord, but recording\/paused is false/)
    await yes('record.stop')
    const answer = JSON.stringify(to.seen.get('answer/GetStreamServiceSettings'))
    t.match(answer, /rtmp:\/\/127/, 'control: it was asked')
    t.notMatch(answer, /stream-key/, 'the key is not shown')
  })

  await t.test('the virtual camera is started, or refused where there is no device', async (t) => {
    const { put } = confirming(t, to)
    const end = await to.set('virtualCamera', true)
    if (end === 'confirmed') await put('virtualCamera', false)
    else t.match(end, /^refused: .*(not available|gave up)/)
  })

  await t.test('pictures for buttons come by themselves and when asked', async (t) => {
    const { yes } = confirming(t, to)
    await to.until('picture/air', true)
    t.equal(to.context.pictures.get('air')?.type, 'image/jpeg')
    const png = { sourceName: 'A', imageFormat: 'png', imageWidth: 16 }
    await yes('GetSourceScreenshot', png)
    t.same([...(to.context.pictures.get('A')?.bytes.subarray(0, 4) ?? [])], [137, 80, 78, 71])
  })

  await t.test('profiles and scene collections', async (t) => {
    const { yes, put } = confirming(t, to)
    await yes('CreateProfile', { profileName: 'Second' })
    await put('profile', 'Untitled')
    await yes('CreateSceneCollection', { sceneCollectionName: 'Second' })
    await put('sceneCollection', 'Untitled')
    await yes('CreateScene', { sceneName: 'C' })
  })

  await t.test('it knows every request that its version is said to have', async (t) => {
    const connection = new Connection({
      host: '127.0.0.1',
      port: obs.port,
      password: obs.password,
      connectMs: 5000,
      replyMs: 5000,
      event: () => {},
    })
    t.teardown(() => connection.close('done'))
    await connection.open()
    const { data } = await connection.request('GetVersion')
    const available = data['availableRequests'] as readonly string[]
    const mine = requests.filter(({ since }) => since <= connection.version)
    t.same(
      mine.map(({ name }) => name).toSorted(),
      available.toSorted(),
      'the table has what OBS lists, and nothing else',
    )
    t.equal((await connection.request('NoSuchRequest')).code, 204, 'control: it says so')
    // asked without their fields, so that nothing is done: any answer but 204 knows the request
    const harmless = mine.filter(({ fields }) => fields.some(({ required }) => required))
    const answers = await connection.batch(harmless.map(({ name }) => ({ name, data: {} })))
    t.same(
      answers.filter(({ code }) => code === 204),
      [],
    )
    t.ok(answers.length > 50)
  })

  await t.test('killed and started again, it is found again and read anew', async (t) => {
    const { put } = confirming(t, to)
    await put('program', 'A')
    await obs.kill()
    await to.context.until(() => to.context.up === false)
    t.match(await to.set('program', 'B/2'), /^unreachable: /)
    await obs.again()
    await to.context.until(() => to.context.up === true)
    t.equal(await to.set('program', 'B/2'), 'confirmed')
    t.same(adapter.resync(new Map([['program', 'A']]), new Map()), [])
    t.same(adapter.resync(new Map([['input/Mic/volume', 1]]), new Map()), ['input/Mic/volume'])
  })
})
