import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, readConfig } from '../hub/configure.ts'
import { openHub, type Hub } from '../hub/hub.ts'
import { loadParts } from '../hub/parts.ts'
import type { DeviceId } from '../intents/id.ts'
import { openNoLog } from './no-log.ts'
import { serve } from './program.ts'

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
}

/** The ports of its ways in. */
export interface Ports {
  readonly osc: number
  readonly tcp: number
  readonly udp: number
  readonly http: number
  /** Companion's HTTP API, and RossTalk: they press control 1/0/0, which fires at the first device. */
  readonly companion: number
  readonly rosstalk: number
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
  async open(start: HubStart): Promise<Ports> {
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
    const portOf = (address: string) => Number(/\d+$/.exec(address)?.[0])
    const way = (name: string) =>
      portOf(opened.surfaces.views().find((view) => view.name === name)?.address ?? '')
    return {
      ...{ osc: way('osc'), tcp: way('tcp'), udp: way('udp'), http: portOf(opened.address) },
      ...{ companion: way('companion-http'), rosstalk: way('rosstalk') },
    }
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

function configText({
  journal,
  redis,
  devices,
  macros = [],
  isSealed = false,
  sinkPort,
}: HubStart): string {
  const way = (type: string) =>
    `  ${type}: { type: ${type}, port: 0, durability: ${journal === 'durable' ? 'durable' : 'live'} }`
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
    ...['osc', 'tcp', 'udp', 'companion-http', 'rosstalk'].map(way),
    'pages: { 1: { 0/0: { press: { fire: d0, action: /cue/go, args: [1] } } } }',
    ...macros,
    '',
  ].join('\n')
}

serve(answers)
