import type { Json, JsonObject } from '../../intents/json.ts'
import type { Reported } from '../adapter.ts'
import { standardArgs } from '../standard-args.ts'
import { type Called, plain, refuse } from './args.ts'

/** protocol.md, "SetCurrentSceneTransitionDuration". */
const shortestMs = 50
const longestMs = 20_000

type Says = (args: JsonObject, reported: Reported) => Called

const just =
  (name: string): Says =>
  () =>
    plain(name)

/** OBS's inputs have names; their numbers are nowhere to be seen. */
const onInput =
  (name: string, data: (args: JsonObject) => JsonObject): Says =>
  (args) => {
    const { input } = args
    return typeof input === 'string'
      ? plain(name, { inputName: input, ...data(args) })
      : refuse('input must be the name of the input: OBS does not number its inputs')
  }

/** A scene by its name, or by its place in OBS's list, from 1 at the top. */
const onScene =
  (name: string): Says =>
  ({ input }, reported) => {
    if (typeof input === 'string') return plain(name, { sceneName: input })
    const scenes = reported.get('scenes')
    const found = scenes instanceof Array ? scenes[Number(input) - 1] : undefined
    return typeof found === 'string'
      ? plain(name, { sceneName: found })
      : refuse(`input: OBS is not known to have a scene number ${Number(input)}; say its name`)
  }

/** Preview to programme. OBS does it with the transition that is chosen, so the right kind is chosen first. */
function bring(kind: 'cut_transition' | 'fade_transition', ms: number | null): Called {
  if (ms !== null && (ms < shortestMs || ms > longestMs))
    return refuse(`ms: OBS fades in ${shortestMs} to ${longestMs} ms`)
  const first = { type: 'transition', kind, ms } as const
  return { ok: true, call: { name: 'TriggerStudioModeTransition', data: {}, first } }
}

const media = (action: string) =>
  onInput('TriggerMediaInputAction', () => ({
    mediaAction: `OBS_WEBSOCKET_MEDIA_INPUT_ACTION_${action}`,
  }))

/** How the standard actions are said to OBS; their arguments are those of `intents/standard.ts`. */
const says: Readonly<Record<string, Says>> = {
  'record.start': just('StartRecord'),
  'record.stop': just('StopRecord'),
  'stream.start': just('StartStream'),
  'stream.stop': just('StopStream'),
  'switch.preview': onScene('SetCurrentPreviewScene'),
  'switch.program': onScene('SetCurrentProgramScene'),
  'switch.cut': () => bring('cut_transition', null),
  'switch.fade': ({ ms }) => bring('fade_transition', typeof ms === 'number' ? ms : null),
  'audio.mute': onInput('SetInputMute', () => ({ inputMuted: true })),
  'audio.unmute': onInput('SetInputMute', () => ({ inputMuted: false })),
  'audio.level': onInput('SetInputVolume', ({ level }) => ({ inputVolumeMul: level ?? null })),
  'media.play': media('PLAY'),
  'media.pause': media('PAUSE'),
}

/** The standard actions that OBS can do. */
export const standardNames: readonly string[] = Object.keys(says)

/** The request of a standard action; null where OBS has none of that name. */
export function standardCall(action: string, args: Json, reported: Reported): Called | null {
  const say = Object.hasOwn(says, action) ? says[action] : undefined
  const checked = say === undefined ? null : standardArgs(action, args)
  if (say === undefined || checked === null) return null
  return checked.ok ? say(checked.args, reported) : refuse(checked.detail)
}
