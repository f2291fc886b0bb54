import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A way to a server that a test can cut, in one direction or both. */
export interface Proxy {
  readonly port: number
  /** Bytes that went to the server, and that came back, since the beginning. */
  readonly bytes: { up: number; down: number }
  /**
   * `up`: what is asked is lost. `down`: what is answered is lost. `late`: what is asked is kept, until `deliver`. Nobody is
   * told, as when a cable is pulled.
   */
  lose(what: 'up' | 'down' | 'late'): void
  /** Hands over what was kept, and answers how many bytes that were. */
  deliver(): number
  /** Ends all connections with a reset, and refuses new ones until `heal`. */
  cut(): void
  /** Delays each answer. Milliseconds. */
  slow(ms: number): void
  heal(): void
  /** Leads new connections to another server. */
  aim(port: number): void
}

export async function startProxy(t: Pick<Test, 'teardown'>, first: number): Promise<Proxy> {
  let target = first
  const sockets = new Set<Socket>()
  const bytes = { up: 0, down: 0 }
  const late: { readonly chunk: Buffer; readonly to: Socket }[] = []
  let lost: 'up' | 'down' | 'late' | null = null
  let isCut = false
  let delayMs = 0
  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy()
      return
    }
    const far = connect(target, '127.0.0.1')
    // what this connection loses it has lost: a heal is for new ones
    let mine: 'up' | 'down' | 'late' | null = null
    for (const [from, to, direction] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => {}) // an end like any other
      from.on('data', (chunk: Buffer) => {
        mine ??= lost
        if (mine === 'late' && direction === 'up') late.push({ chunk, to })
        if (mine === direction || mine === 'late') return
        bytes[direction] += chunk.length
        if (direction === 'down' && delayMs > 0) setTimeout(() => to.write(chunk), delayMs)
        else to.write(chunk)
      })
      from.on('close', () => {
        sockets.delete(from)
        // a pulled cable tells the other end nothing
        if (mine === null) to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    port: address.port,
    bytes,
    lose: (what) => void (lost = what),
    deliver() {
      const kept = late.splice(0)
      for (const { chunk, to } of kept) to.write(chunk)
      return kept.reduce((sum, { chunk }) => sum + chunk.length, 0)
    },
    cut() {
      isCut = true
      for (const socket of sockets) socket.resetAndDestroy()
    },
    slow: (ms) => void (delayMs = ms),
    aim: (port) => void (target = port),
    heal() {
      lost = null
      isCut = false
      delayMs = 0
    },
  }
}
