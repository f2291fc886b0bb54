import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../wire/free-port.fixture.ts'

/** How often the append-only file is synced: Redis' own word for it. */
export type Fsync = 'everysec' | 'always'

/** A redis-server of the bench alone, with an append-only file. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  /** Of the whole server since it started, user and system: microseconds. */
  cpuUs(): Promise<number>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** How long a server may take to start. Milliseconds. */
const startMs = 10_000
const tries = 200

export const isInstalled = () => spawnSync('redis-server', ['--version']).error === undefined

/** Starts a server on 127.0.0.1 whose files are on the disk that is measured. */
export async function startRedis(folder: string, fsync: Fsync): Promise<RedisServer> {
  const dir = mkdtempSync(join(folder, 'redis-'))
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir, appendonly: 'yes', appendfsync: fsync, save: '' }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const gone = once(child, 'exit')
  const retryStrategy = (times: number) => (times < tries ? startMs / tries : null)
  const client = new Redis(port, '127.0.0.1', { retryStrategy, maxRetriesPerRequest: null })
  client.on('error', () => {}) // the command itself fails, too
  await client.ping().catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    async cpuUs() {
      const info = await client.info('cpu')
      const seconds = (name: string) => Number(new RegExp(`^${name}:(.*)`, 'm').exec(info)?.[1])
      return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6
    },
    async stop() {
      client.disconnect()
      child.kill('SIGKILL')
      await gone
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
