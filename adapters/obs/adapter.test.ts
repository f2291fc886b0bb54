import { createServer } from 'node:http'
import { OBSWebSocket } from 'obs-websocket-js/json'
import t, { type Test } from 'tap'
import { WebSocketServer } from 'ws'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { device, soon, watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import { said } from './events.ts'
import { tableOf } from './generate.ts'
import { authentication, messageOf } from './protocol.ts'
import { requests } from './requests.ts'
import { type ObsSimulator, type ObsSimulatorOptions, simulate } from './simulator.ts'

const plain = { host: '127.0.0.1', port: 1, confirmMs: 300, replyMs: 1000, pictures: {} }

function planned(action: string, args: Json, reported = new Map<string, Json>()) {
  const plan = adapter.plan({ verb: 'fire', device, action, args }, plain, reported)
  return plan.ok ? plan.command : plan.failure
}

interface Rig {
  readonly simulator: ObsSimulator
  readonly seen: Map<string, Json>
  readonly up: () => boolean | null
  readonly details: readonly string[]
  readonly pictures: ReadonlyMap<string, unknown>
  until(what: () => boolean): Promise<void>
  fire(action: string, args?: Json): Promise<string>
  set(path: string, value: Json): Promise<string>
}

/** A simulator and a link to it that is up; what is answered is the ack, or why not. */
async function rig(t: Test, more: object = {}, how: ObsSimulatorOptions = {}): Promise<Rig> {
  const simulator = await simulate(how)
  const seen = new Map<string, Json>()
  const watched = watch()
  const options = { ...plain, port: simulator.port, ...how, ...more }
  const link = adapter.open(options, {
    ...watched,
    report(path, value) {
      seen.set(path, value)
      watched.report(path, value)
    },
  })
  t.teardown(async () => {
    await link.close()
    await simulator.close()
  })
  await watched.until(() => watched.up === true)
  const deliver = async (intent: Parameters<typeof adapter.plan>[0]) => {
    const plan = adapter.plan(intent, options, seen)
    if (!plan.ok) return `${plan.failure.code}: ${plan.failure.detail}`
    return link.send(plan.command, soon()).catch((error: unknown) => {
      if (!(error instanceof DeliveryError)) throw error
      const { code, reached, detail } = error.failure
      return `${code} ${reached}: ${detail}`
    })
  }
  return {
    simulator,
    seen,
    up: () => watched.up,
    details: watched.details,
    pictures: watched.pictures,
    until: (what) => watched.until(what),
    fire: (action, args = {}) => deliver({ verb: 'fire', device, action, args }),
    set: (path, value) => deliver({ verb: 'set', device, path, value }),
  }
}

void t.test('the password is proven as the protocol document says', async (t) => {
  // protocol.md, "Creating an authentication string": its password, salt, challenge; the result by openssl dgst -sha256
  const challenge = '+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY='
  const salt = 'lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI='
  const proof = authentication('supersecretpassword', { challenge, salt })
  t.equal(proof, '1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4=')
})

void t.test('the table of requests is what the generator makes of the description', async (t) => {
  const field = (valueName: string, valueType: string, valueOptional: boolean, range?: string) => ({
    valueName,
    valueType,
    valueOptional,
    valueRestrictions: range ?? null,
  })
  const [line] = tableOf({
    requests: [
      {
        requestType: 'AAA',
        initialVersion: '5.0.0',
        category: 'media inputs',
        requestFields: [
          field('inputName', 'String', true),
          field('mediaCursor', 'Number', false, '>= 0'),
          field('decibel', 'Number', false, '>= -100, <= 26'),
        ],
      },
    ],
  })
  t.equal(
    line,
    '5.0.0 media-inputs AAA ?inputName:String mediaCursor:Number[0,] decibel:Number[-100,26]',
  )
  t.ok(requests.length > 140)
})

void t.test('arguments are taken by name, in order, alone, and as text', async (t) => {
  const mute = {
    name: 'SetInputMute',
    data: { inputName: 'Mic', inputMuted: true },
    first: null,
  }
  t.same(planned('SetInputMute', { inputName: 'Mic', inputMuted: true }), mute)
  t.same(planned('setinputmute', { INPUTNAME: 'Mic', inputMuted: 'true' }), mute)
  t.same(planned('SetInputMute', ['Mic', true]), mute)
  t.match(planned('SetCurrentProgramScene', 2), { data: { sceneName: '2' } })
  t.match(planned('SetInputVolume', { inputName: 'Mic', inputVolumeDb: '-6.5' }), {
    data: { inputVolumeDb: -6.5 },
  })
  const keys = { keyId: 'OBS_KEY_F1', keyModifiers: { shift: true } }
  t.match(planned('TriggerHotkeyByKeySequence', keys), { data: keys })
})

void t.test('a wrong argument is refused by its name before anything is sent', async (t) => {
  const refused = (action: string, args: Json, names: RegExp) =>
    t.match(planned(action, args), { code: 'malformed', reached: 'no', detail: names })
  refused('SetInputMute', { inputName: 'Mic' }, /inputMuted/)
  refused('SetInputMute', { inputMuted: true }, /inputName or inputUuid/)
  refused('SetInputVolume', { inputName: 'Mic', inputVolumeDb: 27 }, /inputVolumeDb.*-100 to 26/)
  refused('SetInputVolume', { inputName: 'Mic' }, /inputVolumeMul or inputVolumeDb/)
  refused('SetInputMute', { inputName: 'Mic', inputMuted: 1 }, /inputMuted must be true or false/)
  refused('TriggerMediaInputAction', ['Clip', 'PLAY'], /mediaAction must be one of .*ACTION_PLAY/)
  refused('SetCurrentProgramScene', ['A', 'B'], /at most 1/)
  refused('CreateScene', { sceneName: '\ud800' }, /sceneName/)
  refused('switch.fade', { ms: 30_000 }, /ms: .*20000/)
  refused('audio.mute', { input: 3 }, /name of the input/)
  refused('switch.program', { input: 3 }, /scene number 3/)
  t.match(planned('StrtStream', {}), { code: 'not-found', detail: /StartStream/ })
})

void t.test('a scene may be said by its place in the list', async (t) => {
  const known = new Map<string, Json>([['scenes', ['Host', 'Guest']]])
  t.match(planned('switch.program', { input: 2 }, known), { data: { sceneName: 'Guest' } })
})

void t.test('events say what they say, and nothing where a field is wrong', async (t) => {
  // recorded from OBS 29.0.2 (obs-websocket 5.1.0)
  const stopped =
    '{"op":5,"d":{"eventType":"RecordStateChanged","eventIntent":64,"eventData":{"outputActive":false,"outputPath":"/home/a.mkv","outputState":"OBS_WEBSOCKET_OUTPUT_STOPPED"}}}'
  const volume =
    '{"op":5,"d":{"eventType":"InputVolumeChanged","eventIntent":8,"eventData":{"inputName":"med","inputVolumeDb":-10.457573890686035,"inputVolumeMul":0.30000001192092896}}}'
  const changes = (text: string) => {
    const message = messageOf(text)
    return message?.type === 'event' ? said(message.name, message.data, new Map()).changes : null
  }
  t.same(changes(stopped), [
    ['recording/state', 'stopped'],
    ['recording', false],
    ['recording/paused', false],
    ['recording/file', '/home/a.mkv'],
  ])
  t.same(changes(volume), [['input/med/volume', 0.3]])
  t.same(changes(stopped.replace('STOPPED', 'STOPPING')), [
    ['recording/state', 'stopping'],
    ['recording/paused', false],
    ['recording/file', '/home/a.mkv'],
  ])
  t.same(changes(volume.replace('"med"', '7')), [])
  t.same(changes('{"op":5,"d":{"eventType":"constructor","eventData":{}}}'), [])
  for (const text of ['', '[]', '{"op":5}', '{"op":7,"d":{}}', '{"op":99,"d":{}}'])
    t.equal(messageOf(text), null, text)
})

void t.test('what is there is reported, and what comes and goes', async (t) => {
  const { seen, simulator, until, set } = await rig(t)
  t.same(seen.get('scenes'), ['Host', 'Guest', 'Slides'], 'in the order of its screen')
  t.equal(seen.get('program'), 'Host')
  t.equal(seen.get('input/Mic/Aux/volume'), 1)
  t.equal(seen.get('filter/Mic%2FAux/Gate'), true)
  t.equal(seen.get('item/Guest/Camera 2'), true)
  t.equal(seen.get('recording'), false)
  t.notOk(seen.has('input/Slide/muted'), 'a picture has no sound')
  const { studio } = simulator
  const [scene] = studio.scenes
  const [input] = studio.inputs.splice(0, 1)
  if (scene === undefined || input === undefined) throw new Error('no studio')
  scene.name = 'Pictures'
  simulator.tell('SceneNameChanged', { oldSceneName: 'Slides', sceneName: 'Pictures' })
  await until(() => seen.get('input/Camera 1/muted') === null)
  t.same(seen.get('scenes'), ['Host', 'Guest', 'Pictures'])
  t.equal(await set('item/Guest/Opener', false), 'confirmed')
  t.equal(seen.get('item/Guest/Opener'), false)
  t.equal(await set('filter/Mic%2FAux/Gate', false), 'confirmed')
  t.match(await set('item/Guest/Nobody', false), /^not-found no: .*Nobody in Guest/)
})

void t.test('what OBS says yes to and does not do is no success', async (t) => {
  const { fire, set, simulator, seen } = await rig(t)
  simulator.fault('ignore')
  t.match(
    await fire('StartRecord'),
    /^timeout yes: OBS said yes to StartRecord, but recording is false/,
  )
  t.match(await set('input/Mic/Aux/muted', true), /^timeout yes: .*muted is false, not true/)
  t.equal(await set('input/Mic/Aux/muted', false), 'confirmed', 'what is so already is so')
  simulator.fault('none')
  t.equal(await fire('StartRecord'), 'confirmed', 'control: seen in time it is one')
  t.equal(seen.get('recording'), true)
})

void t.test(
  'to set an output to what it is succeeds, and to start it twice does not',
  async (t) => {
    const { fire, set, simulator } = await rig(t)
    const outputs = ['recording', 'streaming', 'virtualCamera', 'replayBuffer']
    for (const output of outputs)
      for (const on of [false, true, true, false])
        t.equal(await set(output, on), 'confirmed', output)
    t.equal(simulator.count(), 16, 'control: OBS was asked each time, and said no to half of them')
    t.match(await fire('StopRecord'), /^refused yes: OBS refused StopRecord/)
    t.match(
      await set('recording/paused', true),
      /^refused yes/,
      'what is not recorded is not paused',
    )
    simulator.fault('refuse')
    t.match(await set('recording', false), /^refused yes/, 'any other no is one')
  },
)

void t.test('an output that begins and gives up is refused at once', async (t) => {
  const { fire, simulator } = await rig(t, { confirmMs: 60_000 })
  simulator.fault('ignore')
  const starting = fire('StartStream')
  await simulator.until(1, soon())
  const tell = (state: string) =>
    simulator.tell('StreamStateChanged', {
      outputActive: false,
      outputState: `OBS_WEBSOCKET_OUTPUT_${state}`,
    })
  tell('STARTING')
  tell('STOPPED')
  t.match(await starting, /^refused yes: OBS said yes to StartStream.*gave up/)
})

void t.test('a recording has ended when OBS says stopped, and a cut need not wait', async (t) => {
  const { fire, set, simulator, seen } = await rig(t, { confirmMs: 60_000 })
  t.equal(await fire('record.start'), 'confirmed')
  simulator.fault('ignore')
  const stopping = fire('record.stop')
  await simulator.until(2, soon())
  const tell = (state: string) =>
    simulator.tell('RecordStateChanged', {
      outputActive: false,
      outputState: `OBS_WEBSOCKET_OUTPUT_${state}`,
      outputPath: null,
    })
  tell('STOPPING')
  simulator.fault('none')
  t.equal(await set('program', 'Guest'), 'confirmed')
  t.equal(seen.get('recording'), true, 'control: it still runs')
  tell('STOPPED')
  t.equal(await stopping, 'confirmed')
  t.equal(seen.get('recording'), false)
})

void t.test('a newer request about the same thing overtakes one not seen yet', async (t) => {
  const { set, simulator } = await rig(t, { confirmMs: 60_000 })
  simulator.fault('ignore')
  const older = set('program', 'Guest')
  await simulator.until(1, soon())
  simulator.fault('none')
  t.equal(await set('program', 'Slides'), 'confirmed')
  t.equal(await older, 'sent')
})

void t.test('while OBS loads a scene collection nothing is asked of it', async (t) => {
  const { set, simulator, until, seen } = await rig(t)
  simulator.tell('CurrentSceneCollectionChanging', { sceneCollectionName: 'Untitled' })
  simulator.tell('StudioModeStateChanged', { studioModeEnabled: true })
  await until(() => seen.get('studioMode') === true)
  const pressed = set('program', 'Guest')
  simulator.tell('InputMuteStateChanged', { inputName: 'Mic/Aux', inputMuted: true })
  await until(() => seen.get('input/Mic/Aux/muted') === true)
  t.same(simulator.received(), [])
  simulator.tell('CurrentSceneCollectionChanged', { sceneCollectionName: 'Untitled' })
  t.equal(await pressed, 'confirmed', 'control: then it is')
})

void t.test('keys and passwords in an answer are not reported', async (t) => {
  const { fire, seen, simulator } = await rig(t)
  const [input] = simulator.studio.inputs
  if (input === undefined) throw new Error('no input')
  input.settings = {
    url: 'rtsp://user:hush@cam/1',
    stream_key: 'hush',
    nested: { password: 'hush' },
  }
  t.equal(await fire('GetInputSettings', { inputName: input.name }), 'confirmed')
  const answer = seen.get('answer/GetInputSettings')
  t.match(answer, { inputSettings: { url: 'rtsp://(hidden)@cam/1' } })
  t.notMatch(JSON.stringify(answer), /hush/)
})

void t.test('pictures are taken for buttons, and why not is told', async (t) => {
  const pictures = {
    air: { everyMs: 100, width: 32 },
    gone: { source: 'Nobody', everyMs: 100, width: 32 },
  }
  const { until, seen, pictures: taken } = await rig(t, { pictures })
  await until(() => seen.get('picture/air') === true && seen.has('picture/gone'))
  t.match(taken.get('air'), { type: 'image/jpeg' })
  t.match(seen.get('picture/gone'), /Nobody/)
  t.notOk(taken.has('gone'))
})

void t.test('who is no OBS, or asks for a password that nobody gave, is told apart', async (t) => {
  const told = async (port: number) => {
    const context = watch()
    const link = adapter.open({ ...plain, port }, context)
    await context.until(() => context.up === false)
    await link.close()
    return context.details[0] ?? ''
  }
  const locked = await simulate({ password: 'sesame' })
  t.teardown(() => locked.close())
  t.match(await told(locked.port), /asks for a password and the config has none/)

  const web = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  await new Promise((resolve) => web.once('listening', resolve))
  t.teardown(() => web.close())
  t.match(await told(portOf(web.address())), /not as a WebSocket/)

  const greetings = [
    'no JSON',
    `{"op":0,"d":{"obsWebSocketVersion":"5","pad":"${'x'.repeat(17e6)}"}}`,
  ]
  for (const greeting of greetings) {
    const other = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      handleProtocols: () => 'obswebsocket.json',
    })
    await new Promise((resolve) => other.once('listening', resolve))
    t.teardown(() => other.close())
    other.on('connection', (socket) => socket.send(greeting))
    t.match(await told(portOf(other.address())), /does not speak OBS|connection failed/)
    for (const socket of other.clients) socket.terminate()
  }
})

