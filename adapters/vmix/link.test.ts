import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError, type Link } from '../adapter.ts'
import { adapter } from './adapter.ts'
import type { Call } from './call.ts'
import type { VmixOptions } from './options.ts'
import { simulate, type VmixSimulator } from './simulator.ts'
import { createInput } from './studio.ts'

const device = 'mypro' as DeviceId
/** Ends a test that waits for what never comes. */
const patience = () => AbortSignal.timeout(8000)

interface Rig {
  readonly vmix: VmixSimulator
  readonly link: Link<Call>
  readonly reported: Map<string, Json>
  readonly changes: (readonly [up: boolean, detail: string])[]
  /** Resolves once `check` holds; looks again at each report and change of the link. */
  readonly until: (check: () => boolean) => Promise<void>
  readonly fire: (action: string, args?: Json, signal?: AbortSignal) => Promise<string>
  readonly set: (path: string, value: Json) => Promise<string>
}

const linkOptions = (vmix: { host: string; port: number; httpPort: number }): VmixOptions => ({
  host: vmix.host,
  port: vmix.port,
  httpPort: vmix.httpPort,
  confirmMs: 300,
  replyMs: 400,
  pollMs: 60_000,
  names: true,
})

async function rig(t: Test, more: Partial<VmixOptions> = {}): Promise<Rig> {
  const vmix = await simulate()
  const built = open(vmix, { ...linkOptions(vmix), ...more })
  t.teardown(() => built.link.close())
  t.teardown(() => vmix.close())
  await built.until(() => built.changes.length > 0)
  return built
}

function open(vmix: VmixSimulator, options: VmixOptions): Rig {
  const reported = new Map<string, Json>()
  const changes: (readonly [boolean, string])[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const one of [...waiting]) one()
  }
  const link = adapter.open(options, {
    barred: () => null,
    report: (path, value) => {
      reported.set(path, value)
      look()
    },
    changed: (up, detail) => {
      changes.push([up, detail])
      look()
    },
    picture: () => {},
  })
  const send = async (intent: Parameters<typeof adapter.plan>[0], signal = patience()) => {
    const plan = adapter.plan(intent, options, reported)
    if (!plan.ok) throw new DeliveryError(plan.failure)
    return link.send(plan.command, signal)
  }
  return {
    vmix,
    link,
    reported,
    changes,
    until: (check) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error('it never came')), 8000)
        const one = () => {
          if (!check()) return
          clearTimeout(deadline)
          waiting.delete(one)
          resolve()
        }
        waiting.add(one)
        one()
      }),
    fire: (action, args = null, signal) => send({ verb: 'fire', device, action, args }, signal),
    set: (path, value) => send({ verb: 'set', device, path, value }),
  }
}

/** The failure of what must fail. */
async function failure(work: Promise<unknown>) {
  try {
    return { ok: await work }
  } catch (error) {
    return error instanceof DeliveryError ? error.failure : { bug: error }
  }
}

t.test('once connected it knows what vMix is doing', async (t) => {
  const { reported, changes, vmix } = await rig(t)
  t.same(changes, [[true, 'vMix 27.0.0.81']])
  t.match(Object.fromEntries(reported), {
    active: 1,
    preview: 2,
    recording: false,
    'input/5/title': 'Black & Burst',
    'tally/1': 'program',
    'tally/2': 'preview',
    'tally/3': 'off',
  })
  t.same(vmix.asked(), ['SUBSCRIBE TALLY', 'SUBSCRIBE ACTS', 'TALLY'], 'the state came by HTTP')
})

