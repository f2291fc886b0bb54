import type { Recorded } from '../../bus/entry.ts'
import type { Config } from '../../config/config.ts'
import type { FaceView } from '../../surfaces/http/panel-view.ts'
import type { ControlPlace } from '../../surfaces/surface.ts'
import { type Asks, faceOf, type Look, placeOf, type RunAt, touched } from './faces.ts'
import { controlAt } from './gestures.ts'
import type { Room } from '../room.ts'

export type FaceListener = (place: ControlPlace, face: FaceView) => void

/** The faces of the controls, for those who show them. */
export interface ShownFaces {
  /** The controls whose faces a batch may change; to be asked before it is folded. */
  touched(batch: readonly Recorded[]): ReadonlySet<string>
  /** Tells what these show now. */
  show(places: Iterable<string>): void
  /** Tells of all of them. */
  showAll(): void
  /** Returns its own removal. */
  onFace(listener: FaceListener): () => void
}

const noPlaces: ReadonlySet<string> = new Set()

export function openShownFaces(
  config: () => Config,
  room: Room,
  look: Look,
  asks: Asks,
  runAt: RunAt,
): ShownFaces {
  const listeners = new Set<FaceListener>()

  function show(places: Iterable<string>): void {
    if (listeners.size === 0) return
    for (const name of places) {
      const place = placeOf(name)
      const control = controlAt(config(), place)
      if (control === null) continue
      const { panel, devices } = room
      const face = faceOf(control, name, panel.state, devices.state, look, asks, runAt)
      for (const listener of listeners) listener(place, face)
    }
  }

  return {
    touched: (batch) =>
      listeners.size === 0 ? noPlaces : touched(batch, config(), room.panel.state),
    show,
    showAll() {
      for (const [page, controls] of config().pages)
        show([...controls.keys()].map((at) => `${page}/${at}`))
    },
    onFace(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
