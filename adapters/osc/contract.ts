import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { OscCommand } from './command.ts'
import type { options, OscOptions } from './options.ts'
import { type OscSimulator, simulate } from './simulator.ts'

function over(
  transport: OscOptions['transport'],
): Sample<typeof options, OscCommand, OscSimulator> {
  return {
    name: `osc over ${transport}`,
    adapter,
    simulate: (earlier) =>
      simulate({ transport, ...(earlier === null ? {} : { port: earlier.port }) }),
    options: ({ host, port }) => ({ host, port, transport }),
    fire: (n) => ({ action: '/cue/go', args: [n, 'now'], received: `/cue/go ${n} "now"` }),
    set: { path: '/master/level', value: 0.5 },
    ack: 'sent',
    answers: false,
    wrong: { action: '/cue/go', args: [{ type: 'i', value: 'one' }], names: 'argument' },
    unknown: { action: 'cue/go', near: '/cue/go' },
    secrets: [],
    flood(desk, count) {
      for (let n = 0; n < count; n++) desk.say('/flood', [n])
      return { path: '/flood', value: count - 1 }
    },
  }
}

export const samples = [over('udp'), over('tcp-slip'), over('tcp-length')]