t.test('a press is confirmed by what vMix then shows', async (t) => {
  const { fire, set, reported, vmix } = await rig(t)
  t.equal(await fire('Cut'), 'confirmed')
  t.equal(vmix.studio.active, 2)
  t.equal(reported.get('active'), 2)
  t.equal(reported.get('preview'), 1)
  t.equal(await fire('record.start', {}), 'confirmed')
  t.equal(reported.get('recording'), true)
  t.equal(
    await fire('StartStreaming', { Value: 1 }),
    'confirmed',
    'read back, as no push says which',
  )
  t.equal(reported.get('streaming/2'), true)
  t.equal(reported.get('streaming/1'), false)
  t.equal(await set('overlay/1', 'Lower Third'), 'confirmed')
  t.equal(reported.get('overlay/1'), 4)
  t.equal(await set('overlay/1', null), 'confirmed')
  t.equal(await set('input/Camera 1/volume', 81), 'confirmed')
  t.equal(reported.get('input/1/volume'), 81)
  t.equal(await set('input/1/muted', true), 'confirmed')
  t.equal(await set('input/4/text/Headline', 'R&D "live"\n<1>'), 'confirmed')
  t.equal(reported.get('input/4/text/Headline.Text'), 'R&D "live"\n<1>')
  t.equal(await set('master/volume', 33), 'confirmed')
  t.equal(await fire('Fade', { Duration: 100 }), 'confirmed')
  t.equal(vmix.studio.active, 1)
})

t.test('what is so already is confirmed too, by looking', async (t) => {
  const { set, vmix } = await rig(t)
  vmix.studio.recording = true
  t.equal(await set('recording', true), 'confirmed')
})

t.test('where nothing can be seen, the answer of vMix is the confirmation', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('ignore')
  t.equal(await fire('SetAlpha', { Input: 1, Value: 2 }), 'confirmed')
})

t.test('fade to black is only toggled when it is not so already', async (t) => {
  const { set, vmix } = await rig(t)
  t.equal(await set('fadeToBlack', true), 'confirmed')
  t.equal(vmix.studio.fadeToBlack, true)
  t.equal(await set('fadeToBlack', true), 'confirmed')
  t.equal(vmix.studio.fadeToBlack, true)
  t.equal(vmix.count(), 1, 'the second was not sent')
  vmix.studio.fadeToBlack = false
  t.equal(
    await set('fadeToBlack', true),
    'confirmed',
    'somebody at its screen took it out, unheard',
  )
  t.equal(vmix.count(), 2, 'the control: this one was sent')
})

t.test('what somebody does at the screen of vMix is seen', async (t) => {
  const { until, reported, vmix } = await rig(t)
  vmix.push('ACTS OK Recording 1', 'ACTS OK Input 3 1', 'TALLY OK 00100')
  await until(() => reported.get('tally/3') === 'program')
  t.equal(reported.get('recording'), true)
  t.equal(reported.get('active'), 3)
  vmix.studio.overlays[0] = 4
  vmix.push('ACTS OK Overlay1 4 1')
  await until(() => reported.get('overlay/1') === 4)
})

t.test('what vMix does not push is found by looking now and then', async (t) => {
  const { until, reported, vmix } = await rig(t, { pollMs: 100 })
  vmix.studio.inputs[3]?.texts.set('Headline.Text', 'Goodbye')
  await until(() => reported.get('input/4/text/Headline.Text') === 'Goodbye')
  t.pass('seen')
})

t.test('fault: vMix refuses', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('refuse')
  t.match(await failure(fire('Cut')), {
    code: 'refused',
    reached: 'yes',
    detail: 'vMix refused Cut: Not now',
  })
  vmix.fault('none')
  t.match(await failure(fire('FUNCTION', { Function: 'NoSuchFunction' })), {
    code: 'refused',
    reached: 'yes',
  })
  t.equal(await fire('Cut'), 'confirmed', 'the control: without the fault, on the same connection')
  t.equal(vmix.connections(), 2)
})

t.test('fault: vMix says OK and does nothing', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('ignore')
  t.match(await failure(fire('StartRecording')), {
    code: 'timeout',
    reached: 'yes',
    detail: /answered OK to StartRecording, but recording is false, not true/,
  })
  t.equal(vmix.count(), 1, 'the control: it got it')
  vmix.fault('none')
  t.equal(await fire('StartRecording'), 'confirmed')
})

t.test('fault: vMix says OK, does nothing, and an old belief says it is done', async (t) => {
  const { fire, until, reported, vmix } = await rig(t)
  vmix.push('ACTS OK Recording 1')
  await until(() => reported.get('recording') === true)
  t.equal(vmix.studio.recording, false, 'the control: the belief is wrong')
  vmix.fault('ignore')
  t.match(await failure(fire('StartRecording')), { code: 'timeout', reached: 'yes' })
})

