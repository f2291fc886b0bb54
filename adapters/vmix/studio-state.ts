import type { Studio, StudioInput } from './studio.ts'
import { amplitudeOf } from './volume.ts'

/** One function that the simulated vMix is asked for. */
export interface Asked {
  readonly studio: Studio
  readonly value: string
  readonly input: StudioInput | null
}
/** The activators of what it changed; null: it was none of its business; a string: why it is refused. */
type Does = (found: readonly string[], asked: Asked) => readonly string[] | string

const bit = (on: boolean) => (on ? 1 : 0)
/** On, off or the other of what it was. */
const next = (what: string | undefined, now: boolean) => (what === undefined ? !now : what === 'On')
const noSound = 'Input has no audio'
const busOf = ({ studio }: Asked, name: string) =>
  name === 'M' ? studio.master : studio.buses.get(name)
const busName = (name: string) => (name === 'M' ? 'Master' : `Bus${name}`)

const rows: readonly (readonly [shape: RegExp, does: Does])[] = [
  [
    /^Fullscreen(On|Off)?$/,
    ([, what], { studio }) => {
      studio.fullscreen = next(what, studio.fullscreen)
      return [`Fullscreen ${bit(studio.fullscreen)}`]
    },
  ],
  [
    /^(Start|Stop)PlayList$/,
    ([, what], { studio }) => {
      studio.playList = what === 'Start'
      return []
    },
  ],
  [
    /^Loop(On|Off)?$/,
    ([, what], { input }) => {
      if (input !== null) input.loop = next(what, input.loop)
      return []
    },
  ],
  [
    /^Solo(On|Off)?$/,
    ([, what], { input }) => {
      if (input === null || input.audio === null) return noSound
      input.audio.solo = next(what, input.audio.solo)
      return [`InputSolo ${input.number} ${bit(input.audio.solo)}`]
    },
  ],
  [
    /^SoloPFL(On|Off)?$/,
    ([, what], { input }) => {
      if (input === null || input.audio === null) return noSound
      input.audio.pfl = next(what, input.audio.pfl)
      return []
    },
  ],
  [
    /^AudioAuto(On|Off)?$/,
    ([, what], { input }) => {
      if (input === null || input.audio === null) return noSound
      input.audio.auto = next(what, input.audio.auto)
      return [`InputAudioAuto ${input.number} ${bit(input.audio.auto)}`]
    },
  ],
  [
    /^AudioBus(On|Off)?$/,
    ([, what], { input, value }) => {
      if (input === null || input.audio === null) return noSound
      const isOn = next(what, input.buses.has(value))
      if (isOn) input.buses.add(value)
      else input.buses.delete(value)
      return [`Input${busName(value)}Audio ${input.number} ${bit(isOn)}`]
    },
  ],
  [
    /^Set(Balance|Gain)$/,
    ([, what], { input, value }) => {
      if (input === null || input.audio === null) return noSound
      if (what === 'Gain') input.audio.gain = Number(value)
      else input.audio.balance = Number(value)
      return []
    },
  ],
  [
    /^Bus(A|B|X)(Audio|Solo|SendToMaster)(On|Off)?$/,
    ([, which = '', what, way], asked) => {
      const name = which === 'X' ? asked.value : which
      const bus = busOf(asked, name)
      if (bus === undefined) return `No bus ${name}`
      if (what === 'Audio') {
        bus.muted = way === undefined ? !bus.muted : way === 'Off'
        return [`${busName(name)}Audio ${bit(!bus.muted)}`]
      }
      if (what === 'Solo') {
        bus.solo = next(way, bus.solo)
        return [`${busName(name)}Solo ${bit(bus.solo)}`]
      }
      bus.sendToMaster = next(way, bus.sendToMaster)
      return []
    },
  ],
  [
    /^SetBus([A-G])Volume$/,
    ([, name = ''], asked) => {
      const bus = busOf(asked, name)
      if (bus === undefined) return `No bus ${name}`
      bus.volume = Number(asked.value)
      return [`Bus${name}Volume ${Math.fround(amplitudeOf(bus.volume))}`]
    },
  ],
  [
    /^Set(?:Layer(\d+))?(PanX|PanY|Zoom|X|Y|Width|Height|Crop[XY][12])$/,
    ([, layer, what = ''], { input, value }) => {
      const place = layer === undefined ? input?.place : input?.layers[Number(layer) - 1]?.place
      if (place === undefined) return 'No such layer'
      const name = what.replace(/^Crop/, 'crop/')
      if (what === 'Zoom') place.set('zoomX', Number(value)).set('zoomY', Number(value))
      else place.set(name.charAt(0).toLowerCase() + name.slice(1), Number(value))
      return []
    },
  ],
  [
    /^SetTransition(Effect|Duration)([1-4])$/,
    ([, what, button], { studio, value }) => {
      const transition = studio.transitions[Number(button) - 1]
      if (transition === undefined) return 'No such button'
      if (what === 'Effect') transition.effect = value
      else transition.duration = Number(value)
      return []
    },
  ],
  [
    /^SetDynamic(Input|Value)([1-4])$/,
    ([, what, n], { studio, value }) => {
      studio.dynamic[what === 'Input' ? 'inputs' : 'values'][Number(n) - 1] = value
      return what === 'Input' ? [`InputDynamic${n} 1 1`] : []
    },
  ],
  [
    /^Replay(StartStop|Start|Stop)Recording$/,
    ([, what], { studio: { replay } }) => {
      replay.recording = what === 'StartStop' ? !replay.recording : what === 'Start'
      return [`ReplayRecording ${bit(replay.recording)}`]
    },
  ],
  [
    /^Replay(LiveToggle|Live|Recorded)$/,
    ([, what], { studio: { replay } }) => {
      replay.live = what === 'LiveToggle' ? !replay.live : what === 'Live'
      return [`ReplayLive ${bit(replay.live)}`]
    },
  ],
  [
    /^ReplaySelectChannel(AB|A|B)$/,
    ([, mode = ''], { studio: { replay } }) => {
      replay.channelMode = mode
      return [`ReplayChannel${mode} 1`]
    },
  ],
  [
    /^Replay([AB])Camera([1-8])$/,
    ([, which, n], { studio: { replay } }) => {
      if (which === 'A') replay.cameraA = Number(n)
      else replay.cameraB = Number(n)
      return [`Replay${which}Camera${n} 1`]
    },
  ],
]

/** Carries out what has a place of its own in the state; null for any other function. */
export function place(name: string, asked: Asked): readonly string[] | string | null {
  for (const [shape, does] of rows) {
    const found = shape.exec(name)
    if (found !== null) return does(found, asked)
  }
  return null
}
