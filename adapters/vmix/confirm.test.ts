import t from 'tap'
import type { Json } from '../../intents/json.ts'
import { callOf } from './args.ts'
import { expected, resolveInput } from './confirm.ts'
import { meets, type Known } from './expectation.ts'
import { createPicture } from './picture.ts'
import { activator, tally } from './pushed.ts'

const known: Known = {
  values: new Map<string, Json>([
    ['active', 1],
    ['preview', 2],
    ['recording', false],
    ['fadeToBlack', true],
    ['overlay/1', 3],
    ['overlay/2', null],
    ['transition/1/duration', 500],
    ['input/2/muted', false],
    ['input/3/text/Headline.Text', 'Welcome'],
    ['audio/master/muted', false],
    ['audio/busA/muted', false],
    ['audio/busA/volume', 100],
    ['mix/2/active', 3],
    ['mix/2/preview', 1],
    ['input/2/bus/B', false],
    ['input/2/zoomX', 1],
    ['input/2/layer/2/crop/X1', 0],
    ['replay/recording', false],
    ['replay/cameraA', 1],
  ]),
  inputs: [
    {
      number: 1,
      key: '26cae087-b7b6-4d45-98e4-de03ab4feb6b',
      title: 'Camera 1',
      shortTitle: 'Cam',
    },
    { number: 2, key: 'k2', title: 'Opener.mp4', shortTitle: 'Opener' },
    { number: 3, key: 'k3', title: 'Lower Third', shortTitle: 'Lower Third' },
  ],
}

function expects(action: string, args: Json = null): Json {
  const called = callOf(action, args)
  if (!called.ok) throw new Error(called.failure.detail)
  const due = expected(called.call, known)
  if (!due.ok) return `no input ${due.missingInput}`
  const seen = Object.fromEntries(due.expectations.map(({ path, value }) => [path, value]))
  return due.takesMs === 0 ? seen : { ...seen, takesMs: due.takesMs }
}

t.test('what shows that a function was carried out', async (t) => {
  for (const [action, args, seen] of [
    ['StartRecording', null, { recording: true }],
    ['StopRecording', null, { recording: false }],
    ['StartStopRecording', null, { recording: true }],
    ['StartStreaming', null, { streaming: true }],
    ['StartStreaming', { Value: 1 }, { 'streaming/2': true }],
    ['StopExternal', null, { external: false }],
    ['StartMultiCorder', null, { multiCorder: true }],
    ['Cut', null, { active: 2 }],
    ['Cut', { Input: 'Lower Third' }, { active: 3 }],
    ['Fade', { Duration: 700 }, { active: 2, takesMs: 700 }],
    ['Merge', null, { active: 2, takesMs: 1000 }],
    ['Transition1', null, { active: 2, takesMs: 500 }],
    ['Stinger2', null, { active: 2, takesMs: 5000 }],
    ['ActiveInput', 3, { active: 3 }],
    ['ActiveInput', 0, { active: 2 }],
    ['PreviewInput', 'Opener', { preview: 2 }],
    ['PreviewInput', -1, { preview: 1 }],
    ['FadeToBlack', null, { fadeToBlack: false }],
    ['OverlayInput1In', 2, { 'overlay/1': 2 }],
    ['OverlayInput2In', null, { 'overlay/2': 2 }],
    ['OverlayInput1', 3, { 'overlay/1': null }],
    ['OverlayInput1', 2, { 'overlay/1': 2 }],
    ['OverlayInput1Out', null, { 'overlay/1': null }],
    ['OverlayInputAllOff', null, { 'overlay/1': null, 'overlay/2': null }],
    ['AudioOn', 2, { 'input/2/muted': false }],
    ['Audio', 2, { 'input/2/muted': true }],
    ['MasterAudioOff', null, { 'audio/master/muted': true }],
    ['SetVolume', { Input: 2, Value: 70 }, { 'input/2/volume': 70 }],
    ['SetMasterVolume', 70, { 'audio/master/volume': 70 }],
    ['Cut', { Mix: 1 }, { 'mix/2/active': 1 }],
    ['PreviewInput', { Input: 3, Mix: 1 }, { 'mix/2/preview': 3 }],
    ['OverlayInput1', null, { 'overlay/1': 2 }],
    ['AudioBusOn', [2, 'B'], { 'input/2/bus/B': true }],
    ['AudioBus', [2, 'B'], { 'input/2/bus/B': true }],
    ['BusXAudioOff', 'A', { 'audio/busA/muted': true }],
    ['SetBusAVolume', 40, { 'audio/busA/volume': 40 }],
    ['SetZoom', [2, 1.5], { 'input/2/zoomX': 1.5 }],
    ['SetLayer2CropX1', [2, 0.5], { 'input/2/layer/2/crop/X1': 0.5 }],
    ['ReplayStartRecording', null, { 'replay/recording': true }],
    ['ReplayACamera3', null, { 'replay/cameraA': 3 }],
    ['SetTransitionDuration1', 700, { 'transition/1/duration': 700 }],
    ['SetText', [3, 'Hi\r\nthere', 'Headline'], { 'input/3/text/Headline.Text': 'Hi\nthere' }],
  ] as const)
    t.same(expects(action, args), seen, `${action} ${JSON.stringify(args)}`)
})

