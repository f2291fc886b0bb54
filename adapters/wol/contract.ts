import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { options, WolCommand } from './options.ts'
import { simulate, type WolSimulator } from './simulator.ts'

const secret = 'c3:c3:37:5e:c2:e7'

function macOf(n: number): string {
  return `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`
}

export const samples: readonly Sample<typeof options, WolCommand, WolSimulator>[] = [
  {
    name: 'wol',
    adapter,
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: ({ host, port }) => ({
      mac: '00-11-22-AA-BB-CC',
      host,
      port,
      secureOn: secret,
      repeat: 1,
      everyMs: 10,
    }),
    fire: (n) => ({ action: 'wake', args: { mac: macOf(n) }, received: `WAKE ${macOf(n)}` }),
    set: { path: 'awake', value: true },
    ack: 'sent',
    answers: false,
    wrong: { action: 'wake', args: { mac: '00:11:22:33:44' }, names: '"mac"' },
    unknown: { action: 'wakeup', near: 'wake' },
    secrets: [secret],
    flood: null,
  },
]
