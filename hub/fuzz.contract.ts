import { encodeEvent } from '../bus/entry.ts'
import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { encode } from '../wire/osc-encode.ts'
import { decode } from '../wire/osc.ts'
import { messagesOf } from './automation/signal-osc.ts'
import { valueOf } from './automation/signal-mqtt.ts'
import { signalOf } from './automation/signals.ts'

// What triggers hear. Whatever it is, it can be recorded.

const payloads = ['21.5', '{"on":true,"list":[1,{"a":null}]}', '['.repeat(40), '"\\ud800"', 'ü']

export const targets: readonly FuzzTarget[] = [
  {
    name: 'MQTT payloads of triggers',
    seeds: payloads,
    open: () => (bytes) => {
      const topic = bytes.toString().slice(0, 8)
      encodeEvent(signalOf('mqtt', topic, valueOf(topic, bytes), `mqtt:${topic}`))
    },
  },
  {
    name: 'OSC of triggers',
    seeds: [
      encode('/go', [{ type: 'f', value: 1 }]),
      encode('/go', [{ type: '[', value: [{ type: 'd', value: Number.NaN }] }]),
    ],
    open: () => (bytes) => {
      const decoded = decode(bytes)
      if (!decoded.ok) return
      for (const { address, value } of messagesOf(decoded.packet))
        encodeEvent(signalOf('osc', address, value, 'osc:127.0.0.1:1'))
    },
  },
]
