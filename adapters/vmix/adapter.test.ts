import { Value } from 'typebox/value'
import t from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { standardActions } from '../../intents/standard.ts'
import { adapter } from './adapter.ts'
import { lineOf } from './call.ts'
import { functions } from './functions.ts'

const device = 'mypro' as DeviceId
const options = Value.Parse(adapter.options, Value.Default(adapter.options, {}))

function planned(intent: Parameters<typeof adapter.plan>[0]): string {
  const plan = adapter.plan(intent, options, new Map())
  return plan.ok ? lineOf(plan.command) : `${plan.failure.code}: ${plan.failure.detail}`
}
const fire = (action: string, args: Json = null) => planned({ verb: 'fire', device, action, args })
const set = (path: string, value: Json) => planned({ verb: 'set', device, path, value })

t.test('a function goes out as vMix documents it', async (t) => {
  t.equal(fire('Cut'), 'FUNCTION Cut')
  t.equal(fire('Cut', {}), 'FUNCTION Cut')
  t.equal(fire('PreviewInput', { Input: 5 }), 'FUNCTION PreviewInput Input=5')
  t.equal(
    fire('SetText', { SelectedName: 'Headline', Value: 'Hello world', Input: 3 }),
    'FUNCTION SetText Input=3&Value=Hello%20world&SelectedName=Headline',
  )
  t.equal(fire('Fade', { Duration: 1000, Mix: 1 }), 'FUNCTION Fade Duration=1000&Mix=1')
})

t.test('names of functions and parameters are taken in any case', async (t) => {
  t.equal(fire('previewinput', { input: 'Camera 1' }), 'FUNCTION PreviewInput Input=Camera%201')
  t.equal(fire('SETMASTERVOLUME', { VALUE: 40 }), 'FUNCTION SetMasterVolume Value=40')
  t.match(fire('SetMasterVolume', { value: 1, Value: 2 }), /given twice/)
})

t.test('a lone value is the first parameter, a list goes in the order of the table', async (t) => {
  t.equal(fire('PreviewInput', 3), 'FUNCTION PreviewInput Input=3')
  t.equal(fire('SetMasterVolume', 80), 'FUNCTION SetMasterVolume Value=80')
  t.equal(fire('Fade', 500), 'FUNCTION Fade Duration=500')
  t.equal(fire('SetVolume', [2, 80]), 'FUNCTION SetVolume Input=2&Value=80')
  t.equal(fire('KeyPress', 'F1'), 'FUNCTION KeyPress Value=F1')
  t.match(fire('PreviewInputNext', [1, 2]), /at most 1/)
})

t.test('numbers written as text, as a line of TCP carries them, are numbers', async (t) => {
  t.equal(fire('SetVolume', { Input: '2', Value: '80' }), 'FUNCTION SetVolume Input=2&Value=80')
  t.match(fire('SetVolume', { Input: 2, Value: 'loud' }), /malformed: .*a number from 0 to 100/)
})

t.test('what is not for a function is refused, with what it takes', async (t) => {
  t.match(fire('PreviewInput'), /malformed: PreviewInput needs Input/)
  t.match(fire('PreviewInput', { Inputt: 1 }), /malformed: .*no parameter Inputt.*Input, Mix/)
  t.match(fire('FadeToBlack', { Input: 1 }), /it takes none/)
  t.match(fire('SetVolume', { Input: 1, Value: 101 }), /from 0 to 100/)
  t.match(fire('SetPanX', { Input: 1, Value: -3 }), /from -2 to 2/)
  t.match(fire('StartStreaming', { Value: 5 }), /a whole number from 0 to 4/)
  t.match(fire('Fade', { Duration: 1.5 }), /a whole number/)
  t.match(fire('PreviewInput', { Input: -2 }), /an input/)
  t.match(fire('PreviewInput', { Input: { a: 1 } }), /an input/)
  t.match(fire('SetText', { Input: 1, Value: 'x'.repeat(4097) }), /at most 4096/)
  t.match(fire('SetText', { Input: 1, Value: '\ud800' }), /Unicode/)
})

t.test('no value can add a parameter or a line', async (t) => {
  const hostile = 'x\r\nFUNCTION StartStreaming\r\n&Input=1 ?'
  const line = fire('SetText', { Input: 3, Value: hostile })
  t.notMatch(line, /[\r\n]/)
  t.equal(line.split(' ').length, 3)
  t.equal(
    new URLSearchParams(line.split(' ')[2]).get('Value'),
    hostile,
    'the control: it arrives whole',
  )
  t.match(fire('Cut\r\nFUNCTION StartStreaming'), /^not-found/)
  t.match(fire('Cut StartStreaming'), /^not-found/)
  t.match(fire('FUNCTION', { Function: 'Cut\r\nFUNCTION StartStreaming' }), /malformed/)
  t.match(fire('KeyPress', { 'Value=1&Input': 'x' }), /malformed/)
  t.match(fire('KeyPress', { Value: { deep: true } }), /malformed/)
})

