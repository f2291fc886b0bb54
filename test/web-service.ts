import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

// A cloud service of the test: it forgets no call, and answers when the test says so.

/** Twenty seconds: only a fault waits so long. */
const withinMs = 20_000

export interface WebService {
  readonly url: string
  /** Every call it ever got, `POST /notify/1`, in order. */
  readonly got: readonly string[]
  /** The `Authorization` of each call. */
  readonly keys: readonly (string | undefined)[]
  /** From now on: at once, or not before `release`. */
  hold(on: boolean): void
  /** Answers what hangs: 200, or another status. */
  release(status?: number): void
  /** Waits until it got so many calls. */
  until(count: number): Promise<void>
}

export async function webService(t: Test): Promise<WebService> {
  const got: string[] = []
  const keys: (string | undefined)[] = []
  const hanging = new Set<ServerResponse>()
  const looks = new Set<() => void>()
  let holds = false
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => {
      got.push(`${request.method} ${request.url}`)
      keys.push(request.headers.authorization)
      if (holds) hanging.add(response)
      else response.end('{}')
      for (const look of looks) look()
    })
    // a worker that is killed resets its connections: that is what these tests do
    response.on('close', () => hanging.delete(response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    keys,
    hold: (on) => {
      holds = on
    },
    release(status = 200) {
      for (const response of hanging) response.writeHead(status).end('{}')
      hanging.clear()
    },
    until: (count) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`the service got ${got.join(', ') || 'nothing'}`))
        const timer = setTimeout(late, withinMs)
        const look = () => {
          if (got.length < count) return
          clearTimeout(timer)
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
  }
}
