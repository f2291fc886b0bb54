import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, readConfig } from '../hub/configure.ts'
import { openHub, type Hub } from '../hub/hub.ts'
import { loadParts } from '../hub/parts.ts'
import { openNoLog } from './no-log.ts'
import { serve } from './program.ts'

// A whole hub as `infra up` runs it, in a process of its own: HTTP, every way in, and OSC devices on loopback.

export type Journal = 'none' | 'live' | 'durable'

export interface HubStart {
  readonly journal: Journal
  /** The data folder. */
  readonly data: string
  readonly devices: number
  /** Where every device listens. */
  readonly sinkPort: number
}

/** The ports of its ways in. */
export interface Ports {
  readonly osc: number
  readonly tcp: number
  readonly udp: number
  readonly http: number
}

export interface Cost {
  /** Of the whole process, all threads, user and system, since it started: microseconds. */
  readonly cpuUs: number
  readonly accepted: number
  /** Accepted intents without an outcome. */
  readonly open: number
}

let hub: Hub | null = null

const answers = {
  async open({ journal, data, devices, sinkPort }: HubStart): Promise<Ports> {
    const file = join(data, 'infra.yaml')
    mkdirSync(data, { recursive: true })
    writeFileSync(file, configText(journal, devices, sinkPort))
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
    const portOf = (address: string) => Number(/\d+$/.exec(address)?.[0])
    const way = (name: string) =>
      portOf(opened.surfaces.views().find((view) => view.name === name)?.address ?? '')
    return { osc: way('osc'), tcp: way('tcp'), udp: way('udp'), http: portOf(opened.address) }
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

function configText(journal: Journal, devices: number, sinkPort: number): string {
  const way = (type: string) =>
    `  ${type}: { type: ${type}, port: 0, durability: ${journal === 'durable' ? 'durable' : 'live'} }`
  const device = (i: number) => `  d${i}: { protocol: osc, host: 127.0.0.1, port: ${sinkPort} }`
  return [
    'site: bench',
    'hub: bench',
    'http: { port: 0 }',
    'devices:',
    ...Array.from({ length: devices }, (_, i) => device(i)),
    'surfaces:',
    ...['osc', 'tcp', 'udp'].map(way),
    '',
  ].join('\n')
}

serve(answers)
