import type { Json, JsonObject } from '../../intents/json.ts'
import { standardArgs } from '../standard-args.ts'

type Says = (args: JsonObject) => readonly [name: string, args: JsonObject]

const just =
  (name: string): Says =>
  () => [name, {}]
const on =
  (name: string): Says =>
  ({ input }) => [name, input === undefined ? {} : { Input: input }]

/** How the standard actions are said to vMix; their arguments are those of `intents/standard.ts`. */
const says: Readonly<Record<string, Says>> = {
  'record.start': just('StartRecording'),
  'record.stop': just('StopRecording'),
  'stream.start': just('StartStreaming'),
  'stream.stop': just('StopStreaming'),
  'switch.cut': just('Cut'),
  'switch.fade': ({ ms }) => ['Fade', ms === undefined ? {} : { Duration: ms }],
  'switch.preview': on('PreviewInput'),
  'switch.program': on('ActiveInput'),
  'overlay.show': (args) => on(`OverlayInput${Number(args['overlay'])}In`)(args),
  'overlay.hide': ({ overlay }) => [`OverlayInput${Number(overlay)}Out`, {}],
  'audio.mute': on('AudioOff'),
  'audio.unmute': on('AudioOn'),
  // 0 to 1 of the fader's way, which vMix counts to 100
  'audio.level': ({ input, level }) => [
    'SetVolume',
    { Input: input ?? null, Value: Math.round(Number(level) * 10_000) / 100 },
  ],
  'media.play': on('Play'),
  'media.pause': on('Pause'),
}

/** The standard actions that vMix can do. */
export const standardNames: readonly string[] = Object.keys(says)

export type Said =
  | { readonly ok: true; readonly name: string; readonly args: JsonObject }
  | { readonly ok: false; readonly detail: string }

/** The native function and args of a standard action; null where vMix has none of that name. */
export function standardCall(action: string, args: Json): Said | null {
  const say = Object.hasOwn(says, action) ? says[action] : undefined
  const checked = say === undefined ? null : standardArgs(action, args)
  if (say === undefined || checked === null) return null
  if (!checked.ok) return checked
  const [name, native] = say(checked.args)
  return { ok: true, name, args: native }
}
