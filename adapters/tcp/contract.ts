import type { Sample } from '../sample.contract.ts'
import type { TextCommand } from '../text-request.ts'
import { adapter } from './adapter.ts'
import type { options, TcpOptions } from './options.ts'
import { simulate, type TcpSimulator } from './simulator.ts'

type TcpSample = Sample<typeof options, TextCommand, TcpSimulator>

const secret = 'S3CR3T-of-the-relay'
const shared = {
  adapter,
  simulate: (earlier: TcpSimulator | null) =>
    simulate(earlier === null ? {} : { port: earlier.port }),
  fire: (n: number) => ({ action: 'on', args: { n }, received: `${secret} RELAY ${n} ON` }),
  set: { path: 'level', value: 0.5 },
  wrong: { action: 'on', args: { n: ['not', 'text'] }, names: '"n"' },
  unknown: { action: 'onn', near: 'on' },
  secrets: [secret],
  flood(device: TcpSimulator, count: number) {
    for (let n = 0; n < count; n++) device.say(`FLOOD ${n}`)
    return { path: 'flood', value: count - 1 }
  },
}

function reaching({ host, port }: TcpSimulator): TcpOptions {
  return {
    host,
    port,
    actions: { on: `${secret} RELAY {n} ON`, status: { hex: '53 54 {n}', answered: false } },
    sets: { level: 'LEVEL {value}' },
    terminator: '\r\n',
    reports: [{ pattern: '^FLOOD (\\d+)$', path: 'flood' }],
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
