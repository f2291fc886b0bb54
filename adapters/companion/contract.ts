import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { CompanionCommand } from './command.ts'
import type { options, Transport } from './options.ts'
import { type CompanionSimulator, simulate } from './simulator.ts'

type CompanionSample = Sample<typeof options, CompanionCommand, CompanionSimulator>

function over(transport: Transport, received: (location: string) => string): CompanionSample {
  const answers = transport === 'http' || transport === 'tcp'
  return {
    name: `companion over ${transport}`,
    adapter,
    simulate: (earlier) => {
      if (earlier === null) return simulate()
      const { httpPort, oscPort, tcpPort, udpPort } = earlier
      return simulate({ httpPort, oscPort, tcpPort, udpPort })
    },
    options: ({ host, httpPort, oscPort, tcpPort, udpPort }) => {
      const ports = { httpPort, oscPort, tcpPort, udpPort }
      return { host, transport, fallback: [], ...ports, watch: [], pollMs: 1000 }
    },
    fire: (n) => ({
      action: 'press',
      args: { location: `${n + 1}/0/0` },
      received: received(`${n + 1}/0/0`),
    }),
    set: { path: 'custom-variable/cue', value: 'outro' },
    // it answers ok to a press that led to nothing
    ack: 'sent',
    answers,
    wrong: { action: 'press', args: { location: '0/0/0' }, names: '"location"' },
    unknown: { action: 'pres', near: 'press' },
    secrets: [],
    flood:
      transport === 'tcp'
        ? (at, count) => {
            for (let n = 0; n < count; n++) at.redraw(1, 0, 0, n % 256)
            const red = ((count - 1) % 256).toString(16).padStart(2, '0')
            return { path: 'location/1/0/0/bgcolor', value: `#${red}0000` }
          }
        : null,
  }
}

export const samples: readonly CompanionSample[] = [
  over('http', (location) => `POST /api/location/${location}/press`),
  over('osc', (location) => `/location/${location}/press`),
  over('tcp', (location) => `LOCATION ${location} PRESS`),
  over('udp', (location) => `LOCATION ${location} PRESS`),
]
