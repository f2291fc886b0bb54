import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { options, ScriptCommand } from './options.ts'
import { type ScriptSimulator, simulate } from './simulator.ts'

const secret = 'S3CR3T of the script'

export const samples: readonly Sample<typeof options, ScriptCommand, ScriptSimulator>[] = [
  {
    name: 'script',
    adapter,
    simulate: (earlier) =>
      simulate(earlier === null ? {} : { port: earlier.port, file: earlier.file }),
    options({ host, port, file }) {
      const program = { path: file, env: { SECRET: secret } }
      return {
        programs: { cue: { ...program, args: [host, String(port), 'cue', '{n}'] } },
        sets: { level: { ...program, args: [host, String(port), 'level', '{value}'] } },
        concurrency: 1,
      }
    },
    fire: (n) => ({ action: 'cue', args: { n }, received: `cue ${n}` }),
    set: { path: 'level', value: 0.5 },
    ack: 'confirmed',
    answers: true,
    wrong: { action: 'cue', args: { n: '-rf' }, names: '"n"' },
    unknown: { action: 'queue', near: 'cue' },
    secrets: [secret],
    flood: null,
    most: 4,
  },
]
