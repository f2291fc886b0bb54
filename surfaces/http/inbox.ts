import type { WebSocket } from '@fastify/websocket'

/** Requests under way on one connection. More wait in the peer's own buffers, in order: none is dropped. */
const maxUnanswered = 1024

/** Bounds what a peer may have under way by not reading on; TCP tells it to wait. */
export interface Inbox {
  took(): void
  answered(): void
  /** Looks again whether to read on. */
  look(): void
}

export function inbox(socket: WebSocket, behind: () => boolean): Inbox {
  let unanswered = 0
  const look = () => {
    const full = unanswered >= maxUnanswered || behind()
    if (full && !socket.isPaused) socket.pause()
    else if (!full && socket.isPaused) socket.resume()
  }
  return {
    took() {
      unanswered++
      look()
    },
    answered() {
      unanswered--
      look()
    },
    look,
  }
}
