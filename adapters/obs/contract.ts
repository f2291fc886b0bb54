import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { Call } from './call.ts'
import { type ObsSimulator, simulate } from './simulator.ts'

/** Short times, so that a fault is over soon. */
const quick = { confirmMs: 300, replyMs: 2000, pictures: {} }
/** Of the flood: each report differs from the one before. */
let level = 0
const password = 'sesame-open-4711'

function sample(
  name: string,
  secret: { readonly password?: string },
): Sample<typeof adapter.options, Call, ObsSimulator> {
  return {
    name,
    adapter,
    simulate: (earlier) =>
      simulate({ ...secret, ...(earlier === null ? {} : { port: earlier.port }) }),
    options: ({ host, port }) => ({ host, port, ...secret, ...quick }),
    fire: (n) => {
      const args = { inputName: 'Mic/Aux', inputVolumeMul: (n + 1) / 1000 }
      return { action: 'SetInputVolume', args, received: `SetInputVolume ${JSON.stringify(args)}` }
    },
    set: { path: 'input/Mic/Aux/volume', value: 0.5 },
    ack: 'confirmed',
    answers: true,
    wrong: { action: 'SetInputMute', args: { inputName: 'Mic/Aux', muted: true }, names: 'muted' },
    unknown: { action: 'StartRecrod', near: 'StartRecord' },
    secrets: secret.password === undefined ? [] : [secret.password],
    flood: (simulator, count) => {
      for (let n = 0; n < count; n++) {
        level = (level + 1) % 10_000
        const what = { inputName: 'Mic/Aux', inputVolumeMul: level / 10_000 }
        simulator.tell('InputVolumeChanged', what)
      }
      return { path: 'input/Mic/Aux/volume', value: level / 10_000 }
    },
  }
}

export const samples = [sample('obs', {}), sample('obs with a password', { password })]
