import type { Recorded } from '../../bus/entry.ts'
import type { Config, ControlConfig, PictureConfig } from '../../config/config.ts'
import { endOf } from '../../intents/end.ts'
import { siteDevice } from '../../intents/id.ts'
import { sameJson } from '../../intents/json.ts'
import { lookAt } from '../../intents/look.ts'
import { succeeded } from '../../intents/outcome.ts'
import type { Devices } from '../../projections/devices.ts'
import { controlOf, type Panel } from '../../projections/panel.ts'
import type { ControlView, FaceView, PanelView } from '../../surfaces/http/panel-view.ts'
import type { PictureView } from '../../surfaces/http/picture-view.ts'
import type { ControlPlace } from '../../surfaces/surface.ts'
import { lookedAt } from './looks.ts'

/** What a device shows at this moment. */
export type Look = (wanted: PictureConfig) => PictureView

/** For how long a control waits for a second press, ms; null: it does not. */
export type Asks = (place: string) => number | null

/** The run that the control of that name has started, while it is under way. */
export type RunAt = (place: string) => FaceView['run']

/** What a control shows, from what is recorded of it, what its device reports, and what `look` sees of one. */
export function faceOf(
  control: ControlConfig,
  place: string,
  panel: Panel,
  devices: Devices,
  look: Look,
  asks: Asks,
  runAt: RunAt,
): FaceView {
  const looked = lookedAt(control, place, devices)
  const { text, colour, textColour, size, alignment, image, picture } = looked
  const known = panel.controls.get(place)
  const last = known?.last ?? null
  const wentWrong = last !== null && !succeeded(last.outcome) && last.outcome !== 'cancelled'
  const state =
    asks(place) !== null
      ? 'asks'
      : (known?.pending ?? 0) > 0
        ? 'pending'
        : wentWrong
          ? 'failed'
          : isLit(control, devices)
            ? 'on'
            : 'idle'
  // a run that is under way is open: what the control began has not ended
  const run = (known?.pending ?? 0) > 0 ? runAt(place) : null
  const shown = picture === null ? null : look(picture)
  const said = { text, colour, textColour, size, alignment, image }
  return { ...said, picture: shown, run, state, last }
}

/** Whether its device reports what the control's `lit` asks for. */
export function isLit({ lit }: ControlConfig, devices: Devices): boolean {
  if (lit === null) return false
  const reported = devices.devices.get(lit.device)?.reported.get(lit.path)
  return reported !== undefined && sameJson(reported.value, lit.equals)
}

/** The whole grid. */
export function panelView(
  config: Config,
  panel: Panel,
  devices: Devices,
  look: Look,
  asks: Asks,
  runAt: RunAt,
): PanelView {
  return {
    pages: [...config.pages].map(([page, controls]) => {
      const views = [...controls].map(([at, control]): ControlView => {
        const [row = 0, col = 0] = at.split('/').map(Number)
        return {
          page,
          row,
          col,
          press: control.press !== null,
          release: control.release !== null,
          holdMs: control.hold?.afterMs ?? null,
          rotate: control.rotateLeft !== null || control.rotateRight !== null,
          face: faceOf(control, `${page}/${at}`, panel, devices, look, asks, runAt),
        }
      })
      return {
        page,
        rows: 1 + Math.max(0, ...views.map((view) => view.row)),
        cols: 1 + Math.max(0, ...views.map((view) => view.col)),
        controls: views,
      }
    }),
  }
}

/** The controls whose faces a batch may change, `page/row/col`. To be asked before the panel folds the batch. */
export function touched(
  batch: readonly Recorded[],
  config: Config,
  panel: Panel,
): ReadonlySet<string> {
  const places = new Set<string>()
  for (const { event } of batch) {
    if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
      const control = controlOf(event.submission)
      if (control !== null) places.add(control)
    } else if (event.type === 'DeviceReported') {
      for (const place of watching(config, event.device, event.path)) places.add(place)
      const look = event.device === siteDevice ? lookAt(event.path) : null
      if (look !== null) places.add(look.place)
    } else if (event.type === 'LeaseTaken' || event.type === 'LeaseGiven') {
      // only the hub that acts for a device sees its pictures
      for (const place of showing(config, event.lease)) places.add(place)
    } else {
      const end = endOf(event)
      const control = end === null ? undefined : panel.open.get(end.intent)?.control
      if (control !== undefined) places.add(control)
    }
  }
  return places
}

interface Index {
  /** By device and path. */
  readonly lamps: ReadonlyMap<string, readonly string[]>
  /** By device, and by device and name. */
  readonly pictures: ReadonlyMap<string, readonly string[]>
}

const indexes = new WeakMap<Config, Index>()

/** Which controls show what of a device. Worked out once a config. */
function indexOf(config: Config): Index {
  const known = indexes.get(config)
  if (known !== undefined) return known
  const lamps = new Map<string, string[]>()
  const pictures = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, key: string, place: string) =>
    to.set(key, [...(to.get(key) ?? []), place])
  for (const [page, controls] of config.pages)
    for (const [at, { lit, fader, progress, picture }] of controls) {
      const place = `${page}/${at}`
      for (const seen of [lit, fader, progress])
        if (seen !== null) add(lamps, `${seen.device} ${seen.path}`, place)
      if (picture === null) continue
      add(pictures, picture.device, place)
      add(pictures, `${picture.device} ${picture.name}`, place)
    }
  const index = { lamps, pictures }
  indexes.set(config, index)
  return index
}

/** The controls that show a device's path: as their lamp, their level, or how far it is. */
function watching(config: Config, device: string, path: string): readonly string[] {
  return indexOf(config).lamps.get(`${device} ${path}`) ?? []
}

/** The controls that show a picture of a device: the one of that name, or any. */
export function showing(config: Config, device: string, name?: string): readonly string[] {
  return indexOf(config).pictures.get(name === undefined ? device : `${device} ${name}`) ?? []
}

/** A place as numbers; the inverse of `placeName`. */
export function placeOf(name: string): ControlPlace {
  const [page = 0, row = 0, col = 0] = name.split('/').map(Number)
  return { page, row, col }
}
