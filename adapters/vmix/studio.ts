import { amplitudeOf } from './volume.ts'

/** An input of the simulated vMix. */
export interface StudioInput {
  readonly number: number
  readonly key: string
  title: string
  readonly type: string
  state: string
  /** Null: an input without sound, whose state has no audio at all. */
  readonly audio: { muted: boolean; volume: number } | null
  readonly texts: Map<string, string>
  readonly images: Map<string, string>
}

/** What the simulated vMix is doing. */
export interface Studio {
  readonly inputs: StudioInput[]
  active: number
  preview: number
  fadeToBlack: boolean
  recording: boolean
  external: boolean
  multiCorder: boolean
  /** Streams 1 to 5. */
  readonly streams: boolean[]
  /** Channels 1 to 8; null: nothing on it. */
  readonly overlays: (number | null)[]
  readonly master: { muted: boolean; volume: number }
}

/** A small production: two cameras, a clip, a title and a colour without sound. */
export function createStudio(): Studio {
  const input = (number: number, title: string, type: string, sound = true): StudioInput => ({
    number,
    key: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    title,
    type,
    state: type === 'Capture' ? 'Running' : 'Paused',
    audio: sound ? { muted: false, volume: 100 } : null,
    texts: new Map(),
    images: new Map(),
  })
  const title = input(4, 'Lower Third', 'GT', false)
  title.texts.set('Headline.Text', 'Welcome').set('Description.Text', '')
  title.images.set('Logo.Source', '')
  return {
    inputs: [
      input(1, 'Camera 1', 'Capture'),
      input(2, 'Camera 2', 'Capture'),
      input(3, 'Opener.mp4', 'Video'),
      title,
      input(5, 'Black & Burst', 'Colour', false),
    ],
    active: 1,
    preview: 2,
    fadeToBlack: false,
    recording: false,
    external: false,
    multiCorder: false,
    streams: [false, false, false, false, false],
    overlays: [null, null, null, null, null, null, null, null],
    master: { muted: false, volume: 100 },
  }
}

/** `0121…`: an input on an overlay is on air too. */
export function tallyOf(studio: Studio): string {
  const onAir = new Set([studio.active, ...studio.overlays])
  return studio.inputs
    .map(({ number }) => (onAir.has(number) ? '1' : number === studio.preview ? '2' : '0'))
    .join('')
}

const escape = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
const word = (on: boolean) => (on ? 'True' : 'False')
const audioOf = ({ muted, volume }: { readonly muted: boolean; readonly volume: number }) =>
  `volume="${Number((amplitudeOf(volume) * 100).toPrecision(7))}" muted="${word(muted)}"`

/** The state as vMix 27 writes it: one line, booleans as True and False, volumes as amplitude. */
export function xmlOf(studio: Studio): string {
  const inputs = studio.inputs.map((one) => {
    const name = escape(one.title)
    const audio =
      one.audio === null
        ? ''
        : ` ${audioOf(one.audio)} balance="0" solo="False" audiobusses="M" meterF1="1.229964E-05" meterF2="0"`
    const fields = (tag: string, all: ReadonlyMap<string, string>) =>
      [...all].map(
        ([field, value], index) =>
          `<${tag} index="${index}" name="${escape(field)}">${escape(value)}</${tag}>`,
      )
    return `<input key="${one.key}" number="${one.number}" type="${one.type}" title="${name}" shortTitle="${name}" state="${one.state}" position="0" duration="0" loop="False"${audio}>${name}${fields('text', one.texts).join('')}${fields('image', one.images).join('')}</input>`
  })
  const overlays = studio.overlays.map(
    (input, index) => `<overlay number="${index + 1}">${input ?? ''}</overlay>`,
  )
  const transitions = ['Fade', 'Merge', 'Wipe', 'CubeZoom'].map(
    (effect, index) =>
      `<transition number="${index + 1}" effect="${effect}" duration="${index === 0 ? 500 : 1000}" />`,
  )
  const channels = studio.streams.map((on, index) => ` channel${index + 1}="${word(on)}"`)
  return [
    '<vmix><version>27.0.0.81</version><edition>4K</edition>',
    `<inputs>${inputs.join('')}</inputs><overlays>${overlays.join('')}</overlays>`,
    `<preview>${studio.preview}</preview><active>${studio.active}</active>`,
    `<fadeToBlack>${word(studio.fadeToBlack)}</fadeToBlack>`,
    `<transitions>${transitions.join('')}</transitions>`,
    `<recording>${word(studio.recording)}</recording><external>${word(studio.external)}</external>`,
    `<streaming${channels.join('')}>${word(studio.streams.includes(true))}</streaming>`,
    `<playList>False</playList><multiCorder>${word(studio.multiCorder)}</multiCorder>`,
    `<fullscreen>False</fullscreen><audio><master ${audioOf(studio.master)} headphonesVolume="100" /></audio></vmix>`,
  ].join('')
}
