import type { Static } from 'typebox'
import type { Sample } from '../sample.contract.ts'
import type { TextCommand } from '../template-text.ts'
import { adapter } from './adapter.ts'
import { simulate } from './simulator.ts'

const secret = 'S3CR3T-of-the-lamp'

export const samples: readonly Sample<typeof adapter.options, TextCommand>[] = [
  {
    name: 'udp',
    adapter,
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: ({ host, port }): Static<typeof adapter.options> => ({
      host,
      port,
      actions: { go: `${secret} CUE {n}` },
      sets: { level: 'LEVEL {value}' },
      terminator: '',
    }),
    fire: (n) => ({ action: 'go', args: [n], received: `${secret} CUE ${n}` }),
    set: { path: 'level', value: 1 },
    ack: 'sent',
    answers: false,
    wrong: { action: 'go', args: { m: 1 }, names: '"m"' },
    unknown: { action: 'og', near: 'go' },
    secrets: [secret],
    flood: null,
  },
]
