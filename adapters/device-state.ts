import type { TObject } from 'typebox'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import { sameJson, sayable, type Json } from '../intents/json.ts'
import {
  type Adapter,
  type LinkContext,
  mostPictureBytes,
  mostPictureName,
  mostPictures,
  type Picture,
  type Reported,
} from './adapter.ts'
import { pictureType } from './picture-type.ts'

/** What is known of a device while its router lives: its link, what it reports, which lasting values it got. */
export interface DeviceState {
  readonly context: LinkContext
  readonly reported: Reported
  /** The newest of each name. */
  readonly pictures: ReadonlyMap<string, Picture>
  /** null: not known yet, or the protocol cannot know. */
  up(): boolean | null
  /** A lasting value was delivered. */
  delivered(path: string, value: Json): void
}

export interface DeviceStateHost {
  /** Records reports; resolves when they are. */
  report(events: readonly BusEvent[]): Promise<unknown>
  /** Another picture of that name can be seen, or none any more. */
  pictured(name: string): void
  /** As `LinkContext.barred`. */
  barred(): Failure | null
  /** The link went down. */
  away(): void
  /** It came back after having been down; these lasting values are to be sent again. */
  back(resend: readonly (readonly [path: string, value: Json])[]): void
}

export function openDeviceState<Command>(
  adapter: Adapter<TObject, Command>,
  known: {
    readonly device: DeviceId
    readonly lasting: ReadonlyMap<string, Json>
    readonly reported: Reported
  },
  host: DeviceStateHost,
): DeviceState {
  const { device } = known
  const lasting = new Map(known.lasting)
  const reported = new Map(known.reported)
  const pictures = new Map<string, Picture>()
  let up: boolean | null = null
  let wasDown = false
  let recording = false
  let next = new Map<string, BusEvent>()

  /** While one lot is being recorded the newest of each path waits for the next: a flood cannot grow. */
  function report(key: string, event: BusEvent): void {
    next.delete(key)
    next.set(key, event)
    if (!recording) void flush()
  }

  async function flush(): Promise<void> {
    recording = true
    while (next.size > 0) {
      const events = [...next.values()]
      next = new Map()
      await host.report(events)
    }
    recording = false
  }

  /** What is shown already is no news: a camera that looks at a wall tells nobody anything. */
  function take(name: string, picture: Picture | null): void {
    const before = pictures.get(name)
    if (picture === null) {
      if (pictures.delete(name)) host.pictured(name)
      return
    }
    const { bytes } = picture // hostile
    if (before === undefined && pictures.size >= mostPictures) return
    if (bytes.length > mostPictureBytes || name.length > mostPictureName) return
    const type = pictureType(bytes)
    if (type === null || (before !== undefined && Buffer.compare(before.bytes, bytes) === 0)) return
    pictures.set(name, { type, bytes })
    host.pictured(name)
  }

  return {
    reported,
    pictures,
    up: () => up,
    delivered: (path, value) => void lasting.set(path, value),
    context: {
      barred: () => host.barred(),
      report(where, what) {
        const path = where.toWellFormed()
        const value = sayable(what)
        if (reported.has(path) && sameJson(reported.get(path), value)) return
        reported.set(path, value)
        report(`path ${path}`, { type: 'DeviceReported', device, path, value })
      },
      changed(now, detail) {
        if (now === up) return
        up = now
        report('link', { type: 'LinkChanged', device, up: now, detail: detail.toWellFormed() })
        if (!now) {
          wasDown = true
          for (const name of pictures.keys()) take(name, null)
          host.away()
        } else {
          const again = wasDown ? adapter.resync(lasting, reported) : []
          host.back(
            again.flatMap((path) =>
              lasting.has(path) ? [[path, lasting.get(path) ?? null] as const] : [],
            ),
          )
        }
      },
      picture: take,
    },
  }
}
