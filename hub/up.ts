import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/config.ts'
import { ConfigError, readConfig } from './configure.ts'
import { startSimulators } from './demo.ts'
import { openHub } from './hub.ts'
import { packageRoot } from './leaf.ts'
import { loadParts, type Parts } from './parts.ts'
import { stopSignal } from './stop-signal.ts'

export interface UpOptions {
  /** The config file; default `infra.yaml`, or with `demo` the data folder's copy of the demo's. */
  readonly config: string | undefined
  /** The data folder; default `data`, or `data/demo` with `demo`. */
  readonly data: string | undefined
  /** With the demo control room and its simulated devices. */
  readonly demo: boolean
  readonly out: (line: string) => void
}

/**
 * Runs a hub until it is told to stop (SIGINT, SIGTERM).
 * @throws ConfigError, LogError, SurfaceError, Error: each says what to do
 */
export async function up(options: UpOptions): Promise<void> {
  const { demo, out } = options
  const data = options.data ?? (demo ? join('data', 'demo') : 'data')
  const file = options.config ?? (demo ? demoConfig(data) : 'infra.yaml')
  const parts = await loadParts()
  const config = configOf(file, parts)
  const stopSimulators = demo ? await startSimulators(config) : null
  try {
    const hub = await openHub({
      ...{ parts, config, file, data, version: packageVersion() },
      warn: (line) => out(`warning  ${line}`),
    })
    // from its first press on: who is told `ready` may stop it, and others wait for what it has
    const stopped = stopSignal()
    out(
      `ready  ${hub.address}  site ${config.site}, hub ${config.hub}, ${config.devices.size} devices, journal ${config.log.engine === 'file' ? `in ${data}` : `on ${config.log.engine}, snapshots in ${data}`}`,
    )
    const warning = await logWarning(config)
    if (warning !== null) out(`warning  ${warning}`)
    if (demo) for (const line of tryNext(config, hub.address)) out(line)
    const why = await Promise.race([stopped, hub.core.ended])
    if (why instanceof Error) {
      // not closed: what it would write is not its to write any more. Time to say why, and everything of it ends
      setTimeout(() => process.exit(), lastWordsMs)
      throw why
    }
    out(`stopping (${why})`)
    await hub.close(why)
  } finally {
    await stopSimulators?.()
  }
}

/** How long a hub that must not go on has for its last words. Milliseconds. */
const lastWordsMs = 200

/** What a log on a server may lose without anybody having decided so; null: nothing of the kind. */
async function logWarning({ site, log }: Config): Promise<string | null> {
  if (log.engine !== 'redis') return null
  const [{ serverDurability }, { redisOptions }] = await Promise.all([
    import('../bus/log-redis/durability.ts'),
    import('./site/redis.ts'),
  ])
  try {
    const { state, detail, fix } = await serverDurability(redisOptions({ site }, log))
    return state === 'good' ? null : `${detail}; ${fix ?? ''}`
  } catch {
    return null // it has gone away since the log was opened: the journal says so itself
  }
}

function configOf(file: string, parts: Parts): Config {
  if (!existsSync(file))
    throw new Error(
      `there is no config ${file}: write one (infra config schema helps your editor), name one with --config, or try --demo`,
    )
  const loaded = readConfig(file, parts)
  if (!loaded.ok) throw new ConfigError(loaded.faults)
  return loaded.config
}

/** The demo's config is copied once, so that `infra bus add` changes the copy. */
function demoConfig(data: string): string {
  const copy = join(data, 'infra.yaml')
  if (existsSync(copy)) return copy
  mkdirSync(data, { recursive: true })
  copyFileSync(new URL('config/demo.yaml', packageRoot), copy)
  return copy
}

function tryNext(config: Config, address: string): readonly string[] {
  const osc = [...config.surfaces.values()].find(({ type }) => type === 'osc')
  const infra = existsSync(fileURLToPath(new URL('cli/infra.ts', packageRoot)))
    ? 'node dist/cli/infra.js'
    : 'infra'
  const place = firstPress(config)
  return [
    '',
    'The devices are simulated. Try, from another terminal:',
    `  a browser   ${address}`,
    ...(place === null
      ? []
      : [
          `  infra       ${infra} press ${place}`,
          `  curl        curl -X POST ${address}/api/v1/controls/${place}/press`,
        ]),
    ...(osc === undefined
      ? []
      : [
          `  OSC         oscsend 127.0.0.1 ${JSON.stringify(osc.options['port'])} /location/1/0/1/press   (from liblo-tools)`,
        ]),
    ...(place === null ? [] : [`  who was it  ${infra} who ${place}`]),
    `  the record  ${infra} witness verify`,
    'Ctrl-C stops it.',
  ]
}

/** The first control that does something when it is pressed; null where there is none. */
function firstPress({ pages }: Config): string | null {
  for (const [page, controls] of pages)
    for (const [at, { press }] of controls) if (press !== null) return `${page}/${at}`
  return null
}

function packageVersion(): string {
  const text = readFileSync(new URL('package.json', packageRoot), 'utf8')
  const { version }: { readonly version: string } = JSON.parse(text)
  return version
}