t.test('where vMix shows nothing, nothing is expected', async (t) => {
  for (const [action, args] of [
    ['Play', 2],
    ['SetZoom', [3, 1.5]],
    ['ReplayStopEvents', null],
    ['SetBusBVolume', 40],
    ['SetText', [3, 'Hi']],
    ['PreviewInputNext', null],
    ['Cut', { Mix: 2 }],
    ['OverlayInput1In', { Input: 2, Mix: 1 }],
    ['PreviewInput', 'Dynamic1'],
    ['KeyPress', 'F1'],
  ] as const)
    t.same(expects(action, args), {}, action)
})

t.test(
  'an input is found by number, key, exact title or short title, and by no other name',
  async (t) => {
    t.equal(resolveInput('3', known), 3)
    t.equal(resolveInput('26CAE087-B7B6-4D45-98E4-DE03AB4FEB6B', known), 1)
    t.equal(resolveInput('Camera 1', known), 1)
    t.equal(resolveInput('Opener', known), 2)
    t.equal(resolveInput('camera 1', known), 'missing')
    t.equal(resolveInput('9', known), 'missing')
    t.equal(expects('PreviewInput', 'Camera 9'), 'no input Camera 9')
  },
)

t.test('a fader may be off by what vMix rounds, anything else by nothing', async (t) => {
  const fader = { path: 'v', value: 70, tolerance: 0.5 }
  t.ok(meets(fader, 70.01))
  t.notOk(meets(fader, 71))
  t.notOk(meets(fader, undefined))
  t.notOk(meets({ path: 'r', value: true, tolerance: 0 }, undefined))
  t.ok(meets({ path: 'o', value: null, tolerance: 0 }, undefined), 'nothing on an overlay')
})

t.test('what vMix pushes becomes reported paths', async (t) => {
  for (const [line, changes] of [
    ['Input 3 1', [['active', 3]]],
    ['Input 1 0', []],
    ['InputPreview 2 1', [['preview', 2]]],
    ['InputAudio 2 0', [['input/2/muted', true]]],
    ['InputVolume 2 0.4304672', [['input/2/volume', 81]]],
    ['InputPlaying 3 1', [['input/3/state', 'Running']]],
    ['Recording 1', [['recording', true]]],
    ['MultiCorder 0', [['multiCorder', false]]],
    ['FadeToBlack 1', [['fadeToBlack', true]]],
    ['MasterVolume 1', [['audio/master/volume', 100]]],
    ['MasterAudio 0', [['audio/master/muted', true]]],
    ['BusAVolume 0.0625', [['audio/busA/volume', 50]]],
    ['MasterHeadphones 0.0625', [['audio/headphones/volume', 50]]],
    ['BusBSolo 1', [['audio/busB/solo', true]]],
    ['InputSolo 2 1', [['input/2/solo', true]]],
    ['InputAudioAuto 2 0', [['input/2/audioAuto', false]]],
    ['InputMasterAudio 2 0', [['input/2/bus/M', false]]],
    ['InputBusCAudio 2 1', [['input/2/bus/C', true]]],
    ['InputMix2 3 1', [['mix/2/active', 3]]],
    ['InputPreviewMix16 3 1', [['mix/16/preview', 3]]],
    ['InputMix2 1 0', []],
    ['ReplayRecording 1', [['replay/recording', true]]],
    ['ReplayLive 0', [['replay/live', false]]],
    ['ReplayBCamera3 1', [['replay/cameraB', 3]]],
    ['ReplayBCamera2 0', []],
    ['ReplayPlayBackward 1', [['replay/forward', false]]],
    ['ReplayChannelAB 1', [['replay/channelMode', 'AB']]],
    ['ButtonPress 2 1', []],
    ['Input 99999 1', []],
    ['Recording maybe', []],
    ['', []],
  ] as const)
    t.same(activator(line), { changes, readAgain: false }, line)
  t.same(activator('Streaming 1'), { changes: [], readAgain: true }, 'it does not say which stream')
  t.same(activator('VideoCallSourceOutput2 4 1'), { changes: [], readAgain: true }, 'whose it was')
  t.same(activator('Overlay1 2 1'), { changes: [], readAgain: true }, 'nor whether it is on air')
})