t.test('fault: an input that is not there, and a field that is not there', async (t) => {
  const { fire, vmix } = await rig(t)
  t.match(await failure(fire('PreviewInput', 'Camera 9')), {
    code: 'not-found',
    reached: 'no',
    detail: 'vMix has no input Camera 9',
  })
  t.equal(vmix.count(), 0, 'nothing was sent')
  t.match(await failure(fire('SetText', [4, 'Hi', 'Nobody'])), { code: 'refused', reached: 'yes' })
  vmix.studio.inputs.push(createInput(8, 'Camera 9', 'Capture'))
  t.equal(await fire('PreviewInput', 'Camera 9'), 'confirmed', 'the control: somebody added it')
})

t.test('fault: vMix hangs; its late answer is never taken for the next one', async (t) => {
  const { fire, until, changes, vmix } = await rig(t)
  vmix.fault('hang')
  const began = performance.now()
  const hung = failure(fire('StartRecording', null, AbortSignal.timeout(150)))
  t.match(await hung, { code: 'timeout', reached: 'maybe' })
  t.ok(performance.now() - began < 350, 'at the deadline of the attempt')
  await until(() => changes.length >= 2)
  t.equal(changes[1]?.[0], false, 'the connection was given up')
  await until(() => changes.length >= 3)
  t.equal(changes[2]?.[0], true, 'and built anew')
  vmix.fault('refuse')
  const next = failure(fire('StopRecording'))
  vmix.release()
  t.match(await next, { code: 'refused' }, 'its own answer, not the OK that came late')
  t.equal(vmix.studio.recording, true, 'the control: the late function was carried out')
})

t.test('fault: vMix hangs and nobody set a deadline: the link has its own', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('hang')
  t.match(await failure(fire('Cut', null, new AbortController().signal)), {
    code: 'timeout',
    reached: 'maybe',
    detail: /400 ms/,
  })
})

for (const [fault, code] of [
  ['close', 'unreachable'],
  ['half-reply', 'unreachable'],
  ['garbage', 'malformed'],
] as const)
  t.test(`fault: ${fault} after the bytes left`, async (t) => {
    const { fire, until, changes, vmix } = await rig(t)
    vmix.fault(fault)
    t.match(await failure(fire('Cut')), { code, reached: 'maybe' })
    t.equal(vmix.count(), 1, 'the control: it got it')
    vmix.fault('none')
    await until(() => changes.length >= 3)
    t.same(
      changes.map(([up]) => up),
      [true, false, true],
    )
    t.equal(await fire('Cut'), 'confirmed', 'and it goes on')
  })

t.test('fault: an answer that nobody asked for ends the connection', async (t) => {
  const { until, changes, vmix } = await rig(t)
  vmix.push('FUNCTION OK Completed')
  await until(() => changes.length >= 2)
  t.match(changes[1], [false, /answered FUNCTION where nothing was asked/])
})

t.test('fault: the web controller is off: the state comes over TCP', async (t) => {
  const vmix = await simulate()
  vmix.web(false)
  const built = open(vmix, linkOptions(vmix))
  t.teardown(() => built.link.close())
  t.teardown(() => vmix.close())
  await built.until(() => built.changes.length > 0)
  t.match(await built.link.test(patience()), /vMix 27\.0\.0\.81 answered in \d+ ms; .* TCP/)
  t.ok(vmix.asked().includes('XML'))
  t.equal(await built.set('overlay/1', 4), 'confirmed')
})

t.test('the control of it: with the web controller on, by HTTP', async (t) => {
  const { link } = await rig(t)
  t.match(await link.test(patience()), /by HTTP/)
})

t.test('fault: nobody there: known to be down, it fails at once', async (t) => {
  const vmix = await simulate()
  await vmix.close()
  const built = open(vmix, linkOptions(vmix))
  t.teardown(() => built.link.close())
  // still connecting: it waits for that, and no longer
  t.match(await failure(built.fire('Cut')), { code: 'unreachable', reached: 'no' })
  await built.until(() => built.changes.length > 0)
  t.match(built.changes[0], [false, /ECONNREFUSED/])
  t.match(await failure(built.fire('Cut')), { code: 'unreachable', reached: 'no' })
})

