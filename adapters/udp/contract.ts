import type { Sample } from '../sample.contract.ts'
import type { TextCommand } from '../text-request.ts'
import { adapter } from './adapter.ts'
import type { options, UdpOptions } from './options.ts'
import { simulate, type UdpSimulator } from './simulator.ts'

type UdpSample = Sample<typeof options, TextCommand, UdpSimulator>

const secret = 'S3CR3T-of-the-lamp'
const shared = {
  adapter,
  fire: (n: number) => ({ action: 'go', args: [n], received: `${secret} CUE ${n}` }),
  set: { path: 'level', value: 1 },
  wrong: { action: 'go', args: { m: 1 }, names: '"m"' },
  unknown: { action: 'og', near: 'go' },
  secrets: [secret],
  flood(device: UdpSimulator, count: number) {
    for (let n = 0; n < count; n++) device.say(`FLOOD ${n}`)
    return { path: 'flood', value: count - 1 }
  },
}

function reaching({ host, port }: UdpSimulator): UdpOptions {
  return {
    host,
    port,
    actions: { go: `${secret} CUE {n}` },
    sets: { level: 'LEVEL {value}' },
    terminator: '',
    reports: [{ pattern: '^FLOOD (\\d+)$', path: 'flood' }],
  }
}

export const samples: readonly UdpSample[] = [
  {
    ...shared,
    name: 'udp',
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: reaching,
    ack: 'sent',
    answers: false,
  },
  {
    ...shared,
    name: 'udp with answers',
    simulate: (earlier) =>
      simulate({ answers: true, ...(earlier === null ? {} : { port: earlier.port }) }),
    options: (at) => ({ ...reaching(at), reply: '^OK ', refusal: '^ERR ', replyMs: 400 }),
    ack: 'confirmed',
    answers: true,
  },
]
