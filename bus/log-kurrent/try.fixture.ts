import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { EventLog } from '../log.ts'
import { openKurrentLog } from './log.ts'
import { type Double, type DoubleOptions, openDouble } from './server.fixture.ts'

/** The stamp of a body that `body()` of the contract suite made. */
function timeOf(body: string): number {
  const { at } = JSON.parse(body) as { at: number } // our own
  return at
}

/** A double that is gone after the test. */
export async function doubleFor(t: Test, options: DoubleOptions = {}): Promise<Double> {
  const double = await openDouble(options)
  t.teardown(() => double.close())
  return double
}

/** A log of a site of its own. */
export function logAt(
  url: string,
  site: string = randomUUID(),
  patienceMs = 2000,
): Promise<EventLog> {
  return openKurrentLog({ url, site, timeOf, patienceMs })
}

/** A network between client and server that a test can cut. */
export interface Wire {
  readonly url: string
  /** Ends every connection, without a word. */
  cut(): void
  /** From now on every new connection is ended at once, too. */
  down(): void
  up(): void
  /** How many connections were cut or turned away. */
  readonly cuts: number
}

export async function wireTo(t: Test, port: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  let isDown = false
  let cuts = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    // a cut connection errs on its other side: that is what it is for
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    if (isDown) {
      cuts++
      near.resetAndDestroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    keep(far)
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = () => {
    cuts += sockets.size
    for (const socket of sockets) socket.resetAndDestroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    url: `esdb://127.0.0.1:${address.port}?tls=false`,
    cut,
    down() {
      isDown = true
      cut()
    },
    up() {
      isDown = false
    },
    get cuts() {
      return cuts
    },
  }
}