t.test('a press while it connects waits for the connection', async (t) => {
  const vmix = await simulate()
  const built = open(vmix, linkOptions(vmix))
  t.teardown(() => built.link.close())
  t.teardown(() => vmix.close())
  t.equal(built.changes.length, 0, 'the control: not connected yet')
  t.equal(await built.fire('Cut'), 'confirmed')
})

t.test('fault: something listens and never speaks: the press ends at its deadline', async (t) => {
  const mute = createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as AddressInfo
  const vmix = await simulate()
  const built = open(vmix, { ...linkOptions(vmix), port, replyMs: 5000 })
  t.teardown(() => mute.close())
  t.teardown(() => vmix.close())
  t.teardown(() => built.link.close())
  t.match(await failure(built.fire('Cut', null, AbortSignal.timeout(100))), {
    code: 'unreachable',
    reached: 'no',
    detail: /still being connected/,
  })
})

t.test('fault: another program on the port is named, and never sent a function', async (t) => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const { port } = web.address() as AddressInfo
  const vmix = await simulate()
  const built = open(vmix, { ...linkOptions(vmix), port })
  t.teardown(() => web.close())
  t.teardown(() => vmix.close())
  t.teardown(() => built.link.close())
  await built.until(() => built.changes.length > 0)
  t.match(built.changes[0], [false, /not a vMix reply: HTTP\/1\.1 400/])
})

t.test('fault: the cable is pulled: it comes back and knows what changed meanwhile', async (t) => {
  const { until, changes, reported, vmix } = await rig(t)
  vmix.studio.recording = true
  vmix.drop()
  await until(() => changes.length >= 3)
  t.same(
    changes.map(([up]) => up),
    [true, false, true],
  )
  t.equal(reported.get('recording'), true)
})

t.test('closing ends everything that hangs on the link', async (t) => {
  const { fire, link, vmix } = await rig(t)
  vmix.fault('hang')
  const hung = failure(fire('Cut'))
  await vmix.until(1, patience())
  await link.close()
  t.match(await hung, { code: 'unreachable', reached: 'maybe', detail: /closed/ })
  t.match(await failure(fire('Cut')), { code: 'unreachable', reached: 'no' })
  await link.close()
  t.pass('and once more does no harm')
})

t.test('a fader in motion keeps its order and ends where the hand left it', async (t) => {
  const { set, vmix } = await rig(t)
  for (let level = 0; level <= 20; level++) t.equal(await set('input/1/volume', level), 'confirmed')
  t.equal(vmix.studio.inputs[0]?.audio?.volume, 20)
  t.equal(vmix.count(), 21)
})

t.test('a fade under way holds nothing up but what depends on it', async (t) => {
  const { fire, link, reported, until, vmix } = await rig(t)
  // as vMix does it: the fade is over later than it is accepted
  vmix.fault('ignore')
  const fade = fire('Fade', { Duration: 4000 })
  await vmix.until(1, patience())
  vmix.fault('none')
  t.equal(await fire('StartRecording'), 'confirmed', 'the next is sent and seen meanwhile')
  const cut = fire('Cut')
  // a whole look at the state and two requests behind it: one that does not wait would have been sent
  vmix.studio.inputs[3]?.texts.set('Headline.Text', 'later')
  vmix.push('ACTS OK Streaming 0')
  await until(() => reported.get('input/4/text/Headline.Text') === 'later')
  await link.test(patience())
  await link.test(patience())
  t.equal(vmix.count(), 2, 'a cut of what is on preview waits: nobody knows yet what that will be')
  Object.assign(vmix.studio, { active: 2, preview: 1 })
  vmix.push('ACTS OK Input 2 1', 'ACTS OK InputPreview 1 1')
  t.equal(await fade, 'confirmed')
  t.equal(await cut, 'confirmed')
  t.same([vmix.studio.active, vmix.count()], [1, 3])
})

t.test('presses at once keep their order, and each is seen for itself', async (t) => {
  const { fire, vmix } = await rig(t)
  const inputs = Array.from({ length: 50 }, (_, n) => 1 + (n % 5))
  const ends = await Promise.all(inputs.map((Input) => fire('PreviewInput', { Input })))
  t.same(new Set(ends), new Set(['confirmed']))
  t.same(
    vmix.received(),
    inputs.map((input) => `FUNCTION PreviewInput Input=${input}`),
  )
  const toggles = [1, 2, 3].map(() => fire('StartStopRecording'))
  t.same(await Promise.all(toggles), ['confirmed', 'confirmed', 'confirmed'])
  t.equal(vmix.studio.recording, true, 'each toggle knew what the one before had led to')
})

