import type { Config, ControlConfig } from '../../config/config.ts'
import type { Recorded } from '../../bus/entry.ts'
import type { Face, FacePicture } from '../../surfaces/desk.ts'
import type { FaceView } from '../../surfaces/http/panel-view.ts'
import {
  type ControlPlace,
  type DeviceState,
  type Faces,
  placeName,
  type States,
} from '../../surfaces/surface.ts'
import type { Core } from '../compose.ts'
import { faceOf, placeOf } from './faces.ts'
import { controlAt } from './gestures.ts'
import { openImages } from './images.ts'
import { lookedAt } from './looks.ts'
import { panelFace } from './panel-face.ts'

/** What the controls show and the devices say, once for all the surfaces of a hub. */
export interface FaceBook {
  readonly faces: Faces
  readonly states: States
  close(): void
}

/** `configFile`: pictures of the config lie below its folder. */
export function openFaceBook(core: Core, configFile: string): FaceBook {
  const { room, personal } = core
  const faceListeners = new Set<(place: ControlPlace, face: Face) => void>()
  const stateListeners = new Set<(state: DeviceState) => void>()
  let shownConfig: Config = core.config()
  const images = openImages(configFile, (image) => {
    for (const [place, control] of controls()) if (control.image === image) tell(place, control)
  })

  function* controls(): Iterable<readonly [ControlPlace, ControlConfig]> {
    for (const [page, on] of core.config().pages)
      for (const [at, control] of on) yield [placeOf(`${page}/${at}`), control]
  }

  function pictureOf({ image, picture }: ControlConfig): FacePicture | null {
    if (picture !== null) {
      const shown = core.pictures.shown(picture)
      if (shown.state === 'live') return { type: shown.type, bytes: shown.bytes, tag: shown.tag }
    }
    return image === null ? null : images.get(image)
  }

  function face(place: ControlPlace, control: ControlConfig, known?: FaceView): Face {
    const name = placeName(place)
    const devices = room.devices.state
    const asks = core.gestures.asks
    const view =
      known ??
      faceOf(control, name, room.panel.state, devices, core.pictures.view, asks, core.runs.at)
    const until = view.run?.question?.until ?? null
    const askedMs = until === null ? null : Math.max(0, until - core.clock.now())
    const looked = lookedAt(control, name, devices)
    return panelFace(looked, view, devices, {
      asksMs: asks(name) ?? askedMs,
      picture: pictureOf(looked),
    })
  }

  function tell(place: ControlPlace, control: ControlConfig, view?: FaceView): void {
    const now = face(place, control, view)
    for (const listener of faceListeners) listener(place, now)
  }

  const offFace = core.onFace((place, view) => {
    const config = core.config()
    if (config !== shownConfig) {
      shownConfig = config
      images.forget()
    }
    const control = controlAt(config, place)
    if (control !== null && faceListeners.size > 0) tell(place, control, view)
  })
  const offCommit = core.journal.recorder.onCommit((batch: readonly Recorded[]) => {
    if (stateListeners.size === 0) return
    for (const { event } of batch) {
      if (event.type !== 'DeviceReported') continue
      const { device, path, value } = event
      const state = { device, path, value: personal.show(value) }
      for (const listener of stateListeners) listener(state)
    }
  })

  return {
    faces: {
      at(place) {
        const control = controlAt(core.config(), place)
        return control === null ? null : face(place, control)
      },
      *all() {
        for (const [place, control] of controls()) yield [place, face(place, control)] as const
      },
      follow(listener) {
        faceListeners.add(listener)
        return () => faceListeners.delete(listener)
      },
    },
    states: {
      at(device, path) {
        const reported = room.devices.state.devices.get(device)?.reported.get(path)
        return reported === undefined ? undefined : personal.show(reported.value)
      },
      *all() {
        for (const [device, { reported }] of room.devices.state.devices)
          for (const [path, { value }] of reported)
            yield { device, path, value: personal.show(value) }
      },
      follow(listener) {
        stateListeners.add(listener)
        return () => stateListeners.delete(listener)
      },
    },
    close() {
      offFace()
      offCommit()
      faceListeners.clear()
      stateListeners.clear()
    },
  }
}
