import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { maxDataBytes } from './protocol.ts'
import { parseState, type Snapshot } from './state.ts'
import { amplitudeOf, faderOf } from './volume.ts'

function stateOf(xml: string): Snapshot {
  const parsed = parseState(xml)
  if (!parsed.ok) throw new Error(parsed.detail)
  return parsed.snapshot
}

// in the form of vMix's help page "HTTP Web API", with what real states add to it
const fixture = `<vmix><version>27.0.0.81</version><edition>4K</edition><inputs>
<input key="26cae087-b7b6-4d45-98e4-de03ab4feb6b" number="1" type="GT" title="News & Sport" shortTitle="News" state="Paused" muted="True" volume="43.04672">
News & Sport<text index="0" name="Headline.Text">R&amp;D &lt;live&gt; &#65;&#x42;</text><text index="1" name="Description.Text"/></input>
<input key="55cbe357-a801-4d54-8ff2-08ee68766fae" number="2" type="Capture" title="Cam" state="Running" meterF1="1.229964E-05">Cam</input>
</inputs><overlays><overlay number="1">2</overlay><overlay number="2"/><overlay number="3" preview="True">1</overlay></overlays>
<preview>1</preview><active>2</active><fadeToBlack>False</fadeToBlack>
<transitions><transition number="1" effect="Fade" duration="500"/></transitions>
<recording duration="4" filename1="C:\\a.mp4">True</recording><external>False</external>
<streaming channel1="False" channel2="True">True</streaming><multiCorder>False</multiCorder>
<audio><master volume="1.229964E-05" muted="False" headphonesVolume="100"/><busA volume="6.25" muted="True"/></audio></vmix>`

t.test('the state of vMix becomes reported paths', async (t) => {
  const { values, inputs } = stateOf(fixture)
  t.match(Object.fromEntries(values), {
    version: '27.0.0.81',
    recording: true,
    external: false,
    multiCorder: false,
    fadeToBlack: false,
    streaming: true,
    'streaming/1': false,
    'streaming/2': true,
    'streaming/5': false,
    active: 2,
    preview: 1,
    'overlay/1': 2,
    'overlay/2': null,
    'overlay/3': null,
    'transition/1/effect': 'Fade',
    'transition/1/duration': 500,
    'input/1/title': 'News & Sport',
    'input/1/key': '26cae087-b7b6-4d45-98e4-de03ab4feb6b',
    'input/1/type': 'GT',
    'input/1/state': 'Paused',
    'input/1/muted': true,
    'input/1/volume': 81,
    'input/1/text/Headline.Text': 'R&D <live> AB',
    'input/1/text/Description.Text': '',
    'audio/master/muted': false,
    'audio/busA/volume': 50,
    'audio/busA/muted': true,
  })
  t.notOk(values.has('input/2/volume'), 'an input without sound has no volume')
  t.notOk(
    [...values.keys()].some((path) => path.includes('meter')),
    'meters are no state',
  )
  t.same(inputs[0], {
    number: 1,
    key: '26cae087-b7b6-4d45-98e4-de03ab4feb6b',
    title: 'News & Sport',
    shortTitle: 'News',
  })
})

t.test('a number with an exponent is a number', async (t) => {
  const { values } = stateOf(fixture)
  t.equal(values.get('audio/master/volume'), faderOf(1.229964e-7))
  t.ok(Number(values.get('audio/master/volume')) > 1.8, 'the fader stands a little above zero')
})

t.test('a volume is the position of the fader, as it was set, in both directions', async (t) => {
  // 43.04672, 40.96 and 59.96953 stand in real states
  t.equal(faderOf(0.4304672), 81)
  t.equal(faderOf(0.4096), 80)
  t.equal(faderOf(0.5996953), 88)
  for (let fader = 0; fader <= 100; fader++) t.equal(faderOf(amplitudeOf(fader)), fader)
  t.equal(faderOf(7), 100, 'and never leaves its way')
})

t.test('a vMix with one stream shows it as stream 1', async (t) => {
  const { values } = stateOf('<vmix><streaming>True</streaming></vmix>')
  t.equal(values.get('streaming/1'), true)
  t.equal(values.get('streaming/2'), false)
})

t.test('what is no state of vMix is told, and never read in part', async (t) => {
  const bomb = `<!DOCTYPE v [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><vmix><version>&b;</version></vmix>`
  for (const [what, xml, detail] of [
    ['an entity bomb', bomb, /document type/],
    ['half a state', fixture.slice(0, 400), /not a whole/],
    ['a page of HTML', '<html><body>Login</body></html>', /not a whole/],
    ['nothing', '', /empty/],
    ['a state too deep', `${'<a>'.repeat(100)}</vmix>`, /not a vMix state/],
    ['a state too large', `<vmix>${' '.repeat(maxDataBytes)}</vmix>`, /more than/],
    [
      'a state with a trap for JavaScript',
      '<vmix><__proto__>x</__proto__></vmix>',
      /not a vMix state/,
    ],
  ] as const) {
    const parsed = parseState(xml)
    t.equal(parsed.ok, false, what)
    if (!parsed.ok) t.match(parsed.detail, detail, what)
  }
  t.equal(parseState(fixture).ok, true, 'the control')
})

t.test('an entity of nobody stays text', async (t) => {
  const { values } = stateOf('<vmix><preset>&who; &amp;lt; &#99999999;</preset></vmix>')
  t.equal(values.get('preset'), '&who; &lt; &#99999999;')
})