t.test('what was never seen because a later one came is only sent', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('ignore')
  const first = fire('PreviewInput', { Input: 3 })
  await vmix.until(1, patience())
  vmix.fault('none')
  t.equal(await fire('PreviewInput', { Input: 4 }), 'confirmed')
  t.equal(await first, 'sent')
})

t.test('fault: one hangs: those behind it were not sent, and it may have arrived', async (t) => {
  const { fire, until, changes, vmix } = await rig(t)
  vmix.fault('hang')
  const ends = [1, 2, 3].map((Input) => failure(fire('PreviewInput', { Input })))
  t.match(await Promise.all(ends), [
    { code: 'timeout', reached: 'maybe' },
    { reached: 'no' },
    { reached: 'no' },
  ])
  t.equal(vmix.count(), 1, 'it got the first; vMix says: wait for each reply')
  vmix.fault('none')
  await until(() => changes.length >= 3)
  t.equal(await fire('PreviewInput', { Input: 3 }), 'confirmed')
})

t.test('an input is reported by its number, its title and its key', async (t) => {
  const { until, reported, set, vmix } = await rig(t)
  const key = '00000000-0000-4000-8000-000000000001'
  t.equal(await set('input/Camera 1/volume', 81), 'confirmed')
  for (const name of ['1', 'Camera 1', key])
    t.equal(reported.get(`input/${name}/volume`), 81, `pushed: ${name}`)
  const [camera] = vmix.studio.inputs
  if (camera !== undefined) camera.title = 'Wide'
  t.equal(await set(`input/${key}/muted`, true), 'confirmed')
  vmix.push('ACTS OK Streaming 0')
  await until(() => reported.get('input/Wide/muted') === true)
  t.equal(reported.get('input/Camera 1/muted'), null, 'nobody is called so any more')
})

t.test('where only numbers are wanted, only they are reported', async (t) => {
  const { reported } = await rig(t, { names: false })
  t.equal(reported.get('input/1/title'), 'Camera 1')
  t.notOk([...reported.keys()].some((path) => path.startsWith('input/Camera')))
})

t.test('buses, routes, layers, dynamic values, mixes and replay are set and seen', async (t) => {
  const { fire, set, reported } = await rig(t)
  for (const [path, value, seenAt = path] of [
    ['audio/busA/volume', 40],
    ['audio/busA/muted', true],
    ['audio/busB/sendToMaster', true],
    ['input/2/bus/B', true],
    ['input/2/solo', true],
    ['input/2/gain', 6],
    ['input/3/loop', true],
    ['input/3/panX', 0.5],
    ['input/3/zoom', 1.5, 'input/3/zoomX'],
    ['mix/2/active', 3],
    ['transition/2/effect', 'CubeZoom'],
    ['dynamic/value1', 'Ü & "x"'],
    ['dynamic/input2', 'Camera 2'],
    ['replay/recording', true],
    ['replay/live', false],
    ['fullscreen', true],
    ['playList', true],
  ] as const) {
    t.equal(await set(path, value), 'confirmed', path)
    if (path !== 'dynamic/input2') t.equal(reported.get(seenAt), value, seenAt)
  }
  t.equal(await fire('ReplayBCamera4'), 'confirmed')
  t.equal(reported.get('replay/cameraB'), 4)
  t.equal(reported.get('input/5/layer/1/input'), 1)
  t.equal(reported.get('input/7/list/2'), 'C:\\clips\\two.mp4')
  t.equal(reported.get('input/7/list/selected'), 1)
})

t.test('fault: an effect that the state would show and does not', async (t) => {
  const { fire, vmix } = await rig(t)
  vmix.fault('ignore')
  t.match(await failure(fire('AudioBusOn', { Input: 2, Value: 'B' })), {
    code: 'timeout',
    detail: /input\/2\/bus\/B is false, not true/,
  })
  vmix.fault('none')
  t.equal(await fire('AudioBusOn', { Input: 2, Value: 'B' }), 'confirmed')
})
