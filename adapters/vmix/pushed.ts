import type { Json } from '../../intents/json.ts'
import { faderOf } from './volume.ts'

/** What a pushed line says. */
export interface Pushed {
  readonly changes: readonly (readonly [path: string, value: Json])[]
  /** It says that something changed, but not all of what: the whole state has to be read. */
  readonly readAgain: boolean
}

const nothing: Pushed = { changes: [], readAgain: false }
const tallies: ReadonlyMap<string, string> = new Map([
  ['0', 'off'],
  ['1', 'program'],
  ['2', 'preview'],
])
const flags: ReadonlyMap<string, string> = new Map([
  ['Recording', 'recording'],
  ['External', 'external'],
  ['MultiCorder', 'multiCorder'],
  ['FadeToBlack', 'fadeToBlack'],
  ['Fullscreen', 'fullscreen'],
  ['ReplayRecording', 'replay/recording'],
  ['ReplayLive', 'replay/live'],
  ['ReplayPlaying', 'replay/playing'],
  ['ReplayQuadMode', 'replay/quadMode'],
])
/** Activators that say that something has changed, but not all of what. */
const incomplete =
  /^(?:Streaming|Overlay\d+(?:Any)?|InputDynamic\d|VideoCall\w+|InputVolumeChannelMixer\d+)$/

/** `TALLY OK 0121…`: a digit for each input from 1; 0 off, 1 programme, 2 preview; at most 1,000 (vMix help, "TCP API"). */
export function tally(text: string, before: number): Pushed & { readonly count: number } {
  const digits = text.trim().slice(0, 1000).split('')
  const changes: [string, Json][] = digits.map((digit, index) => [
    `tally/${index + 1}`,
    tallies.get(digit) ?? null,
  ])
  for (let gone = digits.length + 1; gone <= before; gone++) changes.push([`tally/${gone}`, null])
  return { changes, readAgain: false, count: digits.length }
}

/**
 * `ACTS OK <Name> [<input>] <value>`, values 0 to 1 (vMix help, "TCP API" and "Activators"). `Streaming` does not
 * say which stream and `Overlay1` not whether on preview or on air, so those only lead to a look at the whole state.
 */
export function activator(text: string): Pushed {
  const words = text.trim().split(/ +/)
  const name = words[0] ?? ''
  const value = Number(words.at(-1))
  if (words.length < 2 || words.length > 3 || !Number.isFinite(value)) return nothing
  if (incomplete.test(name)) return { changes: [], readAgain: true }
  const path = words.length === 2 ? global(name, value) : ofInput(name, words[1] ?? '', value)
  return path === null ? nothing : { changes: [path], readAgain: false }
}

function global(name: string, value: number): readonly [string, Json] | null {
  const flag = flags.get(name)
  if (flag !== undefined) return [flag, value >= 0.5]
  if (name === 'MasterHeadphones') return ['audio/headphones/volume', faderOf(value)]
  const [, bus, what] = /^(Master|Bus[A-G])(Volume|Audio|Solo)$/.exec(name) ?? []
  if (bus === undefined) return value >= 0.5 ? ofReplay(name) : null
  const path = `audio/${bus === 'Master' ? 'master' : `bus${bus.slice(3)}`}`
  if (what === 'Solo') return [`${path}/solo`, value >= 0.5]
  return what === 'Volume' ? [`${path}/volume`, faderOf(value)] : [`${path}/muted`, value < 0.5]
}

/** What replay is at, where the activator is on: one of several that take each other's place. */
function ofReplay(name: string): readonly [string, Json] | null {
  const [, channel, camera] = /^Replay([AB])Camera([1-8])$/.exec(name) ?? []
  if (channel !== undefined) return [`replay/camera${channel}`, Number(camera)]
  const [, way] = /^ReplayPlay(Forward|Backward)$/.exec(name) ?? []
  if (way !== undefined) return ['replay/forward', way === 'Forward']
  const [, mode] = /^ReplayChannel(AB|A|B)$/.exec(name) ?? []
  return mode === undefined ? null : ['replay/channelMode', mode]
}

/** Activators of an input that are on or off. */
const inputFlags: ReadonlyMap<string, string> = new Map([
  ['InputSolo', 'solo'],
  ['InputAudioAuto', 'audioAuto'],
  ['InputMasterAudio', 'bus/M'],
  ...['A', 'B', 'C', 'D', 'E', 'F', 'G'].map(
    (bus) => [`InputBus${bus}Audio`, `bus/${bus}`] as const,
  ),
])

function ofInput(name: string, text: string, value: number): readonly [string, Json] | null {
  const input = Number(text)
  if (!Number.isInteger(input) || input < 1 || input > 1000) return null
  switch (name) {
    case 'Input':
      return value >= 0.5 ? ['active', input] : null
    case 'InputPreview':
      return value >= 0.5 ? ['preview', input] : null
    case 'InputAudio':
      return [`input/${input}/muted`, value < 0.5]
    case 'InputVolume':
      return [`input/${input}/volume`, faderOf(value)]
    case 'InputPlaying':
      return [`input/${input}/state`, value >= 0.5 ? 'Running' : 'Paused']
    default: {
      const flag = inputFlags.get(name)
      if (flag !== undefined) return [`input/${input}/${flag}`, value >= 0.5]
      const [, preview, mix] = /^Input(Preview)?Mix([2-9]|1[0-6])$/.exec(name) ?? []
      const bus = preview === undefined ? 'active' : 'preview'
      return mix === undefined || value < 0.5 ? null : [`mix/${mix}/${bus}`, input]
    }
  }
}