const vectors = new URL('../../../shared/vectors/vmix/', import.meta.url)
const without = existsSync(vectors)
  ? false
  : 'the captured states of vMix 25 and 27 are not on this machine; the fixture above stands for them'

t.test(
  'captured: a real state of vMix 25 with a raw & in a title',
  { skip: without },
  async (t) => {
    const file = new URL('25.0.0.29-vmix-scraper.xml', vectors)
    const { values, inputs } = stateOf(readFileSync(file, 'utf8'))
    t.equal(inputs.length, 51)
    t.match(Object.fromEntries(values), {
      version: '25.0.0.29',
      active: 43,
      preview: 19,
      recording: false,
      streaming: false,
      'input/4/volume': 81,
      'input/4/muted': false,
      'input/7/volume': 80,
      'input/29/title': 'PTZ - 2 J & C WIDE',
      'input/46/text/Headline.Text': 'donate at uuse.org',
      'input/46/text/Description.Text': '',
      'overlay/8': null,
      'transition/3/effect': 'Merge',
      'transition/3/duration': 2500,
      'audio/master/volume': 100,
      'recording/filename1': 'C:\\Users\\UUSE Team\\Desktop\\4-17-22 choir test.mp4',
      'input/12/panX': -0.003616571,
      'input/39/bus/A': true,
      'input/39/bus/B': false,
      'input/36/selectedIndex': 3,
      'input/43/layer/2/input': 30,
      'input/43/layer/2/zoomX': 0.87125,
      'input/43/zoomX': 1.023,
    })
    t.notOk(values.has('input/1/panX'), 'vMix 25 says nothing of what was never moved')
  },
)

t.test('captured: a real state of vMix 27', { skip: without }, async (t) => {
  const file = new URL('27.0.0.81-vmix-rs.xml', vectors)
  const { values, inputs } = stateOf(readFileSync(file, 'utf8'))
  t.same(
    inputs.map((one) => one.number),
    [1, 21],
  )
  t.match(Object.fromEntries(values), {
    external: true,
    active: 1,
    preview: 1,
    'input/21/shortTitle': 'Left_Top',
    'input/21/bus/M': Boolean,
    'audio/busA/sendToMaster': false,
    'audio/headphones/volume': 100,
    'dynamic/value4': '',
    'input/21/volume': 100,
    'audio/busA/volume': 88,
  })
})

t.test('replay, mixes, outputs, recorders and layers are told', async (t) => {
  // elements and attributes as current control software reads them from vMix 27 and 28
  const { values } = stateOf(`<vmix><version>28.0.0.39</version><inputs>
<input key="k1" number="1" type="Replay" title="Replay" state="Paused" position="0" duration="0" loop="False" muted="False" volume="100" balance="0" solo="True" audiobusses="M,B" gainDb="3">Replay<replay live="True" recording="False" channelMode="A" events="3" eventsA="3" eventsB="1" cameraA="2" cameraB="1" speed="0.5"><timecode>2026-01-01T10:00:00.000</timecode></replay></input>
<input key="k2" number="2" type="GT" title="Score" state="Paused"><text index="0" name="Home.Text">1</text><image index="0" name="Logo.Source">C:\\l.png</image><color index="0" name="Box.Fill.Color">#FF0000</color><overlay index="0" key="k1"><position panX="0.5" zoomX="0.25"/><crop X1="0.1" Y2="0.9"/></overlay><overlay index="1" key="gone"/></input>
<input key="k3" number="3" type="VideoCall" title="Guest" callPassword="secret" callConnected="True" callVideoSource="Output2"/></inputs>
<overlays><overlay number="1" preview="True">2</overlay></overlays><preview>1</preview><active>2</active>
<mix number="2"><preview>3</preview><active>1</active></mix>
<outputs><output type="output" number="2" source="Input" inputNumber="3" ndi="True"/><output type="fullscreen" number="1" source="Output"/></outputs>
<recording duration="61" filename1="C:\\a.mp4">True</recording><multiCorder duration="12">True</multiCorder></vmix>`)
  t.match(Object.fromEntries(values), {
    'replay/live': true,
    'replay/recording': false,
    'replay/channelMode': 'A',
    'replay/events': 3,
    'replay/cameraA': 2,
    'replay/speed': 0.5,
    'replay/timecode': '2026-01-01T10:00:00.000',
    'input/1/bus/M': true,
    'input/1/bus/A': false,
    'input/1/gain': 3,
    'input/1/panX': 0,
    'input/1/zoomX': 1,
    'input/2/text/Home.Text': '1',
    'input/2/image/Logo.Source': 'C:\\l.png',
    'input/2/color/Box.Fill.Color': '#FF0000',
    'input/2/layer/1/input': 1,
    'input/2/layer/1/panX': 0.5,
    'input/2/layer/1/crop/Y2': 0.9,
    'input/2/layer/2/key': 'gone',
    'input/3/callConnected': true,
    'input/3/callVideoSource': 'Output2',
    'mix/2/active': 1,
    'mix/2/preview': 3,
    'overlay/1': null,
    'overlay/1/preview': 2,
    'output/2/source': 'Input',
    'output/2/input': 3,
    'output/2/ndi': true,
    'fullscreen/1/source': 'Output',
    'recording/duration': 61,
    multiCorder: true,
    'multiCorder/duration': 12,
  })
  t.notOk(JSON.stringify([...values]).includes('secret'), "a caller's password is not told")
})
