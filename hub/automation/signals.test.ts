import t from 'tap'
import { encodeEvent } from '../../bus/entry.ts'
import { valueOf } from './signal-mqtt.ts'
import { signalOf } from './signals.ts'

/** What stands in the log of a payload. */
function recorded(payload: string): string {
  return encodeEvent(signalOf('mqtt', 'a', valueOf('a', Buffer.from(payload)), 'mqtt:a'))
}

void t.test('a payload of MQTT is recorded, whatever it is', (t) => {
  t.match(recorded('{"open":true}'), '"value":{"payload":{"open":true},"topic":"a"}')
  // by its text: taken for lists it would have ended the hub
  t.match(recorded('['.repeat(20_000) + ']'.repeat(20_000)), '"value":"{\\"topic\\":\\"a\\"')
  t.match(recorded('['.repeat(100) + ']'.repeat(100)), `"payload":"${'['.repeat(100)}`)
  t.match(recorded('"\\ud800"'), '�')
  t.end()
})
