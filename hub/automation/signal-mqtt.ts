import { readFileSync } from 'node:fs'
import type { MqttClient } from 'mqtt'
import { resolveSecrets } from '../../config/secret.ts'
import { jsonIn, type Json } from '../../intents/json.ts'
import type { Heard, Listener, Reachable } from './listener.ts'

/** How soon a broker that is away is asked again. Milliseconds. */
const againMs = 1000

/** Subscribes at a broker, and again when it is back; tells whether it is there. The library is loaded when a trigger wants it. */
export function listenToMqtt(
  url: string,
  topics: readonly string[],
  heard: Heard,
  reachable: Reachable,
): Listener {
  let client: MqttClient | null = null
  let isOver = false
  const opened = open().catch((cause: unknown) => tell(textOf(cause)))

  function tell(fault: string | null): void {
    if (!isOver) reachable(fault)
  }

  async function open(): Promise<void> {
    const resolved = resolveSecrets({ url }, process.env, (path) => readFileSync(path, 'utf8'))
    const { default: mqtt } = await import('mqtt')
    const address = resolved.ok ? resolved.options['url'] : null
    if (isOver) return
    if (typeof address !== 'string')
      return tell(resolved.ok ? 'its URL is no text' : resolved.detail)
    client = mqtt.connect(address, { reconnectPeriod: againMs, connectTimeout: 10 * againMs })
    // it tries again by itself
    let why: string | null = null
    client.on('error', (cause) => tell((why = textOf(cause))))
    // also after an error, which says more
    client.on('close', () => tell(why ?? 'the connection to the broker is closed'))
    client.on('connect', () => {
      why = null
      client?.subscribe([...topics], { qos: 1 }, (cause, granted) => {
        // MQTT 3.1.1 section 3.9.3: from 0x80 on a topic is refused
        const refused = granted?.filter(({ qos }) => qos >= 0x80).map(({ topic }) => topic) ?? []
        if (cause !== null) tell(textOf(cause))
        else if (refused.length > 0) tell(`the broker refuses ${refused.join(', ')}`)
        else tell(null)
      })
    })
    client.on('message', (topic, bytes, packet) => {
      // what a broker kept for who comes later is no news
      if (packet.retain) return
      for (const wanted of topics)
        if (isOf(topic, wanted)) heard(wanted, valueOf(topic, bytes), `mqtt:${topic}`)
    })
  }

  return async () => {
    isOver = true
    await opened
    await client?.endAsync(true)
  }
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  // Node tries each address of a name: its error for all of them has no text of its own
  return cause instanceof AggregateError ? cause.errors.map(String).join('; ') : cause.message
}

/** JSON where it is JSON of some depth, else the text. */
export function valueOf(topic: string, bytes: Buffer): Json {
  const text = bytes.toString('utf8').slice(0, 100_000)
  return { topic, payload: jsonIn(text) ?? text }
}

/** Whether a topic is what was subscribed to: `+` is one level, `#` at the end all that follow (MQTT 5.0 section 4.7.1). */
function isOf(topic: string, filter: string): boolean {
  const [levels, wanted] = [topic.split('/'), filter.split('/')]
  if (wanted.at(-1) === '#') {
    const head = wanted.slice(0, -1)
    return (
      levels.length >= head.length && head.every((level, i) => level === '+' || level === levels[i])
    )
  }
  return (
    levels.length === wanted.length &&
    wanted.every((level, i) => level === '+' || level === levels[i])
  )
}
