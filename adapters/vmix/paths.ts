import { failed } from '../../intents/failure.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { callOf, type Called } from './args.ts'
import { shown } from './protocol.ts'

const refuse = (detail: string): Called => ({ ok: false, failure: failed('malformed', detail) })

/** One path of a `set`: its form, for people and for the list of actions, and the call it leads to. */
interface Path {
  readonly shape: RegExp
  readonly call: (found: readonly string[], value: Json) => Called
}

const startStop =
  (what: string) =>
  ([, stream]: readonly string[], value: Json): Called => {
    if (typeof value !== 'boolean') return refuse('takes true or false')
    // the path counts streams from 1, as the XML does; the function from 0
    const args: JsonObject = stream === undefined ? {} : { Value: Number(stream) - 1 }
    return callOf(`${value ? 'Start' : 'Stop'}${what}`, args)
  }

const put =
  (name: string) =>
  (_: readonly string[], value: Json): Called =>
    callOf(name, { Input: value })

const paths: readonly Path[] = [
  { shape: /^recording$/, call: startStop('Recording') },
  { shape: /^streaming(?:\/([1-5]))?$/, call: startStop('Streaming') },
  { shape: /^external$/, call: startStop('External') },
  { shape: /^multiCorder$/, call: startStop('MultiCorder') },
  { shape: /^active$/, call: put('ActiveInput') },
  { shape: /^preview$/, call: put('PreviewInput') },
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
    // a title may hold a slash: the longest input before a known end
    shape: /^input\/(.+)\/(volume|muted)$/,
    call: ([, input = '', what], value) => {
      if (what === 'volume') return callOf('SetVolume', { Input: input, Value: value })
      if (typeof value !== 'boolean') return refuse('takes true or false')
      return callOf(value ? 'AudioOff' : 'AudioOn', { Input: input })
    },
  },
  {
    shape: /^input\/(.+?)\/text\/(.+)$/,
    call: ([, input = '', field = ''], value) =>
      callOf('SetText', { Input: input, Value: value, SelectedName: field }),
  },
  {
    shape: /^(?:audio\/)?master\/volume$/,
    call: (_, value) => callOf('SetMasterVolume', { Value: value }),
  },
  {
    shape: /^(?:audio\/)?master\/muted$/,
    call: (_, value) =>
      typeof value === 'boolean'
        ? callOf(value ? 'MasterAudioOff' : 'MasterAudioOn', null)
        : refuse('takes true or false'),
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
 * Whether a lasting value is sent again after a reconnect: levels, mutes and texts only. What is on air, recorded or
 * streamed is the operator's of that moment: cutting it again because a cable was pulled would be wrong.
 */
export function isResynced(path: string): boolean {
  return /^(?:input\/.+\/(?:volume|muted)|input\/.+?\/text\/.+|(?:audio\/)?master\/(?:volume|muted))$/.test(
    path,
  )
}
