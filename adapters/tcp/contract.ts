import type { Sample } from '../sample.contract.ts'
import type { Simulator } from '../simulator.ts'
import type { TextCommand } from '../template-text.ts'
import { adapter } from './adapter.ts'
import type { options, TcpOptions } from './options.ts'
import { simulate } from './simulator.ts'

type TcpSample = Sample<typeof options, TextCommand>

const secret = 'S3CR3T-of-the-relay'
const shared = {
  adapter,
  simulate: (earlier: Simulator | null) => simulate(earlier === null ? {} : { port: earlier.port }),
  fire: (n: number) => ({ action: 'on', args: { n }, received: `${secret} RELAY ${n} ON` }),
  set: { path: 'level', value: 0.5 },
  wrong: { action: 'on', args: { n: ['not', 'text'] }, names: '"n"' },
  unknown: { action: 'onn', near: 'on' },
  secrets: [secret],
  flood: null,
}

function reaching({ host, port }: Simulator): TcpOptions {
  return {
    host,
    port,
    actions: { on: `${secret} RELAY {n} ON` },
    sets: { level: 'LEVEL {value}' },
    terminator: '\r\n',
  }
}

export const samples: readonly TcpSample[] = [
  { ...shared, name: 'tcp without answers', options: reaching, ack: 'sent', answers: false },
  {
    ...shared,
    name: 'tcp with answers',
    options: (at) => ({ ...reaching(at), reply: '^OK ', refusal: '^ERR ' }),
    ack: 'confirmed',
    answers: true,
  },
]