void t.test('after a reconnect levels are sent again and nothing that is on air', async (t) => {
  const lasting = new Map<string, Json>([
    ['program', 'A'],
    ['recording', true],
    ['recording/paused', true],
    ['streaming', true],
    ['virtualCamera', true],
    ['studioMode', true],
    ['input/Mic/Aux/volume', 1],
    ['input/Mic/Aux/muted', true],
    ['filter/A/B', true],
    ['item/A/B', false],
  ])
  t.same(adapter.resync(lasting, new Map()), [
    'input/Mic/Aux/volume',
    'input/Mic/Aux/muted',
    'filter/A/B',
    'item/A/B',
  ])
})

void t.test('the simulator speaks to a client that is not ours', async (t) => {
  const simulator = await simulate({ password: 'sesame' })
  t.teardown(() => simulator.close())
  const client = new OBSWebSocket()
  t.teardown(() => client.disconnect())
  await client.connect(`ws://127.0.0.1:${simulator.port}`, 'sesame')
  const told = new Promise((resolve) => client.once('CurrentProgramSceneChanged', resolve))
  await client.call('SetCurrentProgramScene', { sceneName: 'Guest' })
  t.match(await told, { sceneName: 'Guest' })
  t.match(await client.call('GetSceneList'), { currentProgramSceneName: 'Guest' })
  const results = await client.callBatch([
    { requestType: 'GetInputMute', requestData: { inputName: 'Slide' } },
    { requestType: 'GetInputMute', requestData: { inputName: 'Mic/Aux' } },
  ])
  t.match(results, [{ requestStatus: { code: 604 } }, { responseData: { inputMuted: false } }])
})

function portOf(address: ReturnType<WebSocketServer['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
