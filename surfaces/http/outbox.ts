import type { WebSocket } from '@fastify/websocket'
import type { FaceView } from './console.ts'
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
  /** The peer has this many bytes to catch up. */
  readonly behind: () => boolean
}

/** `moved` is called whenever the peer took something. */
export function outbox(socket: WebSocket, moved: () => void): Outbox {
  const faces = new Map<string, object>()
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
  const draw = async () => {
    drawing = true
    for (const [key, message] of faces) {
      // taken out first: a newer face that comes while this one waits goes to the end of the line
      faces.delete(key)
      await follow(message)
    }
    drawing = false
  }

  return {
    say: (message) => send(message),
    follow,
    face(place, face) {
      faces.set(placeName(place), { type: 'face', ...place, face })
      if (!drawing) void draw() // `follow` never rejects
    },
    behind,
  }
}