t.test('a name that vMix does not know is refused, with those like it', async (t) => {
  t.match(fire('PrevieuInput', { Input: 1 }), /^not-found: .*PreviewInput/)
  t.match(fire('light.set', { light: 'key', level: 1 }), /^not-found/, 'nor what it cannot do')
})

t.test('a function that is newer than the table passes through by name', async (t) => {
  t.equal(
    fire('FUNCTION', { Function: 'NewerThanThis', value: 5000, Channel: 'A b', Loop: true }),
    'FUNCTION NewerThanThis Value=5000&Channel=A%20b&Loop=True',
  )
  t.match(fire('FUNCTION', { Value: 1 }), /malformed: .*needs Function/)
  t.match(fire('FUNCTION', { Function: 'A&B=1' }), /malformed/)
  t.match(fire('FUNCTION', 'Cut'), /malformed/)
})

t.test('every group of functions has its names and parameters', async (t) => {
  // from the tables of vMix's help page "Shortcut Function Reference"
  for (const [action, args, line] of [
    ['AudioBusOn', { Input: 2, Value: 'B' }, 'AudioBusOn Input=2&Value=B'],
    ['SetVolumeFade', { Input: 2, Value: '80,2000' }, 'SetVolumeFade Input=2&Value=80%2C2000'],
    ['BusXAudioPluginOn', 'A,1', 'BusXAudioPluginOn Value=A%2C1'],
    ['SetOutput2', { Value: 'Input', Input: 3 }, 'SetOutput2 Value=Input&Input=3'],
    ['AddInput', 'Video|c:\\clip.mp4', 'AddInput Value=Video%7Cc%3A%5Cclip.mp4'],
    ['SetCountdown', [4, '00:10:00'], 'SetCountdown Input=4&Value=00%3A10%3A00'],
    ['SetLayer3PanX', [5, -0.5], 'SetLayer3PanX Input=5&Value=-0.5'],
    ['SetMultiViewOverlay', [5, '1,2'], 'SetMultiViewOverlay Input=5&Value=1%2C2'],
    ['PTZMoveUpLeft', [1, 0.5], 'PTZMoveUpLeft Input=1&Value=0.5'],
    ['ReplayPlayEvent', { Value: 0, Channel: 'A' }, 'ReplayPlayEvent Value=0&Channel=A'],
    ['ReplayPause', { channel: 'B' }, 'ReplayPause Channel=B'],
    ['ReplaySelectEvents20', null, 'ReplaySelectEvents20'],
    ['DataSourceNextRow', 'Excel,Sheet1', 'DataSourceNextRow Value=Excel%2CSheet1'],
    ['NDISelectSourceByName', [1, 'CAM (1)'], 'NDISelectSourceByName Input=1&Value=CAM%20(1)'],
    ['ScriptStart', 'Opening', 'ScriptStart Value=Opening'],
    ['StreamingSetKey', '0,key', 'StreamingSetKey Value=0%2Ckey'],
    ['BrowserNavigate', [1, 'https://a'], 'BrowserNavigate Input=1&Value=https%3A%2F%2Fa'],
    ['OverlayInput8Last', null, 'OverlayInput8Last'],
    ['SetDynamicInput1', 'Camera 1', 'SetDynamicInput1 Value=Camera%201'],
    ['VideoDelayStartRecording', { Input: 1 }, 'VideoDelayStartRecording Input=1'],
    ['ZoomMuteSelf', 1, 'ZoomMuteSelf Input=1'],
    ['OMTPreviewOn', 1, 'OMTPreviewOn Input=1'],
    ['SelectPlayList', 'Show', 'SelectPlayList Value=Show'],
    ['Undo', null, 'Undo'],
  ] as const)
    t.equal(fire(action, args), `FUNCTION ${line}`, action)
  for (const [action, args, why] of [
    ['AudioBusOn', { Input: 2, Value: 'H' }, /one of M, A, B, C, D, E, F, G/],
    ['SetVolumeFade', { Input: 2, Value: '80' }, /of the form: Volume 0 to 100 and milliseconds/],
    ['ReplayPause', { Channel: 'X' }, /one of A, B, C, D/],
    ['PTZMoveUp', { Input: 1, Value: 2 }, /a number from 0 to 1/],
    ['SetColor', { Input: 4, Value: 'red' }, /#RRGGBB/],
    ['Undo', 1, /at most 0/],
  ] as const)
    t.match(fire(action, args), why, action)
  t.equal(functions.length, 797)
})

t.test('a lasting value becomes the function that brings it about', async (t) => {
  for (const [path, value, line] of [
    ['recording', true, 'StartRecording'],
    ['recording', false, 'StopRecording'],
    ['streaming', true, 'StartStreaming'],
    ['streaming/2', false, 'StopStreaming Value=1'],
    ['external', true, 'StartExternal'],
    ['multiCorder', false, 'StopMultiCorder'],
    ['active', 'Camera 1', 'ActiveInput Input=Camera%201'],
    ['preview', 2, 'PreviewInput Input=2'],
    ['overlay/1', 3, 'OverlayInput1In Input=3'],
    ['overlay/1', 0, 'OverlayInput1Out'],
    ['overlay/4', null, 'OverlayInput4Out'],
    ['input/2/volume', 80, 'SetVolume Input=2&Value=80'],
    ['input/News/Sport/muted', true, 'AudioOff Input=News%2FSport'],
    ['input/3/muted', false, 'AudioOn Input=3'],
    ['input/4/text/Headline.Text', 'Hi', 'SetText Input=4&Value=Hi&SelectedName=Headline.Text'],
    ['master/volume', 50, 'SetMasterVolume Value=50'],
    ['audio/master/volume', 50, 'SetMasterVolume Value=50'],
    ['audio/master/muted', true, 'MasterAudioOff'],
    ['fadeToBlack', true, 'FadeToBlack'],
  ] as const)
    t.equal(set(path, value), `FUNCTION ${line}`, path)
  for (const [path, value] of [
    ['recording', 'yes'],
    ['fadeToBlack', 1],
    ['active', null],
    ['overlay/9', 1],
    ['input/2/volume', 200],
    ['input/2/muted', 'on'],
    ['lights', 1],
  ] as const)
    t.match(set(path, value), /^malformed: /, path)
})

t.test(
  'resync repeats levels, mutes and texts, and never what is on air or recorded',
  async (t) => {
    const lasting = new Map<string, Json>([
      ['recording', true],
      ['streaming', true],
      ['streaming/1', true],
      ['external', true],
      ['multiCorder', true],
      ['active', 1],
      ['preview', 2],
      ['overlay/1', 3],
      ['fadeToBlack', false],
      ['input/2/volume', 80],
      ['input/2/muted', false],
      ['input/4/text/Headline', 'Hi'],
      ['master/volume', 90],
    ])
    t.same(adapter.resync(lasting, new Map()), [
      'input/2/volume',
      'input/2/muted',
      'input/4/text/Headline',
      'master/volume',
    ])
  },
)

t.test('the standard actions are said in the words of vMix', async (t) => {
  for (const [action, args, line] of [
    ['record.start', {}, 'StartRecording'],
    ['record.stop', {}, 'StopRecording'],
    ['stream.start', {}, 'StartStreaming'],
    ['stream.stop', {}, 'StopStreaming'],
    ['switch.cut', {}, 'Cut'],
    ['switch.fade', { ms: 750 }, 'Fade Duration=750'],
    ['switch.fade', {}, 'Fade'],
    ['switch.preview', { input: 2 }, 'PreviewInput Input=2'],
    ['switch.program', { input: 'Camera 1' }, 'ActiveInput Input=Camera%201'],
    ['overlay.show', { overlay: 2, input: 4 }, 'OverlayInput2In Input=4'],
    ['overlay.show', { overlay: 2 }, 'OverlayInput2In'],
    ['overlay.hide', { overlay: 2 }, 'OverlayInput2Out'],
    ['audio.mute', { input: 1 }, 'AudioOff Input=1'],
    ['audio.unmute', { input: 1 }, 'AudioOn Input=1'],
    ['audio.level', { input: 1, level: 0.5 }, 'SetVolume Input=1&Value=50'],
    ['media.play', { input: 3 }, 'Play Input=3'],
    ['media.pause', { input: 3 }, 'Pause Input=3'],
  ] as const)
    t.equal(fire(action, args), `FUNCTION ${line}`, action)
  t.match(fire('audio.level', { input: 1, level: 2 }), /malformed: audio.level: level must be/)
  t.match(fire('switch.preview', {}), /malformed/)
})

t.test(
  'everything it offers is described, with a schema that its own plan agrees with',
  async (t) => {
    const actions = adapter.actions(options)
    const names = actions.map(({ verb, name }) => `${verb} ${name}`)
    t.equal(new Set(names).size, names.length, 'no name twice')
    for (const { name, description, schema } of actions) {
      t.ok(description.length > 0, name)
      t.doesNotThrow(() => JSON.stringify(schema))
    }
    const offered = actions.filter((one) => standardActions.has(one.name))
    t.equal(offered.length, 15)
    const volume = actions.find((one) => one.name === 'SetVolume')
    t.ok(volume !== undefined && Value.Check(volume.schema, { Input: 1, Value: 50 }))
    t.notOk(volume !== undefined && Value.Check(volume.schema, { Input: 1, Value: 500 }))
  },
)

t.test('the options have the ports of vMix as defaults', async (t) => {
  t.same(options, {
    host: '127.0.0.1',
    port: 8099,
    httpPort: 8088,
    confirmMs: 2000,
    replyMs: 2000,
    pollMs: 2000,
    names: true,
  })
})
