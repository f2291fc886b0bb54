/** The sound of an input or a bus of the simulated vMix. */
export interface StudioAudio {
  muted: boolean
  volume: number
  solo: boolean
}

export interface StudioSound extends StudioAudio {
  balance: number
  gain: number
  auto: boolean
  pfl: boolean
}

export interface StudioBus extends StudioAudio {
  sendToMaster: boolean
}

/** An input of the simulated vMix. */
export interface StudioInput {
  readonly number: number
  readonly key: string
  title: string
  readonly type: string
  state: string
  loop: boolean
  /** Null: an input without sound, whose state has no audio at all. */
  readonly audio: StudioSound | null
  /** Of `M` and `A` to `G`. */
  readonly buses: Set<string>
  readonly texts: Map<string, string>
  readonly images: Map<string, string>
  /** `panX`, `zoomY`: what is not in it was never moved. */
  readonly place: Map<string, number>
  /** Inputs by their number, and where each stands. */
  readonly layers: { readonly input: number; readonly place: Map<string, number> }[]
  readonly items: string[]
}

/** Programme and preview. */
export interface StudioMix {
  active: number
  preview: number
}

export interface StudioReplay {
  recording: boolean
  live: boolean
  channelMode: string
  cameraA: number
  cameraB: number
}

/** What the simulated vMix is doing. */
export interface Studio extends StudioMix {
  readonly inputs: StudioInput[]
  /** The second mix, the first that is an input. */
  readonly mix: StudioMix
  fadeToBlack: boolean
  recording: boolean
  external: boolean
  multiCorder: boolean
  playList: boolean
  fullscreen: boolean
  /** Streams 1 to 5. */
  readonly streams: boolean[]
  /** Channels 1 to 8; null: nothing on it. */
  readonly overlays: (number | null)[]
  readonly master: StudioBus
  /** Buses A and B. */
  readonly buses: ReadonlyMap<string, StudioBus>
  readonly transitions: { effect: string; duration: number }[]
  /** What Dynamic1 to Dynamic4 stand for. */
  readonly dynamic: { readonly inputs: string[]; readonly values: string[] }
  readonly replay: StudioReplay
}

/** An input as vMix adds it. */
export function createInput(
  number: number,
  title: string,
  type: string,
  sound = true,
): StudioInput {
  return {
    number,
    key: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    title,
    type,
    state: type === 'Capture' ? 'Running' : 'Paused',
    loop: false,
    audio: sound
      ? { muted: false, volume: 100, solo: false, balance: 0, gain: 0, auto: true, pfl: false }
      : null,
    buses: new Set(sound ? ['M'] : []),
    texts: new Map(),
    images: new Map(),
    place: new Map(),
    layers: [],
    items: [],
  }
}

/** A small production: two cameras, a clip, a title, a colour without sound, replay and a list. */
export function createStudio(): Studio {
  const bus = () => ({ muted: false, volume: 100, solo: false, sendToMaster: false })
  const title = createInput(4, 'Lower Third', 'GT', false)
  title.texts.set('Headline.Text', 'Welcome').set('Description.Text', '')
  title.images.set('Logo.Source', '')
  const list = createInput(7, 'Clips', 'VideoList')
  list.items.push('C:\\clips\\one.mp4', 'C:\\clips\\two.mp4')
  const colour = createInput(5, 'Black & Burst', 'Colour', false)
  colour.layers.push({ input: 1, place: new Map() })
  return {
    inputs: [
      createInput(1, 'Camera 1', 'Capture'),
      createInput(2, 'Camera 2', 'Capture'),
      createInput(3, 'Opener.mp4', 'Video'),
      title,
      colour,
      createInput(6, 'Replay', 'Replay'),
      list,
    ],
    active: 1,
    preview: 2,
    mix: { active: 1, preview: 2 },
    fadeToBlack: false,
    recording: false,
    external: false,
    multiCorder: false,
    playList: false,
    fullscreen: false,
    streams: [false, false, false, false, false],
    overlays: [null, null, null, null, null, null, null, null],
    master: bus(),
    buses: new Map([
      ['A', bus()],
      ['B', bus()],
    ]),
    transitions: ['Fade', 'Merge', 'Wipe', 'CubeZoom'].map((effect, index) => ({
      effect,
      duration: index === 0 ? 500 : 1000,
    })),
    dynamic: { inputs: ['', '', '', ''], values: ['', '', '', ''] },
    replay: { recording: false, live: true, channelMode: 'AB', cameraA: 1, cameraB: 1 },
  }
}

/** `0121…`: an input on an overlay is on air too. */
export function tallyOf(studio: Studio): string {
  const onAir = new Set([studio.active, ...studio.overlays])
  return studio.inputs
    .map(({ number }) => (onAir.has(number) ? '1' : number === studio.preview ? '2' : '0'))
    .join('')
}
