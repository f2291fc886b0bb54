import type { Json } from '../../intents/json.ts'
import type { Call } from './call.ts'
import { effects } from './functions.ts'
import type { InputName } from './state.ts'

/** What the link knows of vMix. */
export interface Known {
  readonly values: ReadonlyMap<string, Json>
  readonly inputs: readonly InputName[]
}

/** What shows that a function was carried out. */
export interface Expectation {
  readonly path: string
  readonly value: Json
  /** How far a number may be off. */
  readonly tolerance: number
}

export type Expected =
  | {
      readonly ok: true
      readonly expectations: readonly Expectation[]
      /** How long the function takes by itself, in ms: a fade is not over when it is accepted. */
      readonly takesMs: number
    }
  | { readonly ok: false; readonly missingInput: string }

/** Half a step of a fader with 100: vMix rounds amplitudes to seven digits. */
const faderTolerance = 0.5
/** vMix's own default where neither the call nor the state tells a transition's length. */
const defaultTransitionMs = 1000
/** Stinger clips run for a few seconds and vMix does not tell their length. */
const stingerMs = 5000

const nothing: Expected = { ok: true, expectations: [], takesMs: 0 }
const expects = (path: string, value: Json, tolerance = 0): Expected => ({
  ok: true,
  expectations: [{ path, value, tolerance }],
  takesMs: 0,
})

/**
 * What `call` is expected to lead to, by what is known before it is sent. No expectations: vMix shows nothing by which
 * one could tell, and its `FUNCTION OK` is all there is.
 */
export function expected(call: Call, known: Known): Expected {
  const { name, params } = call
  const given = params['Input']
  const input = given === undefined ? null : resolveInput(given, known)
  if (input === 'missing') return { ok: false, missingInput: given ?? '' }
  // the state of the further mixes is not followed
  if (params['Mix'] !== undefined && params['Mix'] !== '0') return nothing
  if (input === 'dynamic') return nothing
  return (
    ofOutput(name, params['Value'], known) ??
    ofSwitching(name, params, input, known) ??
    ofOverlay(name, input, known) ??
    ofAudio(name, params['Value'], input, known) ??
    ofTitle(name, params, input, known) ??
    nothing
  )
}

/** Whether what is reported is what was expected. */
export function meets({ value, tolerance }: Expectation, reported: Json | undefined): boolean {
  if (typeof value === 'number' && typeof reported === 'number')
    return Math.abs(value - reported) <= tolerance
  return value === (reported ?? null)
}

/**
 * The number of the input that vMix means by `text`: a number (0 preview, -1 active), a key, an exact title (vMix
 * help, "HTTP Web API"). `dynamic` is chosen by vMix itself, `missing` is none of those known.
 */
export function resolveInput(text: string, known: Known): number | 'missing' | 'dynamic' {
  if (/^dynamic[1-4]$/i.test(text)) return 'dynamic'
  if (/^-?\d+$/.test(text)) {
    const number = Number(text)
    if (number === 0 || number === -1) {
      const bus = known.values.get(number === 0 ? 'preview' : 'active')
      return typeof bus === 'number' ? bus : 'dynamic'
    }
    return known.inputs.some((one) => one.number === number) ? number : 'missing'
  }
  const key = text.toLowerCase()
  const found =
    known.inputs.find((one) => one.key.toLowerCase() === key) ??
    known.inputs.find((one) => one.title === text) ??
    known.inputs.find((one) => one.shortTitle === text)
  return found?.number ?? 'missing'
}

/** Start, Stop and toggle of what vMix records and sends. */
function ofOutput(name: string, value: string | undefined, { values }: Known): Expected | null {
  const [, verb, what] =
    /^(StartStop|Start|Stop)(Recording|Streaming|External|MultiCorder)$/.exec(name) ?? []
  if (what === undefined) return null
  const base = what === 'MultiCorder' ? 'multiCorder' : what.toLowerCase()
  const path = value === undefined ? base : `${base}/${Number(value) + 1}`
  return verb === 'StartStop' ? toggled(path, values) : expects(path, verb === 'Start')
}

