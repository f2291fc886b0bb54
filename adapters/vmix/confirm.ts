import type { Json } from '../../intents/json.ts'
import type { Call } from './call.ts'
import { shownInState } from './confirm-state.ts'
import { effects } from './functions/switching.ts'
import { nothing, type Due, type Expected, type Known } from './expectation.ts'
import { inputCalled } from './input-names.ts'

/** Half a step of a fader with 100: vMix rounds amplitudes to seven digits. */
const faderTolerance = 0.5
/** vMix's own default where neither the call nor the state tells a transition's length. */
const defaultTransitionMs = 1000
/** Stinger clips run for a few seconds and vMix does not tell their length. */
const stingerMs = 5000

const expects = (path: string, value: Json, tolerance = 0): Due => ({
  ...nothing,
  expectations: [{ path, value, tolerance }],
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
  // which bus a dynamic input is on is not known before it is there
  if (input === 'dynamic') return { ...nothing, moves: busesOf(name, params) }
  const due =
    ofOutput(name, params['Value'], known) ??
    ofSwitching(name, params, input, known) ??
    ofOverlay(name, params, input, known) ??
    ofAudio(name, params['Value'], input, known) ??
    ofTitle(name, params, input, known) ??
    shownInState(call, input, known) ??
    nothing
  const reads =
    given === '0'
      ? [...due.reads, 'preview']
      : given === '-1'
        ? [...due.reads, 'active']
        : due.reads
  return { ...due, reads }
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
  return inputCalled(text, known.inputs) ?? 'missing'
}

/** Start, Stop and toggle of what vMix records and sends. */
function ofOutput(name: string, value: string | undefined, { values }: Known): Due | null {
  const [, verb, what] =
    /^(StartStop|Start|Stop)(Recording|Streaming|External|MultiCorder)$/.exec(name) ?? []
  if (what === undefined) return null
  const base = what === 'MultiCorder' ? 'multiCorder' : what.toLowerCase()
  const path = value === undefined ? base : `${base}/${Number(value) + 1}`
  return verb === 'StartStop' ? toggled(path, values) : expects(path, verb === 'Start')
}

/** Programme and preview of the mix that is meant: the main one, or one of the further mixes. */
function busesOf(name: string, params: Call['params']): readonly string[] {
  if (name === 'PreviewInput') return [`${mixOf(params)}preview`]
  return transitionMs(name, '0', new Map()) === null
    ? []
    : [`${mixOf(params)}active`, `${mixOf(params)}preview`]
}

/** The function counts mixes from 0, the state further ones from 2. */
function mixOf(params: Call['params']): string {
  const mix = Number(params['Mix'] ?? 0)
  return mix === 0 ? '' : `mix/${mix + 1}/`
}

function ofSwitching(
  name: string,
  params: Call['params'],
  input: number | null,
  { values }: Known,
): Due | null {
  if (name === 'FadeToBlack') return toggled('fadeToBlack', values)
  const mix = mixOf(params)
  const [active, preview] = [`${mix}active`, `${mix}preview`]
  // a mix that the state does not tell of cannot be seen
  const isTold = mix === '' || values.has(active)
  if (/^PreviewInput(?:Next|Previous)$/.test(name)) return { ...nothing, moves: [preview] }
  if (name === 'PreviewInput') return input === null || !isTold ? nothing : expects(preview, input)
  const takesMs = transitionMs(name, params['Duration'], values)
  if (takesMs === null) return null
  // preview goes to programme; where vMix then puts the old programme is a setting of it
  const next = input ?? values.get(preview)
  const due = typeof next === 'number' && isTold ? expects(active, next) : nothing
  const reads = input === null ? [preview] : []
  return { ...due, takesMs, reads, moves: [active, preview] }
}

/** How long a way of bringing something to programme takes, in ms; null for what is none. */
function transitionMs(
  name: string,
  duration: string | undefined,
  values: Known['values'],
): number | null {
  if (name === 'Cut' || name === 'CutDirect' || name === 'ActiveInput') return 0
  if (effects.includes(name)) return duration === undefined ? defaultTransitionMs : Number(duration)
  if (/^Stinger[1-8]$/.test(name)) return stingerMs
  const [, button] = /^Transition([1-4])$/.exec(name === 'QuickPlay' ? 'Transition1' : name) ?? []
  if (button === undefined) return null
  const told = values.get(`transition/${button}/duration`)
  return typeof told === 'number' ? told : defaultTransitionMs
}

function ofOverlay(
  name: string,
  params: Call['params'],
  input: number | null,
  { values }: Known,
): Due | null {
  if (name === 'OverlayInputAllOff') {
    const channels = [...values.keys()].filter((path) => /^overlay\/[1-8]$/.test(path))
    const expectations = channels.map((path) => ({ path, value: null, tolerance: 0 }))
    return { ...nothing, expectations }
  }
  const [, channel, what] = /^OverlayInput([1-8])(In|Out|Off|Last)?$/.exec(name) ?? []
  if (channel === undefined) return null
  // the state does not tell of the overlays of further mixes
  if (mixOf(params) !== '') return nothing
  const path = `overlay/${channel}`
  if (what === 'Out' || what === 'Off') return expects(path, null)
  if (what === 'Last') return { ...nothing, moves: [path] }
  const shown = input ?? values.get('preview')
  if (typeof shown !== 'number') return { ...nothing, moves: [path] }
  const reads = [...(input === null ? ['preview'] : []), ...(what === undefined ? [path] : [])]
  const isToBeOff = what === undefined && values.get(path) === shown
  return { ...expects(path, isToBeOff ? null : shown), reads }
}

function ofAudio(
  name: string,
  value: string | undefined,
  input: number | null,
  { values }: Known,
): Due | null {
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
): Due | null {
  const field = params['SelectedName']
  if (name !== 'SetText' || field === undefined) return null
  const exact = `input/${input}/text/${field}`
  const path = !values.has(exact) && values.has(`${exact}.Text`) ? `${exact}.Text` : exact
  // XML 1.0 section 2.11: a reader sees every line end as one line feed
  return expects(path, (params['Value'] ?? '').replace(/\r\n?/g, '\n'))
}

/** The other of what is known; nothing where it is not known. */
function toggled(path: string, values: Known['values']): Due {
  const now = values.get(path)
  return typeof now === 'boolean'
    ? { ...expects(path, !now), reads: [path] }
    : { ...nothing, moves: [path] }
}
