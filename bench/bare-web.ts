import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { OBSWebSocket } from 'obs-websocket-js/json'
import { WebSocket } from 'ws'
import { inTurn, portOf, textOf, type Bare } from './bare.ts'
import type { JsonObject } from '../intents/json.ts'

/** `Request {"json":1}` as the simulators show it. */
function wordAndJson(line: string): readonly [word: string, json: JsonObject] {
  const at = line.indexOf(' ')
  return [line.slice(0, at), JSON.parse(line.slice(at + 1)) as JsonObject] // our own samples' text
}

/** OBS: a request until its response and the event that shows its effect. */
export async function obs(options: JsonObject): Promise<Bare> {
  const client = new OBSWebSocket()
  await client.connect(`ws://${textOf(options, 'host')}:${portOf(options)}`)
  const waiting: (() => void)[] = []
  client.on('InputVolumeChanged', () => waiting.shift()?.())
  return {
    async press(line) {
      const [name, data] = wordAndJson(line)
      const effect = new Promise<void>((resolve) => waiting.push(resolve))
      await Promise.all([client.call(name as 'SetInputVolume', data), effect]) // one of the names that it takes
    },
    close: () => client.disconnect(),
  }
}

/** Home Assistant: the call of a service by number, until its result and what it changed have come. */
export async function ha(options: JsonObject): Promise<Bare> {
  const socket = new WebSocket(`ws://${textOf(options, 'host')}:${portOf(options)}/api/websocket`)
  await once(socket, 'message')
  socket.send(JSON.stringify({ type: 'auth', access_token: textOf(options, 'token') }))
  await once(socket, 'message')
  const results = new Map<number, () => void>()
  const changes: (() => void)[] = []
  let id = 0
  socket.on('message', (bytes: Buffer) => {
    const told = JSON.parse(bytes.toString()) as { readonly id?: number; readonly type: string }
    if (told.type === 'event') return changes.shift()?.()
    if (told.type !== 'result' || told.id === undefined) return
    results.get(told.id)?.()
    results.delete(told.id)
  })
  const ask = async (what: object) => {
    const change = new Promise<void>((resolve) => changes.push(resolve))
    const result = new Promise<void>((resolve) => results.set(++id, resolve))
    socket.send(JSON.stringify({ id, ...what }))
    await Promise.all([result, change])
  }
  await ask({ type: 'subscribe_entities' }) // the first event is how everything is
  return {
    press(line) {
      const [action, service_data] = wordAndJson(line)
      const [domain, service] = action.split('.')
      return ask({ type: 'call_service', domain, service, service_data })
    },
    close: () => socket.terminate(),
  }
}

/** One line of text a message, answered in order. */
export async function webSocket(options: JsonObject): Promise<Bare> {
  const socket = new WebSocket(textOf(options, 'url'), {
    headers: { authorization: `Bearer ${textOf(options, 'token')}` },
  })
  const turns = inTurn()
  await once(socket, 'open')
  socket.on('message', () => turns.answered())
  return {
    press: (line) => turns.ask(() => socket.send(line)),
    close: () => socket.terminate(),
  }
}

/** `POST /path {"json":1}`, or without a body, on connections that stay open or of its own each. */
export function http(options: JsonObject, keepAlive: boolean): Bare {
  const agent = new Agent({ keepAlive, noDelay: true })
  const url = options['url'] === undefined ? null : new URL(textOf(options, 'url'))
  const host = url?.hostname ?? textOf(options, 'host')
  const port = url === null ? portOf(options, 'httpPort') : Number(url.port)
  return {
    press: (line) =>
      new Promise((resolve, reject) => {
        const [method = '', path = '', body = ''] = line.split(/ (.+?)(?: (.*))?$/)
        const headers = {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${textOf(options, 'token')}`,
        }
        request({ agent, host, port, path, method, headers }, (answer) => {
          answer.resume()
          answer.once('end', resolve)
        })
          .once('error', reject)
          .end(body)
      }),
    close: () => agent.destroy(),
  }
}
