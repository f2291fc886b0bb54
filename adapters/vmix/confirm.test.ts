import t from 'tap'
import type { Json } from '../../intents/json.ts'
import { callOf } from './args.ts'
import { expected, meets, resolveInput, type Known } from './confirm.ts'
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
    ['SetText', [3, 'Hi\r\nthere', 'Headline'], { 'input/3/text/Headline.Text': 'Hi\nthere' }],
  ] as const)
    t.same(expects(action, args), seen, `${action} ${JSON.stringify(args)}`)
})

t.test('where vMix shows nothing, nothing is expected', async (t) => {
  for (const [action, args] of [
    ['Play', 2],
    ['SetZoom', [2, 1.5]],
    ['SetText', [3, 'Hi']],
    ['PreviewInputNext', null],
    ['Cut', { Mix: 2 }],
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
    ['InputSolo 2 1', []],
    ['Input 99999 1', []],
    ['Recording maybe', []],
    ['', []],
  ] as const)
    t.same(activator(line), { changes, readAgain: false }, line)
  t.same(activator('Streaming 1'), { changes: [], readAgain: true }, 'it does not say which stream')
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
  const sent = picture.moment()
  t.notOk(picture.shows(recording, sent), 'it was so before, which proves nothing')
  picture.pushed([['recording', true]])
  t.ok(picture.shows(recording, sent), 'the control: it was said again')
  t.same(reports, [['recording', true]], 'and what is the same is reported once')
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
