import { functionOf } from './functions.ts'
import { effects } from './functions/switching.ts'
import { place } from './studio-state.ts'
import { tallyOf, type Studio, type StudioInput } from './studio.ts'
import { amplitudeOf } from './volume.ts'

/** What the simulated vMix makes of a function: the activators it pushes, or why it refuses. */
export type Done =
  | { readonly ok: true; readonly activators: readonly string[]; readonly tally: boolean }
  | { readonly ok: false; readonly error: string }

type Params = ReadonlyMap<string, string>
const refuse = (error: string): Done => ({ ok: false, error })
const bit = (on: boolean) => (on ? 1 : 0)

/** Carries out one function. `params` by lower-case name, already decoded. */
export function perform(studio: Studio, name: string, params: Params): Done {
  const known = functionOf(name)
  if (known === null) return refuse(`Function ${name} does not exist`)
  const given = params.get('input')
  const input = given === undefined ? null : find(studio, given)
  if (given !== undefined && input === null) return refuse(`Input ${given} does not exist`)
  for (const param of known.params)
    if (param.required && !params.has(param.name.toLowerCase()))
      return refuse(`No ${param.name} specified`)
  const before = tallyOf(studio)
  const activators = change(studio, known.name, params, input)
  if (typeof activators === 'string') return refuse(activators)
  return { ok: true, activators, tally: tallyOf(studio) !== before }
}

/** By number (0 preview, -1 active), key or exact title. */
function find(studio: Studio, text: string): StudioInput | null {
  const number = text === '0' ? studio.preview : text === '-1' ? studio.active : Number(text)
  return (
    studio.inputs.find((one) => one.number === number || one.key === text || one.title === text) ??
    null
  )
}

/** The activators of what changed; a string is the reason of a refusal. */
function change(
  studio: Studio,
  name: string,
  params: Params,
  input: StudioInput | null,
): readonly string[] | string {
  return (
    switched(studio, name, input, params.get('mix') ?? '0') ??
    output(studio, name, params.get('value')) ??
    overlaid(studio, name, input) ??
    sounded(studio, name, params.get('value'), input) ??
    titled(name, params, input) ??
    played(name, input) ??
    place(name, { studio, value: params.get('value') ?? '', input }) ??
    []
  )
}

function switched(studio: Studio, name: string, input: StudioInput | null, number: string) {
  if (number !== '0' && number !== '1') return `No mix ${number}`
  const mix = number === '0' ? studio : studio.mix
  const { active, preview } = mix
  const { length } = studio.inputs
  if (/^(?:Cut|Transition[1-4]|Stinger[1-8])$/.test(name) || effects.includes(name)) {
    mix.active = input?.number ?? preview
    mix.preview = active
  } else if (name === 'CutDirect' || name === 'QuickPlay' || name === 'ActiveInput')
    mix.active = input?.number ?? active
  else if (name === 'PreviewInput') mix.preview = input?.number ?? preview
  else if (name === 'PreviewInputNext') mix.preview = (preview % length) + 1
  else if (name === 'PreviewInputPrevious') mix.preview = ((preview - 2 + length) % length) + 1
  else if (name === 'FadeToBlack') {
    studio.fadeToBlack = !studio.fadeToBlack
    return [`FadeToBlack ${bit(studio.fadeToBlack)}`]
  } else return null
  const of = number === '0' ? '' : 'Mix2'
  const moved: string[] = []
  if (mix.active !== active) moved.push(`Input${of} ${active} 0`, `Input${of} ${mix.active} 1`)
  if (mix.preview !== preview)
    moved.push(`InputPreview${of} ${preview} 0`, `InputPreview${of} ${mix.preview} 1`)
  return moved
}

function output(studio: Studio, name: string, value: string | undefined) {
  const [, verb, what] =
    /^(StartStop|Start|Stop)(Recording|Streaming|External|MultiCorder)$/.exec(name) ?? []
  const next = (now: boolean) => (verb === 'StartStop' ? !now : verb === 'Start')
  switch (what) {
    case 'Recording':
      studio.recording = next(studio.recording)
      return [`Recording ${bit(studio.recording)}`]
    case 'External':
      studio.external = next(studio.external)
      return [`External ${bit(studio.external)}`]
    case 'MultiCorder':
      studio.multiCorder = next(studio.multiCorder)
      return [`MultiCorder ${bit(studio.multiCorder)}`]
    case 'Streaming': {
      const on = next(studio.streams.includes(true))
      if (value === undefined) studio.streams.fill(on)
      else studio.streams[Number(value)] = next(studio.streams[Number(value)] ?? false)
      return [`Streaming ${bit(studio.streams.includes(true))}`]
    }
    case undefined:
    default:
      return null
  }
}

function overlaid(studio: Studio, name: string, input: StudioInput | null) {
  if (name === 'OverlayInputAllOff') {
    studio.overlays.fill(null)
    return ['Overlay1 1 0']
  }
  const [, digit, what] = /^OverlayInput([1-8])(In|Out|Off)?$/.exec(name) ?? []
  if (digit === undefined) return null
  const at = Number(digit) - 1
  const before = studio.overlays[at] ?? null
  const wanted = input?.number ?? studio.preview
  const off = what === 'Out' || what === 'Off' || (what === undefined && before === wanted)
  studio.overlays[at] = off ? null : wanted
  return [`Overlay${digit} ${off ? (before ?? 1) : wanted} ${bit(!off)}`]
}

function sounded(
  studio: Studio,
  name: string,
  value: string | undefined,
  input: StudioInput | null,
) {
  const [isMute, master, what] = /^(Master)?Audio(On|Off)?$/.exec(name) ?? []
  const isMaster = master !== undefined || name === 'SetMasterVolume'
  if (isMute === undefined && name !== 'SetVolume' && name !== 'SetMasterVolume') return null
  const audio = isMaster ? studio.master : (input?.audio ?? null)
  if (audio === null) return `Input ${input?.number} has no audio`
  const who = isMaster ? 'Master' : 'Input'
  const which = isMaster ? '' : ` ${input?.number}`
  if (isMute !== undefined) {
    audio.muted = what === undefined ? !audio.muted : what === 'Off'
    return [`${who}Audio${which} ${bit(!audio.muted)}`]
  }
  audio.volume = Number(value)
  return [`${who}Volume${which} ${Math.fround(amplitudeOf(audio.volume))}`]
}

function titled(name: string, params: Params, input: StudioInput | null) {
  if (input === null || (name !== 'SetText' && name !== 'SetImage')) return null
  const fields = name === 'SetText' ? input.texts : input.images
  const wanted = params.get('selectedname')
  const names = [...fields.keys()]
  const field =
    wanted === undefined
      ? names[Number(params.get('selectedindex') ?? 0)]
      : names.find((one) => one === wanted || one.replace(/\.(?:Text|Source)$/, '') === wanted)
  if (field === undefined) return `No field ${wanted ?? ''} in input ${input.number}`
  fields.set(field, params.get('value') ?? '')
  return []
}

function played(name: string, input: StudioInput | null) {
  if (input === null || !/^(?:Play|Pause|PlayPause)$/.test(name)) return null
  const play = name === 'PlayPause' ? input.state !== 'Running' : name === 'Play'
  input.state = play ? 'Running' : 'Paused'
  return [`InputPlaying ${input.number} ${bit(play)}`]
}
