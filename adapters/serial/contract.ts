import { spawnSync } from 'node:child_process'
import type { Sample } from '../sample.contract.ts'
import type { TextCommand } from '../text-request.ts'
import { adapter } from './adapter.ts'
import type { options, SerialOptions } from './options.ts'
import { type SerialSimulator, simulate } from './simulator.ts'

type SerialSample = Sample<typeof options, TextCommand, SerialSimulator>

const isThere = spawnSync('socat', ['-V']).error === undefined
const secret = 'S3CR3T-of-the-relay'
const shared = {
  adapter,
  needs: isThere ? null : 'socat for a pseudo-terminal is not installed: apt-get install socat',
  simulate: (earlier: SerialSimulator | null) =>
    simulate(earlier === null ? {} : { path: earlier.path }),
  fire: (n: number) => ({ action: 'on', args: { n }, received: `${secret} RELAY ${n} ON` }),
  set: { path: 'level', value: 0.5 },
  wrong: { action: 'on', args: { n: ['not', 'text'] }, names: '"n"' },
  unknown: { action: 'onn', near: 'on' },
  secrets: [secret],
  most: 4,
  flood(device: SerialSimulator, count: number) {
    for (let n = 0; n < count; n++) device.say(`FLOOD ${n}`)
    return { path: 'flood', value: count - 1 }
  },
}

function reaching({ path }: SerialSimulator): SerialOptions {
  return {
    path,
    baudRate: 115_200,
    dataBits: 8,
    parity: 'none',
    stopBits: 1,
    flow: 'none',
    actions: { on: `${secret} RELAY {n} ON` },
    sets: { level: 'LEVEL {value}' },
    terminator: '\r\n',
    reports: [{ pattern: '^FLOOD (\\d+)$', path: 'flood' }],
  }
}

export const samples: readonly SerialSample[] = [
  { ...shared, name: 'serial without answers', options: reaching, ack: 'sent', answers: false },
  {
    ...shared,
    name: 'serial with answers',
    options: (at) => ({
      ...reaching(at),
      // a line cannot be cut off from its late answers: each says what it answers
      actions: {
        on: {
          text: `${secret} RELAY {n} ON`,
          reply: '^OK \\S+ RELAY {n} ON$',
          refusal: '^ERR \\S+ RELAY {n} ON$',
        },
      },
      reply: '^OK ',
      refusal: '^ERR ',
    }),
    ack: 'confirmed',
    answers: true,
  },
]
