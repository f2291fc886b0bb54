import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Test } from 'tap'

// A real redis-server of the test's own: a free port, a folder that is gone afterwards, ended by its process.

const installed = spawnSync('redis-server', ['--version']).error === undefined

/** For `t.test`: the reason why it cannot be tested here; false where it can. CI fails instead of leaving it out. */
export const skipWithoutRedis: string | false =
  installed || process.env['CI'] !== undefined
    ? false
    : 'NOT TESTED: redis-server is missing (Debian: apt-get install redis-server)'

/** Twenty seconds: only a fault waits so long. */
const withinMs = 20_000

export interface RedisServer {
  readonly url: string
  /** kill -9, and what was on its disk stays. */
  kill(): Promise<void>
  /** Starts it again on its port and its disk. */
  start(): Promise<void>
  /** All that was ever written to it, as text: what a thief of its disk would see. */
  everything(): string
}

/** Starts a server that persists each write, and stops it with the test. */
export async function redisServer(t: Test): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
    child = spawn('redis-server', [...words, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: 'ignore',
    })
    await once(child, 'spawn')
    const redis = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    redis.on('error', () => {}) // it is just starting
    const late = setTimeout(() => redis.disconnect(), withinMs)
    try {
      await redis.ping()
    } finally {
      clearTimeout(late)
      redis.disconnect()
    }
  }

  async function kill(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  t.teardown(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return {
    url,
    kill,
    start,
    everything() {
      const aof = join(folder, 'appendonlydir')
      return readdirSync(aof)
        .map((name) => readFileSync(join(aof, name), 'latin1'))
        .join('\n')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
