import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, readConfig } from '../hub/configure.ts'
import { openHub, type Hub } from '../hub/hub.ts'
import { loadParts } from '../hub/parts.ts'
import type { DeviceId } from '../intents/id.ts'
import { collect } from '../wire/collect.fixture.ts'
import { openNoLog } from './no-log.ts'
import { serve } from './program.ts'
import { gridConfig } from './ways/grid.ts'

// A whole hub as `infra up` runs it, in a process of its own: HTTP, every way in, and OSC devices on loopback.

export type Journal = 'none' | 'live' | 'durable'

/** A log on Redis that hubs share. */
export interface Site {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  readonly site: string
  /** This hub's name. */
  readonly hub: string
  /** The hub that has each device while it is alive: they go round. */
  readonly homes: readonly string[]
}

export interface HubStart {
  /** How presses are recorded, and in which log; with `redis` in that one. */
  readonly journal: Journal
  readonly redis?: Site
  /** The data folder. */
  readonly data: string
  readonly devices: number
  /** Its macros, as lines of its config. */
  readonly macros?: readonly string[]
  /** Whether its journal is sealed, by a process of its own; left out: not, so that the hub's own cost is measured. */
  readonly isSealed?: boolean
  /** Where every device listens. */
  readonly sinkPort: number
  /** Its ways in by name, as the config has them without durability; left out: OSC. */
  readonly surfaces?: Readonly<Record<string, string>>
}

export interface Opened {
  /** The port of its OSC surface. */
  readonly osc: number
  /** Where each way in listens, for people; `http` is the hub's own. */
  readonly addresses: Readonly<Record<string, string>>
}

export interface Cost {
  /** Of the whole process, all threads, user and system, since it started: microseconds. */
  readonly cpuUs: number
  readonly accepted: number
  /** Accepted intents without an outcome. */
  readonly open: number
}

let hub: Hub | null = null

/** How long a hub may take until it has what is its own. Milliseconds. */
const ownMs = 30_000

const answers = {
  /** Opens the hub; resolves when it acts for the devices that are at home with it. */
  async open(start: HubStart): Promise<Opened> {
    const { journal, data, redis } = start
    const file = join(data, 'infra.yaml')
    mkdirSync(data, { recursive: true })
    writeFileSync(file, configText(start))
    const parts = await loadParts()
    const loaded = readConfig(file, parts)
    if (!loaded.ok) throw new ConfigError(loaded.faults)
    const log = journal === 'none' ? { log: openNoLog() } : {}
    const opened = await openHub({
      parts,
      config: loaded.config,
      file,
      data,
      version: 'bench',
      ...log,
    })
    hub = opened
    if (redis !== undefined) await ownsItsOwn(opened, start.devices, redis)
    const views = opened.surfaces.views()
    const addresses: Record<string, string> = {
      ...Object.fromEntries(views.map(({ name, address }) => [name, address])),
      http: opened.address,
    }
    return { osc: Number(/\d+$/.exec(addresses['osc'] ?? '')?.[0]), addresses }
  },
  cost(): Cost {
    const { user, system } = process.cpuUsage()
    const room = hub?.core.room
    return {
      cpuUs: user + system,
      accepted: room?.activity.state.accepted ?? 0,
      open: room?.deliveries.state.open ?? 0,
    }
  },
  /** What the process holds, bytes, once what nobody needs any more is given back. */
  memory(): number {
    collect()
    return process.memoryUsage().rss
  },
  async close(): Promise<void> {
    await hub?.close('the bench is through')
  },
}
export type HubAnswers = typeof answers

async function ownsItsOwn({ core }: Hub, devices: number, { homes, hub }: Site): Promise<void> {
  const own = Array.from({ length: devices }, (_, i) => i).filter((i) => homeOf(homes, i) === hub)
  const until = performance.now() + ownMs
  // a name by its form
  while (own.some((i) => core.routers.get(`d${i}` as DeviceId) === undefined)) {
    if (performance.now() > until) throw new Error(`the hub ${hub} never had its own devices`)
    await sleep(5)
  }
}

function homeOf(homes: readonly string[], device: number): string {
  return homes[device % homes.length] ?? ''
}

const onlyOsc = { osc: 'type: osc, port: 0' }

function configText(start: HubStart): string {
  const { journal, redis, devices, macros = [], isSealed = false, sinkPort } = start
  const { surfaces = onlyOsc } = start
  const durability = journal === 'durable' ? 'durable' : 'live'
  const home = (i: number) => (redis === undefined ? '' : `, hub: ${homeOf(redis.homes, i)}`)
  const device = (i: number) =>
    `  d${i}: { protocol: osc, host: 127.0.0.1, port: ${sinkPort}${home(i)} }`
  return [
    `site: ${redis?.site ?? 'bench'}`,
    `hub: ${redis?.hub ?? 'bench'}`,
    ...(redis === undefined ? [] : [`log: { engine: redis, url: ${redis.url} }`]),
    'http: { port: 0 }',
    `witness: { seal: ${isSealed} }`,
    'devices:',
    ...Array.from({ length: devices }, (_, i) => device(i)),
    'surfaces:',
    ...Object.entries(surfaces).map(
      ([name, keys]) => `  ${name}: { ${keys}, durability: ${durability} }`,
    ),
    gridConfig(),
    ...macros,
    '',
  ].join('\n')
}

serve(answers)
