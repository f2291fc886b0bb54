import type { Json, JsonObject } from '../../intents/json.ts'

/** A filter of a source of the simulated OBS. */
export interface StudioFilter {
  name: string
  readonly kind: string
  settings: JsonObject
  enabled: boolean
}

/** An input of the simulated OBS. */
export interface StudioInput {
  name: string
  readonly kind: string
  settings: JsonObject
  /** Null: an input without sound. */
  readonly audio: Record<'muted' | 'volume' | 'balance' | 'syncOffset' | 'monitor', Json> | null
  /** obs-websocket's word for what a medium does; `OBS_MEDIA_STATE_NONE` for what is none. */
  media: string
}

export interface StudioItem {
  readonly id: number
  source: string
  enabled: boolean
  locked: boolean
}

/** Running, and paused where it can be. */
export interface StudioOutput {
  active: boolean
  paused: boolean
}

/** What the simulated OBS is doing. */
export interface Studio {
  /** From the bottom of its list, as OBS counts them. */
  readonly scenes: { name: string; readonly items: StudioItem[] }[]
  readonly inputs: StudioInput[]
  /** By the name of their source. */
  readonly filters: Map<string, StudioFilter[]>
  program: string
  /** Null: studio mode is off. */
  preview: string | null
  readonly transitions: readonly { readonly name: string; readonly kind: string }[]
  transition: string
  transitionMs: number
  readonly record: StudioOutput
  readonly stream: StudioOutput
  readonly virtualCamera: StudioOutput
  readonly replayBuffer: StudioOutput
  profiles: string[]
  profile: string
  collections: string[]
  collection: string
  /** Recordings and replays so far: each has a file of its own. */
  files: number
  /** Items so far: OBS uses no number twice in a scene. */
  items: number
}

export function createInput(name: string, kind: string, settings: JsonObject = {}): StudioInput {
  const silent = /^(?:color|image|text)_/.test(kind)
  const isMedia = kind === 'ffmpeg_source' || kind === 'vlc_source'
  return {
    name,
    kind,
    settings,
    audio: silent
      ? null
      : {
          muted: false,
          volume: 1,
          balance: 0.5,
          syncOffset: 0,
          monitor: 'OBS_MONITORING_TYPE_NONE',
        },
    media: isMedia ? 'OBS_MEDIA_STATE_STOPPED' : 'OBS_MEDIA_STATE_NONE',
  }
}

/** A small production: a host, a guest with a clip, and a slide; a microphone on all of them. */
export function createStudio(): Studio {
  const inputs = [
    createInput('Camera 1', 'v4l2_input'),
    createInput('Camera 2', 'v4l2_input'),
    createInput('Opener', 'ffmpeg_source', { local_file: '/media/opener.mp4' }),
    createInput('Slide', 'image_source', { file: '/media/slide.png' }),
    createInput('Mic/Aux', 'pulse_input_capture'),
  ]
  const item = (id: number, source: string): StudioItem => ({
    id,
    source,
    enabled: true,
    locked: false,
  })
  const off = (): StudioOutput => ({ active: false, paused: false })
  return {
    scenes: [
      { name: 'Slides', items: [item(1, 'Slide'), item(2, 'Mic/Aux')] },
      { name: 'Guest', items: [item(3, 'Camera 2'), item(4, 'Opener')] },
      { name: 'Host', items: [item(5, 'Camera 1'), item(6, 'Mic/Aux')] },
    ],
    inputs,
    filters: new Map([
      [
        'Mic/Aux',
        [{ name: 'Gate', kind: 'noise_gate_filter', settings: { hold_time: 200 }, enabled: true }],
      ],
    ]),
    program: 'Host',
    preview: null,
    transitions: [
      { name: 'Cut', kind: 'cut_transition' },
      { name: 'Fade', kind: 'fade_transition' },
    ],
    transition: 'Cut',
    transitionMs: 300,
    record: off(),
    stream: off(),
    virtualCamera: off(),
    replayBuffer: off(),
    profiles: ['Untitled'],
    profile: 'Untitled',
    collections: ['Untitled'],
    collection: 'Untitled',
    files: 0,
    items: 6,
  }
}
