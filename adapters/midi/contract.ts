import type { Sample } from '../sample.contract.ts'
import type { MidiCommand } from '../midi-command.ts'
import { adapter } from './adapter.ts'
import type { options } from './options.ts'
import { type MidiSimulator, simulate } from './simulator.ts'

export const samples: readonly Sample<typeof options, MidiCommand, MidiSimulator>[] = [
  {
    name: 'midi over tcp',
    adapter,
    simulate: (earlier) => simulate(earlier === null ? {} : { port: earlier.port }),
    options: ({ host, port }) => ({
      via: 'tcp',
      host,
      port,
      output: '',
      input: '',
      direction: 'both',
      virtual: false,
      machine: 127,
      show: 127,
      showFormat: 'lighting',
      recorder: true,
    }),
    fire: (n) => ({ action: 'pitch', args: { channel: 1, value: n }, received: `pitch 1 ${n}` }),
    set: { path: 'cc/1/7', value: 100 },
    ack: 'sent',
    answers: false,
    wrong: { action: 'note.on', args: { channel: 17, note: 60 }, names: '"channel"' },
    unknown: { action: 'note.onn', near: 'note.on' },
    secrets: [],
    flood(device, count) {
      device.say(
        Array.from({ length: count }, (_, n) => ({
          kind: 'control',
          channel: 1,
          controller: 1,
          value: n % 128,
        })),
      )
      return { path: 'cc/1/1', value: (count - 1) % 128 }
    },
  },
]