t.test('a tally names each input, and those that are gone', async (t) => {
  t.same(tally('012', 4), {
    changes: [
      ['tally/1', 'off'],
      ['tally/2', 'program'],
      ['tally/3', 'preview'],
      ['tally/4', null],
    ],
    readAgain: false,
    count: 3,
  })
})

t.test('only what was seen after a function was sent can confirm it', async (t) => {
  const reports: [string, Json][] = []
  const picture = createPicture((path, value) => reports.push([path, value]))
  const recording = { path: 'recording', value: true, tolerance: 0 }
  picture.pushed([['recording', true]])
  const watch = picture.watches.open([recording])
  t.same(watch.missing, recording, 'it was so before, which proves nothing')
  picture.pushed([['recording', true]])
  t.equal(watch.missing, undefined, 'the control: it was said again')
  t.same(reports, [['recording', true]], 'and what is the same is reported once')
})

t.test('a state that was asked for before vMix said OK confirms nothing', async (t) => {
  const picture = createPicture(() => undefined)
  const watch = picture.watches.open([{ path: 'recording', value: true, tolerance: 0 }])
  const state = { values: new Map([['recording', true]]), inputs: [] }
  picture.read(state, picture.moment())
  t.not(watch.missing, undefined)
  watch.answered(picture.moment())
  picture.read(state, picture.moment())
  t.equal(watch.missing, undefined, 'the control: one that was asked for later')
})

t.test('what was so for a moment only is seen, and what never was is told from it', async (t) => {
  const preview = (value: number) => [{ path: 'preview', value, tolerance: 0 }]
  const picture = createPicture(() => undefined)
  const [first, second] = [picture.watches.open(preview(1)), picture.watches.open(preview(2))]
  picture.pushed([
    ['preview', 1],
    ['preview', 2],
  ])
  t.same([first.missing, first.passed], [undefined, false])
  t.same([second.missing, second.passed], [undefined, false])
  const [third, fourth] = [picture.watches.open(preview(3)), picture.watches.open(preview(4))]
  picture.pushed([['preview', 4]])
  t.same([third.missing, third.passed], [undefined, true], 'a later one was seen first')
  t.same([fourth.missing, fourth.passed], [undefined, false])
})

t.test('a state that was read before a push does not undo the push', async (t) => {
  const picture = createPicture(() => undefined)
  const read = (value: Json, began: number) =>
    picture.read({ values: new Map([['active', value]]), inputs: [] }, began)
  const began = picture.moment()
  picture.pushed([['active', 2]])
  read(1, began)
  t.equal(picture.values.get('active'), 2)
  read(3, picture.moment())
  t.equal(picture.values.get('active'), 3, 'the control: a read that began later')
})

t.test('an input that is gone takes its values with it', async (t) => {
  const reports: [string, Json][] = []
  const picture = createPicture((path, value) => reports.push([path, value]))
  picture.read({ values: new Map([['input/9/volume', 80]]), inputs: [] }, picture.moment())
  picture.read({ values: new Map(), inputs: [] }, picture.moment())
  t.same(reports, [
    ['input/9/volume', 80],
    ['input/9/volume', null],
  ])
})
