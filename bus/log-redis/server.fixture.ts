import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { timeOf } from '../log-file/try.fixture.ts'
import { openRedisLog, type RedisLog } from './log.ts'
import { keyOf, type RedisLogOptions } from './options.ts'

const installed = spawnSync('redis-server', ['--version']).error === undefined

/** Options for a test that needs Redis. On a test server it must be there; elsewhere its absence is shown as a skip. */
export const needsRedis: { readonly skip: string } | Record<string, never> =
  installed || process.env['CI'] !== undefined
    ? {}
    : { skip: 'redis-server is not installed: apt-get install redis-server redis-sentinel' }

/** How long a server may take to start. Milliseconds. */
const startMs = 10_000

/** A real redis-server (or redis-sentinel) of this test alone. */
export interface Server {
  readonly port: number
  readonly url: string
  /** Its folder: append-only file, dump, config. */
  readonly dir: string
  readonly pid: number
  /** A command as the administrator; a string answer. */
  ask(...command: readonly string[]): Promise<unknown>
  /** SIGTERM, or SIGKILL: until the process is gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** SIGSTOP, until the kernel says that it stands still. */
  freeze(): Promise<void>
  thaw(): void
  /** The same folder and port again, after `stop`. */
  again(args?: readonly string[]): Promise<Server>
  /** All that was ever written to its append-only file, as text: what a thief of its disk would see. */
  everything(): string
}

/** What persists each write. */
export const persistent = ['--appendonly', 'yes', '--appendfsync', 'always'] as const

/** An empty folder that is gone after the test. */
export function emptyFolder(t: Pick<Test, 'teardown'>): string {
  const dir = mkdtempSync(join(tmpdir(), 'if-redis-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Starts a server on 127.0.0.1; `args` as on its command line. It ends with the test. */
export async function startServer(
  t: Pick<Test, 'teardown'>,
  args: readonly string[] = [],
  admin: { readonly password?: string; readonly tls?: { readonly ca: string } } = {},
): Promise<Server> {
  const dir = emptyFolder(t)
  return start(t, dir, await freePort(), args, admin)
}

/** Starts a sentinel that watches `port` as the master `room`. */
export async function startSentinel(t: Pick<Test, 'teardown'>, watched: number): Promise<Server> {
  const dir = emptyFolder(t)
  const file = join(dir, 'sentinel.conf')
  writeFileSync(
    file,
    [
      `sentinel monitor room 127.0.0.1 ${watched} 1`,
      'sentinel down-after-milliseconds room 500',
      'sentinel failover-timeout room 3000',
      '',
    ].join('\n'),
  )
  return start(t, dir, await freePort(), [], {}, [file])
}

async function start(
  t: Pick<Test, 'teardown'>,
  dir: string,
  port: number,
  args: readonly string[],
  admin: { readonly password?: string; readonly tls?: { readonly ca: string } },
  first: readonly string[] = [],
): Promise<Server> {
  const child: ChildProcess = spawn(
    first.length === 0 ? 'redis-server' : 'redis-sentinel',
    [...first, '--port', `${admin.tls ? 0 : port}`, '--bind', '127.0.0.1', '--dir', dir].concat(
      '--save',
      '',
      '--daemonize',
      'no',
      admin.tls ? ['--tls-port', `${port}`] : [],
      args,
    ),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stdout?.on('data', (bytes: Buffer) => (said += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const gone = once(child, 'exit')
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const { pid } = child
  if (pid === undefined)
    throw new Error('redis-server is not installed: apt-get install redis-server redis-sentinel')
  const clients = new Set<Redis>()

  async function ask(...[name = '', ...rest]: readonly string[]): Promise<unknown> {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      lazyConnect: true,
      protocol: 2,
      disableClientInfo: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
      ...(admin.password === undefined ? {} : { password: admin.password }),
      ...(admin.tls === undefined ? {} : { tls: admin.tls }),
    })
    client.on('error', () => {}) // the command itself fails, too
    clients.add(client)
    try {
      return await client.call(name, ...rest)
    } finally {
      client.disconnect()
      clients.delete(client)
    }
  }
  async function stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (isGone()) return
    process.kill(pid ?? 0, 'SIGCONT')
    process.kill(pid ?? 0, signal)
    await gone
  }
  t.teardown(() => stop('SIGKILL'))

  const until = Date.now() + startMs
  for (;;) {
    const answer = await ask('PING').catch((error: unknown) => error)
    if (answer === 'PONG') break
    if (isGone() || Date.now() > until) throw new Error(`redis-server did not start: ${said}`)
    await sleep(20)
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    dir,
    pid,
    ask,
    stop,
    async freeze() {
      process.kill(pid, 'SIGSTOP')
      await untilTrue(() => stateOf(pid) === 'T')
    },
    thaw: () => void process.kill(pid, 'SIGCONT'),
    again: (other = args) => start(t, dir, port, other, admin, first),
    everything() {
      const folder = join(dir, 'appendonlydir')
      return readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('\n')
    },
  }
}

/** The kernel's letter for a process: `T` stands still. */
export function stateOf(pid: number): string {
  const { stdout } = spawnSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' })
  return stdout.trim()
}

/** Until `done` says so, looked at every 10 ms; at most ten seconds. */
export async function untilTrue(done: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + startMs
  while (!(await done())) {
    if (Date.now() > end) throw new Error('it did not come to that in time')
    await sleep(10)
  }
}

/** Options for a log on `server`, whose waits are short. */
export function optionsFor(server: { readonly port: number }, site = 'room'): RedisLogOptions {
  return {
    site,
    servers: { type: 'single', node: { host: '127.0.0.1', port: server.port } },
    commandTimeoutMs: 500,
    openWithinMs: 2000,
    timeOf,
  }
}

/** A log that is closed after the test. */
export async function openLog(
  t: Pick<Test, 'teardown'>,
  options: RedisLogOptions,
): Promise<RedisLog> {
  const log = await openRedisLog(options)
  t.teardown(() => log.close())
  return log
}

/** How many commits a site's stream holds. */
export async function lengthOf(server: Server, site = 'room'): Promise<number> {
  return Number(await server.ask('XLEN', keyOf(site)))
}

/** Until the log can be used (or, with `true`, cannot). */
export function untilAway(log: RedisLog, isAway: boolean): Promise<void> {
  return new Promise((resolve) => {
    const off = log.onAway((away) => {
      if ((away !== null) !== isAway) return
      off()
      resolve()
    })
  })
}
