import type { Studio, StudioAudio, StudioInput } from './studio.ts'
import { amplitudeOf } from './volume.ts'

const escape = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
const word = (on: boolean) => (on ? 'True' : 'False')
const levelOf = ({ muted, volume }: StudioAudio) =>
  `volume="${Number((amplitudeOf(volume) * 100).toPrecision(7))}" muted="${word(muted)}"`

function placeOf(place: ReadonlyMap<string, number>): string {
  const said = (names: readonly (readonly [name: string, path: string])[]) =>
    names.flatMap(([name, path]) => {
      const value = place.get(path)
      return value === undefined ? [] : [` ${name}="${value}"`]
    })
  const plain = ['panX', 'panY', 'zoomX', 'zoomY', 'x', 'y', 'width', 'height']
  const position = said(plain.map((name) => [name, name]))
  const crop = said(['X1', 'X2', 'Y1', 'Y2'].map((name) => [name, `crop/${name}`]))
  return (
    (position.length === 0 ? '' : `<position${position.join('')} />`) +
    (crop.length === 0 ? '' : `<crop${crop.join('')} />`)
  )
}

function replayOf({ replay }: Studio): string {
  const time = '<timecode>2026-01-01T12:00:00.000</timecode>'
  return `<replay live="${word(replay.live)}" recording="${word(replay.recording)}" channelMode="${replay.channelMode}" events="1" eventsA="1" eventsB="1" cameraA="${replay.cameraA}" cameraB="${replay.cameraB}" speed="1" speedA="1" speedB="1">${time}</replay>`
}

function inputOf(studio: Studio, one: StudioInput): string {
  const name = escape(one.title)
  const { audio } = one
  const sound =
    audio === null
      ? ''
      : ` muted="${word(audio.muted)}" ${levelOf(audio).split(' ')[0]} balance="${audio.balance}" solo="${word(audio.solo)}" soloPFL="${word(audio.pfl)}" audioAuto="${word(audio.auto)}" audiobusses="${[...one.buses].join(',')}" meterF1="1.229964E-05" meterF2="0" gainDb="${audio.gain}"`
  const fields = (tag: string, all: ReadonlyMap<string, string>) =>
    [...all]
      .map(
        ([field, value], index) =>
          `<${tag} index="${index}" name="${escape(field)}">${escape(value)}</${tag}>`,
      )
      .join('')
  const layers = one.layers.map(({ input, place }, index) => {
    const { key = '' } = studio.inputs.find(({ number }) => number === input) ?? {}
    return `<overlay index="${index}" key="${key}">${placeOf(place)}</overlay>`
  })
  const items = one.items.map(
    (item, index) => `<item${index === 0 ? ' selected="true"' : ''}>${escape(item)}</item>`,
  )
  const list = items.length === 0 ? '' : `<list>${items.join('')}</list>`
  const replay = one.type === 'Replay' ? replayOf(studio) : ''
  return `<input key="${one.key}" number="${one.number}" type="${one.type}" title="${name}" shortTitle="${name}" state="${one.state}" position="0" duration="0" loop="${word(one.loop)}"${sound} selectedIndex="0">${name}${fields('text', one.texts)}${fields('image', one.images)}${placeOf(one.place)}${layers.join('')}${list}${replay}</input>`
}

/** The state as vMix 27 writes it: one line, booleans as True and False, volumes as amplitude. */
export function xmlOf(studio: Studio): string {
  const inputs = studio.inputs.map((one) => inputOf(studio, one))
  const overlays = studio.overlays.map(
    (input, index) => `<overlay number="${index + 1}">${input ?? ''}</overlay>`,
  )
  const transitions = studio.transitions.map(
    ({ effect, duration }, index) =>
      `<transition number="${index + 1}" effect="${effect}" duration="${duration}" />`,
  )
  const channels = studio.streams.map((on, index) => ` channel${index + 1}="${word(on)}"`)
  const buses = [...studio.buses].map(
    ([name, one]) =>
      `<bus${name} ${levelOf(one)} meterF1="0" meterF2="0" solo="${word(one.solo)}" sendToMaster="${word(one.sendToMaster)}" />`,
  )
  const { inputs: dynamicInputs, values } = studio.dynamic
  const dynamic = (what: string, all: readonly string[]) =>
    all.map((text, index) => `<${what}${index + 1}>${escape(text)}</${what}${index + 1}>`).join('')
  const { mix } = studio
  const file = studio.recording ? ' duration="1" filename1="C:\\recordings\\show.mp4"' : ''
  return [
    '<vmix><version>27.0.0.81</version><edition>4K</edition>',
    `<inputs>${inputs.join('')}</inputs><overlays>${overlays.join('')}</overlays>`,
    `<preview>${studio.preview}</preview><active>${studio.active}</active>`,
    `<fadeToBlack>${word(studio.fadeToBlack)}</fadeToBlack>`,
    `<transitions>${transitions.join('')}</transitions>`,
    `<recording${file}>${word(studio.recording)}</recording><external>${word(studio.external)}</external>`,
    `<streaming${channels.join('')}>${word(studio.streams.includes(true))}</streaming>`,
    `<playList>${word(studio.playList)}</playList><multiCorder>${word(studio.multiCorder)}</multiCorder>`,
    `<fullscreen>${word(studio.fullscreen)}</fullscreen>`,
    `<mix number="2"><preview>${mix.preview}</preview><active>${mix.active}</active></mix>`,
    `<audio><master ${levelOf(studio.master)} headphonesVolume="100" />${buses.join('')}</audio>`,
    `<dynamic>${dynamic('input', dynamicInputs)}${dynamic('value', values)}</dynamic></vmix>`,
  ].join('')
}
