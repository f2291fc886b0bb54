import type { Json } from '../../intents/json.ts'
import type { Call } from './call.ts'
import { nothing, type Due, type Known } from './expectation.ts'

interface Shown {
  readonly path: string
  /** Undefined: the other of what it was. */
  readonly value: Json | undefined
  readonly tolerance?: number
}
type Says = (found: readonly string[], value: string, input: string) => Shown

/** A rounding of what vMix writes with seven digits. */
const rounding = 0.001

const onOff = (what: string | undefined): boolean | undefined =>
  what === 'On' ? true : what === 'Off' ? false : undefined
const startStop = (what: string | undefined): boolean | undefined =>
  what === 'Start' ? true : what === 'Stop' ? false : undefined
const busPath = (bus: string): string => (bus === 'M' ? 'audio/master' : `audio/bus${bus}`)
const sounds = (what: string | undefined): boolean | undefined =>
  what === 'On' ? false : what === 'Off' ? true : undefined

/** Functions whose effect stands in the state at one path, whatever else is known. */
const rows: readonly (readonly [shape: RegExp, says: Says])[] = [
  [/^Fullscreen(On|Off)?$/, ([, what]) => ({ path: 'fullscreen', value: onOff(what) })],
  [/^(Start|Stop)PlayList$/, ([, what]) => ({ path: 'playList', value: startStop(what) })],
  [/^Loop(On|Off)?$/, ([, what], _, input) => ({ path: `${input}/loop`, value: onOff(what) })],
  [
    /^Solo(PFL)?(On|Off)?$/,
    ([, pfl, what], _, input) => ({
      path: `${input}/${pfl === undefined ? 'solo' : 'soloPFL'}`,
      value: onOff(what),
    }),
  ],
  [
    /^AudioBus(On|Off)?$/,
    ([, what], bus, input) => ({ path: `${input}/bus/${bus}`, value: onOff(what) }),
  ],
  [
    /^AudioAuto(On|Off)?$/,
    ([, what], _, input) => ({ path: `${input}/audioAuto`, value: onOff(what) }),
  ],
  [
    /^SetBalance$/,
    (_, value, input) => ({ path: `${input}/balance`, value: Number(value), tolerance: 0.01 }),
  ],
  [
    /^SetGain$/,
    (_, value, input) => ({ path: `${input}/gain`, value: Number(value), tolerance: 0.1 }),
  ],
  [
    /^BusXAudio(On|Off)?$/,
    ([, what], bus) => ({ path: `${busPath(bus)}/muted`, value: sounds(what) }),
  ],
  [
    /^Bus([AB])Audio(On|Off)?$/,
    ([, bus = '', what]) => ({ path: `${busPath(bus)}/muted`, value: sounds(what) }),
  ],
  [
    /^BusX(SendToMaster|Solo)(On|Off)?$/,
    ([, flag, what], bus) => ({
      path: `${busPath(bus)}/${flag === 'Solo' ? 'solo' : 'sendToMaster'}`,
      value: onOff(what),
    }),
  ],
  [
    /^SetBus([A-G])Volume$/,
    ([, bus = ''], value) => ({
      path: `${busPath(bus)}/volume`,
      value: Number(value),
      tolerance: 0.5,
    }),
  ],
  [
    /^Set(?:Layer(\d+))?(PanX|PanY|Zoom|X|Y|Width|Height|Crop[XY][12])$/,
    ([, layer, what = ''], value, input) => {
      const leaf = what === 'Zoom' ? 'zoomX' : lowerFirst(what.replace(/^Crop/, 'crop/'))
      const path = layer === undefined ? input : `${input}/layer/${layer}`
      return { path: `${path}/${leaf}`, value: Number(value), tolerance: rounding }
    },
  ],
  [
    /^SetTransitionEffect([1-4])$/,
    ([, button], effect) => ({ path: `transition/${button}/effect`, value: effect }),
  ],
  [
    /^SetTransitionDuration([1-4])$/,
    ([, button], ms) => ({ path: `transition/${button}/duration`, value: Number(ms) }),
  ],
  [/^SetDynamicValue([1-4])$/, ([, n], value) => ({ path: `dynamic/value${n}`, value })],
  [
    /^Replay(StartStop|Start|Stop)Recording$/,
    ([, what]) => ({ path: 'replay/recording', value: startStop(what) }),
  ],
  [/^ReplayLiveToggle$/, () => ({ path: 'replay/live', value: undefined })],
  [/^Replay(Live|Recorded)$/, ([, what]) => ({ path: 'replay/live', value: what === 'Live' })],
  [
    /^ReplaySelectChannel(AB|A|B)$/,
    ([, mode = '']) => ({ path: 'replay/channelMode', value: mode }),
  ],
  [
    /^Replay([AB])Camera([1-8])$/,
    ([, which, n]) => ({ path: `replay/camera${which}`, value: Number(n) }),
  ],
]

function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1)
}

/**
 * What the state shows of a function, where this vMix tells of it: an older one tells less, and then its `FUNCTION OK` is all
 * there is. Null: of none.
 */
export function shownInState(
  { name, params }: Call,
  input: number | null,
  { values }: Known,
): Due | null {
  for (const [shape, says] of rows) {
    const found = shape.exec(name)
    if (found === null) continue
    const shown = says(found, params['Value'] ?? '', `input/${input}`)
    const { path, tolerance = 0 } = shown
    const now = values.get(path)
    if (now === undefined) return null
    const isToggle = shown.value === undefined
    if (isToggle && typeof now !== 'boolean') return null
    const value = shown.value ?? now !== true
    const reads = isToggle ? [path] : []
    const expectations = [{ path, value, tolerance }]
    return { ...nothing, expectations, reads }
  }
  return null
}
