import type { WebSocket } from '@fastify/websocket'
import type { FaceView } from './panel-view.ts'
import type { RunView } from './run-view.ts'
import { placeName, type ControlPlace } from '../surface.ts'

/** 256 KiB that the peer has not taken: it is slow, and whoever can wait does. */
const slowBytes = 256 * 1024

/** What the hub says on one connection. */
export interface Outbox {
  /** Sends at once; the reader's side is bounded by what it may ask for (see inbox). */
  readonly say: (message: object) => void
  /** Sends, and resolves when the peer is not behind: for what can wait and must not be lost. */
  readonly follow: (message: object) => Promise<void>
  /** Sends the newest face of a control; while the peer is behind, older ones of the same control fall away. */
  readonly face: (place: ControlPlace, face: FaceView) => void
  /** Sends how a run stands; while the peer is behind, older ones of the same run fall away. */
  readonly run: (run: RunView) => void
  /** The peer has this many bytes to catch up. */
  readonly behind: () => boolean
}

/** `moved` is called whenever the peer took something. */
export function outbox(socket: WebSocket, moved: () => void): Outbox {
  /** What only its newest counts of, by what it is of. */
  const newest = new Map<string, object>()
  let drawing = false

  const behind = () => socket.bufferedAmount > slowBytes
  const send = (message: object, taken?: () => void) => {
    if (socket.readyState !== socket.OPEN) {
      taken?.()
      return
    }
    // an error here is the connection's end, which `close` reports; whoever waits goes on either way
    socket.send(JSON.stringify(message), () => {
      taken?.()
      moved()
    })
  }
  const follow = (message: object): Promise<void> => {
    if (!behind()) {
      send(message)
      return Promise.resolve()
    }
    return new Promise((resolve) => send(message, resolve))
  }
  const show = (key: string, message: object) => {
    newest.set(key, message)
    if (!drawing) void draw() // `follow` never rejects
  }
  const draw = async () => {
    drawing = true
    for (const [key, message] of newest) {
      // taken out first: a newer one that comes while this one waits goes to the end of the line
      newest.delete(key)
      await follow(message)
    }
    drawing = false
  }

  return {
    say: (message) => send(message),
    follow,
    face: (place, face) => show(placeName(place), { type: 'face', ...place, face }),
    run: (run) => show(run.run, { type: 'run', run }),
    behind,
  }
}