function ofSwitching(
  name: string,
  params: Call['params'],
  input: number | null,
  { values }: Known,
): Expected | null {
  if (name === 'FadeToBlack') return toggled('fadeToBlack', values)
  if (name === 'PreviewInput') return input === null ? nothing : expects('preview', input)
  const takesMs = transitionMs(name, params['Duration'], values)
  if (takesMs === null) return null
  // preview goes to programme; where vMix then puts the old programme is a setting of it
  const next = input ?? values.get('preview')
  if (typeof next !== 'number') return nothing
  return { ok: true, expectations: [{ path: 'active', value: next, tolerance: 0 }], takesMs }
}

/** How long a way of bringing something to programme takes, in ms; null for what is none. */
function transitionMs(
  name: string,
  duration: string | undefined,
  values: Known['values'],
): number | null {
  if (name === 'Cut' || name === 'CutDirect' || name === 'ActiveInput') return 0
  if (effects.includes(name)) return duration === undefined ? defaultTransitionMs : Number(duration)
  if (/^Stinger[1-4]$/.test(name)) return stingerMs
  const [, button] = /^Transition([1-4])$/.exec(name === 'QuickPlay' ? 'Transition1' : name) ?? []
  if (button === undefined) return null
  const told = values.get(`transition/${button}/duration`)
  return typeof told === 'number' ? told : defaultTransitionMs
}

function ofOverlay(name: string, input: number | null, { values }: Known): Expected | null {
  if (name === 'OverlayInputAllOff') {
    const channels = [...values.keys()].filter((path) => /^overlay\/[1-8]$/.test(path))
    const expectations = channels.map((path) => ({ path, value: null, tolerance: 0 }))
    return { ok: true, expectations, takesMs: 0 }
  }
  const [, channel, what] = /^OverlayInput([1-8])(In|Out|Off)?$/.exec(name) ?? []
  if (channel === undefined) return null
  const path = `overlay/${channel}`
  if (what === 'Out' || what === 'Off') return expects(path, null)
  const shown = input ?? values.get('preview')
  if (typeof shown !== 'number') return nothing
  return expects(path, what === undefined && values.get(path) === shown ? null : shown)
}

function ofAudio(
  name: string,
  value: string | undefined,
  input: number | null,
  { values }: Known,
): Expected | null {
  if (name === 'SetMasterVolume')
    return expects('audio/master/volume', Number(value), faderTolerance)
  const [isMute, master, what] = /^(Master)?Audio(On|Off)?$/.exec(name) ?? []
  const whose = master === undefined ? `input/${input}` : 'audio/master'
  if (name === 'SetVolume') return expects(`${whose}/volume`, Number(value), faderTolerance)
  if (isMute === undefined) return null
  return what === undefined
    ? toggled(`${whose}/muted`, values)
    : expects(`${whose}/muted`, what === 'Off')
}

/** `SetText` of a named field. vMix 21 and later name fields `Headline.Text` and take `Headline` as well. */
function ofTitle(
  name: string,
  params: Call['params'],
  input: number | null,
  { values }: Known,
): Expected | null {
  const field = params['SelectedName']
  if (name !== 'SetText' || field === undefined) return null
  const exact = `input/${input}/text/${field}`
  const path = !values.has(exact) && values.has(`${exact}.Text`) ? `${exact}.Text` : exact
  // XML 1.0 section 2.11: a reader sees every line end as one line feed
  return expects(path, (params['Value'] ?? '').replace(/\r\n?/g, '\n'))
}

/** The other of what is known; nothing where it is not known. */
function toggled(path: string, values: Known['values']): Expected {
  const now = values.get(path)
  return typeof now === 'boolean' ? expects(path, !now) : nothing
}
