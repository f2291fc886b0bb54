import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { readConfig } from '../configure.ts'
import { loadParts } from '../parts.ts'
import { openSource } from '../site/source.ts'
import { watchedFindings } from './doctor-watch.ts'
import type { Finding } from './finding.ts'

/** What this machine has and lacks, and how to get what it lacks; with the log's server, the brokers and the calendars that a config names. */
export async function doctor(configFile: string | null = null): Promise<readonly Finding[]> {
  return [
    nodeVersion(),
    diskFinding(),
    ...(await configFindings(configFile)),
    await portFinding(7700, 'the console and API (http.port)'),
    program(
      'oscsend',
      ['--version'],
      'sends OSC by hand, and in the tests',
      'apt-get install liblo-tools',
    ),
    program(
      'redis-server',
      ['--version'],
      'the tests of the shared log',
      'apt-get install redis-server redis-sentinel',
    ),
    program('chromium', ['--version'], 'the tests of the console', 'apt-get install chromium'),
  ]
}

/** What the config names and this machine is to reach. */
async function configFindings(file: string | null): Promise<readonly Finding[]> {
  if (file === null || !existsSync(file)) return []
  const loaded = readConfig(file, await loadParts())
  if (!loaded.ok) {
    const detail = `${file} has faults, so its log and what its triggers listen to were not looked at`
    return [{ name: 'Config', state: 'missing', detail, fix: `infra config check ${file}` }]
  }
  return [...(await logFindings(loaded.config, file)), ...(await watchedFindings(loaded.config))]
}

/** The log's server, where the config names one: can it be reached, and what does it lose? */
async function logFindings(config: Config, file: string): Promise<readonly Finding[]> {
  const name = 'Log'
  try {
    return await serverFindings(config)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return [{ name, state: 'missing', detail, fix: `correct log in ${file}, or start the server` }]
  }
}

async function serverFindings({ site, log }: Pick<Config, 'site' | 'log'>) {
  const name = 'Log'
  switch (log.engine) {
    case 'file':
      return []
    case 'redis': {
      const [{ serverDurability }, { redisOptions }] = await Promise.all([
        import('../../bus/log-redis/durability.ts'),
        import('../site/redis.ts'),
      ])
      const { state, detail, fix } = await serverDurability(redisOptions({ site }, log))
      return [{ name, state: state === 'good' ? 'ok' : 'missing', detail, fix } as const]
    }
    case 'kurrent': {
      const source = await openSource({ site, log }, '')
      await source.close()
      const detail = `${source.name} can be read; what the server acknowledges is on its disk`
      return [{ name, state: 'ok', detail, fix: null } as const]
    }
    default:
      return log satisfies never
  }
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const good = major > 20 || (major === 20 && minor >= 19)
  return {
    name: 'Node.js',
    state: good ? 'ok' : 'missing',
    detail: process.version,
    fix: good ? null : 'install Node.js 20.19 or newer',
  }
}

function diskFinding(): Finding {
  const folder = process.cwd()
  try {
    accessSync(folder, constants.W_OK)
    rmSync(mkdtempSync(join(tmpdir(), 'infra-doctor-')), { recursive: true })
    return { name: 'Disk', state: 'ok', detail: `${folder} can be written`, fix: null }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return {
      name: 'Disk',
      state: 'missing',
      detail,
      fix: 'choose another folder with --data, or free space',
    }
  }
}

function portFinding(port: number, what: string): Promise<Finding> {
  const name = `Port ${port}`
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () =>
      resolve({
        name,
        state: 'optional',
        detail: `in use: by a hub that runs already, or another program; it is for ${what}`,
        fix: 'set http.port in the config to a free port',
      }),
    )
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve({ name, state: 'ok', detail: `free, for ${what}`, fix: null }))
    })
  })
}

function program(name: string, args: readonly string[], what: string, fix: string): Finding {
  const found = spawnSync(name, args, { timeout: 10_000, encoding: 'utf8' })
  return found.error === undefined
    ? { name, state: 'ok', detail: what, fix: null }
    : { name, state: 'optional', detail: `not found; ${what}`, fix }
}
