import { createHash } from 'node:crypto'
import type { Picture } from '../../adapters/adapter.ts'
import type { Clock } from '../../bus/clock.ts'
import type { Config, PictureConfig } from '../../config/config.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { PictureView, ShownPicture } from '../../surfaces/http/picture-view.ts'
import { showing } from './faces.ts'

/**
 * What devices show at this moment, for the faces that show it. Nothing is kept here: the routers hold the newest of each name,
 * of the devices that this hub acts for, and only they.
 */
export interface Pictures {
  /** Another picture of that name can be seen, or none any more: the faces that show it are told. */
  changed(device: DeviceId, name: string): void
  view(wanted: PictureConfig): PictureView
  shown(wanted: PictureConfig): ShownPicture
  close(): void
}

export interface PicturesStart {
  readonly clock: Clock
  readonly config: () => Config
  /** Those of a device that this hub acts for; undefined for another. */
  readonly of: (device: DeviceId) => ReadonlyMap<string, Picture> | undefined
  /** Who acts for a device that this hub does not act for, in words. */
  readonly elsewhere: (device: DeviceId) => string
  readonly show: (places: Iterable<string>) => void
}

/** 100 ms: ten pictures a second is as much as anybody sees on a button, whatever a device sends. */
const paceMs = 100

export function openPictures({ clock, config, of, elsewhere, show }: PicturesStart): Pictures {
  const waiting = new Set<string>()
  let cancel: (() => void) | null = null

  /** The first change is told at once, those of the next moments together. */
  function tell(): void {
    cancel = null
    if (waiting.size === 0) return
    const places = [...waiting]
    waiting.clear()
    cancel = clock.after(paceMs, tell)
    show(places)
  }

  function shown({ device, name }: PictureConfig): ShownPicture {
    const pictures = of(device)
    if (pictures === undefined)
      return { state: 'elsewhere', detail: `${device} ${name}: ${elsewhere(device)}` }
    const picture = pictures.get(name)
    return picture === undefined
      ? { state: 'none', detail: `${device} shows no picture ${name} at this moment` }
      : { state: 'live', ...picture, tag: tagOf(picture) }
  }

  return {
    changed(device, name) {
      for (const place of showing(config(), device, name)) waiting.add(place)
      if (cancel === null) tell()
    },
    view(wanted) {
      const now = shown(wanted)
      return now.state === 'live'
        ? { ...wanted, state: now.state, tag: now.tag, detail: '' }
        : { ...wanted, state: now.state, tag: null, detail: now.detail }
    },
    shown,
    close: () => cancel?.(),
  }
}

const tags = new WeakMap<Picture, string>()

/** Names the bytes; worked out where somebody looks, once. */
function tagOf(picture: Picture): string {
  const known = tags.get(picture)
  if (known !== undefined) return known
  const tag = createHash('sha256').update(picture.bytes).digest('base64url')
  tags.set(picture, tag)
  return tag
}
