import { Type, type TSchema } from 'typebox'
import type { ActionDescription } from '../adapter.ts'
import { buses } from './functions/parameter.ts'

const flag = Type.Boolean()
const input = Type.Union([Type.Integer(), Type.String()], {
  description: 'Input by number, title or key',
})
const fader = Type.Number({ minimum: 0, maximum: 100, description: 'Position of the fader' })

const set = (name: string, description: string, schema: TSchema): ActionDescription => ({
  verb: 'set',
  name,
  description,
  schema,
})

/** The paths that can be set, for people; `paths.ts` says what becomes of each. */
export const sets: readonly ActionDescription[] = [
  set('recording', 'Record', flag),
  set('streaming', 'Stream', flag),
  ...[1, 2, 3, 4, 5].map((n) => set(`streaming/${n}`, `Stream ${n}`, flag)),
  set('external', 'External output', flag),
  set('multiCorder', 'MultiCorder', flag),
  set('playList', 'Play list', flag),
  set('fullscreen', 'Full screen', flag),
  set('fadeToBlack', 'Fade to black', flag),
  set('active', 'Input on programme', input),
  set('preview', 'Input on preview', input),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) =>
    set(
      `overlay/${n}`,
      `Input on overlay ${n}; 0 or null for none`,
      Type.Union([Type.Integer(), Type.String(), Type.Null()]),
    ),
  ),
  ...[1, 2, 3, 4].flatMap((n) => [
    set(`transition/${n}/effect`, `Transition of button ${n}`, Type.String()),
    set(
      `transition/${n}/duration`,
      `How long the transition of button ${n} takes, in ms`,
      Type.Integer({ minimum: 0, maximum: 600_000 }),
    ),
    set(`dynamic/value${n}`, `What the value Dynamic${n} stands for`, Type.String()),
    set(`dynamic/input${n}`, `What input Dynamic${n} stands for`, input),
  ]),
  set(
    'input/*',
    'input/<number, title or key>/ and volume, muted, balance, gain, solo, loop, audioAuto, bus/<M, A to G>, panX, panY, zoom, text/<field>, image/<field> or color/<field>',
    Type.Union([fader, flag, Type.String()]),
  ),
  set('mix/*', 'mix/<2 to 16>/active or /preview: input on a further mix', input),
  set('audio/master/volume', 'Master volume', fader),
  set('master/volume', 'Master volume', fader),
  set('audio/master/muted', 'Mute the master', flag),
  ...buses.flatMap((bus) => [
    set(`audio/bus${bus}/volume`, `Volume of bus ${bus}`, fader),
    set(`audio/bus${bus}/muted`, `Mute bus ${bus}`, flag),
    set(`audio/bus${bus}/solo`, `Solo of bus ${bus}`, flag),
    set(`audio/bus${bus}/sendToMaster`, `Bus ${bus} on the master`, flag),
  ]),
  set('replay/recording', 'Replay recording', flag),
  set('replay/live', 'Replay shows what is happening now', flag),
]
