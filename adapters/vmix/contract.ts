import type { VmixSimulator } from './simulator.ts'

/** What the contract suite of the adapters has to know of this one; its device is `simulate` of `simulator.ts`. */
export const contract = {
  /** The options that lead to a simulator; short times, so that a fault is over soon. */
  options: ({ host, port, httpPort }: VmixSimulator) => ({
    host,
    port,
    httpPort,
    confirmMs: 300,
    replyMs: 400,
    pollMs: 2000,
  }),
  /** What a send without a fault resolves with. */
  ack: 'confirmed',
  fire: { action: 'PreviewInput', args: { Input: 3 }, received: 'FUNCTION PreviewInput Input=3' },
  set: { path: 'input/1/volume', value: 50, received: 'FUNCTION SetVolume Input=1&Value=50' },
  /** Lasting, but never sent again after a reconnect. */
  notResynced: { path: 'active', value: 2 },
  /** Refused by `plan`. */
  wrong: [
    { verb: 'fire', action: 'SetVolume', args: { Input: 1, Value: 500 } },
    { verb: 'fire', action: 'PreviewInput', args: { Camera: 1 } },
    { verb: 'fire', action: 'no function', args: null },
    { verb: 'set', path: 'recording', value: 'yes' },
    { verb: 'set', path: 'lights', value: 1 },
  ],
} as const
