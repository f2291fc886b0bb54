import type { Json, JsonObject } from '../../intents/json.ts'
import { failed } from '../../intents/failure.ts'
import { callOf, type Called } from './args.ts'
import { shown } from './protocol.ts'

const refuse = (detail: string): Called => ({ ok: false, failure: failed('malformed', detail) })

/** One path of a `set`: its form and the call it leads to. */
interface Path {
  readonly shape: RegExp
  readonly call: (found: readonly string[], value: Json) => Called
}

/** A call for each of true and false. */
const either = (
  value: Json,
  [on, off]: readonly [on: string, off: string],
  args: JsonObject = {},
): Called =>
  typeof value === 'boolean' ? callOf(value ? on : off, args) : refuse('takes true or false')

const startStop = (what: string) => [`Start${what}`, `Stop${what}`] as const
const onOff = (what: string) => [`${what}On`, `${what}Off`] as const
/** What is muted is off. */
const muted = (what: string) => [`${what}Off`, `${what}On`] as const

const flag =
  (names: readonly [on: string, off: string]) =>
  (_: readonly string[], value: Json): Called =>
    either(value, names)

/** What an input has that a function sets, by its path: levels that are sent again after a reconnect among them. */
const levels: Readonly<Record<string, string>> = {
  volume: 'SetVolume',
  balance: 'SetBalance',
  gain: 'SetGain',
  panX: 'SetPanX',
  panY: 'SetPanY',
  zoom: 'SetZoom',
}
const flags: Readonly<Record<string, readonly [on: string, off: string]>> = {
  muted: muted('Audio'),
  solo: onOff('Solo'),
  loop: onOff('Loop'),
  audioAuto: onOff('AudioAuto'),
}
const fields: Readonly<Record<string, string>> = {
  text: 'SetText',
  image: 'SetImage',
  color: 'SetColor',
}

const paths: readonly Path[] = [
  { shape: /^recording$/, call: flag(startStop('Recording')) },
  {
    shape: /^streaming(?:\/([1-5]))?$/,
    // the path counts streams from 1, as the XML does; the function from 0
    call: ([, stream], value) =>
      either(
        value,
        startStop('Streaming'),
        stream === undefined ? {} : { Value: Number(stream) - 1 },
      ),
  },
  { shape: /^external$/, call: flag(startStop('External')) },
  { shape: /^multiCorder$/, call: flag(startStop('MultiCorder')) },
  { shape: /^playList$/, call: flag(startStop('PlayList')) },
  { shape: /^fullscreen$/, call: flag(onOff('Fullscreen')) },
  { shape: /^replay\/recording$/, call: flag(['ReplayStartRecording', 'ReplayStopRecording']) },
  { shape: /^replay\/live$/, call: flag(['ReplayLive', 'ReplayRecorded']) },
  { shape: /^active$/, call: (_, value) => callOf('ActiveInput', { Input: value }) },
  { shape: /^preview$/, call: (_, value) => callOf('PreviewInput', { Input: value }) },
  {
    // the state counts mixes from 1, the functions from 0
    shape: /^mix\/([2-9]|1[0-6])\/(active|preview)$/,
    call: ([, mix, which], value) =>
      callOf(which === 'active' ? 'ActiveInput' : 'PreviewInput', {
        Input: value,
        Mix: Number(mix) - 1,
      }),
  },
  {
    shape: /^overlay\/([1-8])$/,
    call: ([, channel], value) =>
      value === null || value === 0 || value === false
        ? callOf(`OverlayInput${channel}Out`, null)
        : callOf(`OverlayInput${channel}In`, { Input: value }),
  },
  {
    shape: /^fadeToBlack$/,
    call: (_, value) => {
      if (typeof value !== 'boolean') return refuse('takes true or false')
      const called = callOf('FadeToBlack', null)
      // vMix can only toggle it, so the link looks afresh and sends nothing where it is so already
      return called.ok
        ? { ok: true, call: { ...called.call, unless: { path: 'fadeToBlack', value } } }
        : called
    },
  },
  {
    shape: /^transition\/([1-4])\/(effect|duration)$/,
    call: ([, button, what], value) =>
      callOf(`SetTransition${what === 'effect' ? 'Effect' : 'Duration'}${button}`, {
        Value: value,
      }),
  },
  {
    shape: /^dynamic\/(input|value)([1-4])$/,
    call: ([, what, n], value) =>
      callOf(`SetDynamic${what === 'input' ? 'Input' : 'Value'}${n}`, { Value: value }),
  },
  {
    // a title may hold a slash: the longest input before a known end
    shape: /^input\/(.+)\/(volume|balance|gain|panX|panY|zoom|muted|solo|loop|audioAuto)$/s,
    call: ([, input = '', what = ''], value) => {
      const [level, names] = [levels[what], flags[what]]
      if (level !== undefined) return callOf(level, { Input: input, Value: value })
      return names === undefined ? refuse('is none') : either(value, names, { Input: input })
    },
  },
  {
    shape: /^input\/(.+)\/bus\/([A-GM])$/s,
    call: ([, input = '', bus = ''], value) =>
      either(value, onOff('AudioBus'), { Input: input, Value: bus }),
  },
  {
    shape: /^input\/(.+?)\/(text|image|color)\/(.+)$/s,
    call: ([, input = '', kind = '', field = ''], value) =>
      callOf(fields[kind] ?? '', { Input: input, Value: value, SelectedName: field }),
  },
  {
    shape: /^(?:audio\/)?master\/volume$/,
    call: (_, value) => callOf('SetMasterVolume', { Value: value }),
  },
  { shape: /^(?:audio\/)?master\/muted$/, call: flag(muted('MasterAudio')) },
  {
    shape: /^audio\/bus([A-G])\/volume$/,
    call: ([, bus], value) => callOf(`SetBus${bus}Volume`, { Value: value }),
  },
  {
    shape: /^audio\/bus([A-G])\/(muted|solo|sendToMaster)$/,
    call: ([, bus = '', what], value) => {
      const names = { muted: muted('BusXAudio'), solo: onOff('BusXSolo') }
      const known = what === 'muted' || what === 'solo' ? names[what] : onOff('BusXSendToMaster')
      return either(value, known, { Value: bus })
    },
  },
]

/** A `set` as a call. */
export function callOfPath(path: string, value: Json): Called {
  for (const { shape, call } of paths) {
    const found = shape.exec(path)
    if (found === null) continue
    const called = call(found, value)
    return called.ok ? called : refuse(`${shown(path)}: ${called.failure.detail}`)
  }
  return refuse(`vMix has no path ${shown(path)} that can be set`)
}

/**
 * Whether a lasting value is sent again after a reconnect: levels, mutes, routes and texts only. What is on air, recorded or
 * streamed is the operator's of that moment: cutting it again because a cable was pulled would be wrong.
 */
export function isResynced(path: string): boolean {
  return /^(?:input\/.+\/(?:volume|balance|gain|muted|audioAuto|bus\/[A-GM])|input\/.+?\/(?:text|image|color)\/.+|audio\/bus[A-G]\/(?:volume|muted|sendToMaster)|(?:audio\/)?master\/(?:volume|muted))$/s.test(
    path,
  )
}
