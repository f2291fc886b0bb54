import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { Call } from './call.ts'
import { simulate, type VmixSimulator } from './simulator.ts'

/** Short times, so that a fault is over soon. */
const quick = { confirmMs: 300, replyMs: 400, pollMs: 2000, names: true }

export const samples: readonly Sample<typeof adapter.options, Call, VmixSimulator>[] = [
  {
    name: 'vmix',
    adapter,
    simulate: (earlier) =>
      simulate(earlier === null ? {} : { port: earlier.port, httpPort: earlier.httpPort }),
    options: ({ host, port, httpPort }) => ({ host, port, httpPort, ...quick }),
    fire: (n) => ({
      action: 'SetMasterVolume',
      args: { Value: n % 100 },
      received: `FUNCTION SetMasterVolume Value=${n % 100}`,
    }),
    set: { path: 'input/1/volume', value: 50 },
    ack: 'confirmed',
    answers: true,
    wrong: { action: 'PreviewInput', args: { Camera: 1 }, names: 'Camera' },
    unknown: { action: 'PreviewInptu', near: 'PreviewInput' },
    secrets: [],
    flood(simulator, count) {
      for (let n = 0; n < count; n++) {
        // somebody at its screen, who is where it says
        simulator.studio.preview = 10 + n
        simulator.push(`ACTS OK InputPreview ${10 + n} 1`)
      }
      return { path: 'preview', value: 9 + count }
    },
  },
]
