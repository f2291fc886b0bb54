import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from '../wire/free-port.fixture.ts'
import { emptyFolder, start } from './real-program.fixture.ts'

// MQTT 3.1.1 in bytes (OASIS standard, sections 3.1 to 3.14), to try generic devices with a real binary protocol.

/** CONNECT (section 3.1) without its size: clean session, keep-alive 60 s, client identifier "infra". */
export const connectBody = '0004 4d515454 04 02 003c 0005 696e667261'
/** SUBSCRIBE (section 3.8) without its size: packet 1, topic "tally", QoS 0. */
export const subscribeBody = '0001 0005 74616c6c79 00'
/** PUBLISH at QoS 0 (section 3.3) without its size: topic "cue", and the text. */
export const publishBody = '0003 637565 {text:text}'
/** CONNACK: accepted (section 3.2), and SUBACK of packet 1 (section 3.9). */
export const connack = '^20(02)?0000$'
export const suback = '^90(03)?000100$'

/** A mosquitto of this test alone, by TCP and by WebSocket. */
export async function startBroker(t: Test) {
  const folder = emptyFolder(t)
  const [tcp, web] = [await freePort(), await freePort()]
  const config = join(folder, 'mosquitto.conf')
  const lines = [
    'user root',
    'allow_anonymous true',
    'persistence false',
    `listener ${tcp} 127.0.0.1`,
    `listener ${web} 127.0.0.1`,
    'protocol websockets',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const broker = start(t, 'mosquitto', ['-c', config, '-v'])
  await broker.until(/mosquitto version .* running/)
  return { broker, tcp, web }
}
