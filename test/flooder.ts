import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

// A source that floods a way in, as a process of its own: what it costs to send is not the hub's.

export interface Flood {
  readonly by: 'udp' | 'tcp' | 'ws'
  readonly port: number
  /** Of a WebSocket. */
  readonly path: string
  /** What is sent again and again, in hex; for a WebSocket it is text. */
  readonly one: string
  /** What is sent once before, in hex. */
  readonly greeting: string
  readonly perSecond: number
}

/** What it really sent. */
export interface Flooded {
  readonly sent: number
  readonly seconds: number
}

/** Starts it; resolves when it has begun. */
export async function startFlood(t: Test, flood: Flood): Promise<{ stop(): Promise<Flooded> }> {
  const file = fileURLToPath(new URL('flooder-process.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, file, JSON.stringify(flood)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const ended = once(child, 'close')
  const next = async () => {
    const [line] = (await Promise.race([
      once(lines, 'line'),
      ended.then(() => Promise.reject(new Error('the flooder ended before it was told to'))),
    ])) as [string]
    return line
  }
  await next()
  return {
    async stop() {
      const said = next()
      child.stdin.end()
      return JSON.parse(await said) as Flooded // flooder-process.ts wrote it
    },
  }
}
