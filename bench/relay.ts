import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from '../wire/osc-encode.ts'
import { decode } from '../wire/osc.ts'
import type { Cost } from './hub.ts'
import { serve } from './program.ts'

// The floor: a datagram in, decoded, encoded again with our codec, a datagram out, and no hub between. As in the hub,
// each device has a connected socket of its own, which is how a refusal is heard.

export interface RelayStart {
  readonly sinkPort: number
  readonly devices: number
}

let accepted = 0

const answers = {
  async open({ sinkPort, devices }: RelayStart): Promise<number> {
    const outs = await Promise.all(
      Array.from({ length: devices }, async () => {
        const out = createSocket('udp4')
        out.connect(sinkPort, '127.0.0.1')
        await once(out, 'connect')
        return out
      }),
    )
    const into = createSocket('udp4')
    into.bind(0, '127.0.0.1')
    await once(into, 'listening')
    into.setRecvBufferSize(4 * 1024 * 1024)
    into.on('message', (bytes) => {
      const decoded = decode(bytes)
      if (!decoded.ok || decoded.packet.kind !== 'message') return
      outs[accepted++ % devices]?.send(encode('/cue/go', decoded.packet.args))
    })
    return into.address().port
  },
  cost(): Cost {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system, accepted, open: 0 }
  },
}
export type RelayAnswers = typeof answers

serve(answers)
