import type { Recorded } from '../bus/entry.ts'
import type { Config, ControlConfig } from '../config/config.ts'
import { endOf } from '../intents/end.ts'
import { sameJson } from '../intents/json.ts'
import { succeeded } from '../intents/outcome.ts'
import type { Devices } from '../projections/devices.ts'
import { controlOf, type Panel } from '../projections/panel.ts'
import type { ControlView, FaceView, PanelView } from '../surfaces/http/console.ts'
import type { ControlPlace } from '../surfaces/surface.ts'

/** What a control shows, from what is recorded of it and what its device reports. */
export function faceOf(
  control: ControlConfig,
  place: string,
  panel: Panel,
  devices: Devices,
): FaceView {
  const { text, colour, image, lit } = control
  const known = panel.controls.get(place)
  const last = known?.last ?? null
  const reported =
    lit === null ? undefined : devices.devices.get(lit.device)?.reported.get(lit.path)
  const isLit = lit !== null && reported !== undefined && sameJson(reported.value, lit.equals)
  const wentWrong = last !== null && !succeeded(last.outcome) && last.outcome !== 'cancelled'
  const state = (known?.pending ?? 0) > 0 ? 'pending' : wentWrong ? 'failed' : isLit ? 'on' : 'idle'
  return { text, colour, image, state, last }
}

/** The whole grid. */
export function panelView(config: Config, panel: Panel, devices: Devices): PanelView {
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
          face: faceOf(control, `${page}/${at}`, panel, devices),
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
      for (const place of litBy(config, event.device, event.path)) places.add(place)
    } else {
      const end = endOf(event)
      const control = end === null ? undefined : panel.open.get(end.intent)?.control
      if (control !== undefined) places.add(control)
    }
  }
  return places
}

const lamps = new WeakMap<Config, ReadonlyMap<string, readonly string[]>>()

/** The controls that show a device's path as their lamp. Worked out once a config. */
function litBy(config: Config, device: string, path: string): readonly string[] {
  let known = lamps.get(config)
  if (known === undefined) {
    const found = new Map<string, string[]>()
    for (const [page, controls] of config.pages)
      for (const [at, { lit }] of controls)
        if (lit !== null) {
          const key = `${lit.device} ${lit.path}`
          found.set(key, [...(found.get(key) ?? []), `${page}/${at}`])
        }
    lamps.set(config, found)
    known = found
  }
  return known.get(`${device} ${path}`) ?? []
}

/** A place as numbers; the inverse of `placeName`. */
export function placeOf(name: string): ControlPlace {
  const [page = 0, row = 0, col = 0] = name.split('/').map(Number)
  return { page, row, col }
}
