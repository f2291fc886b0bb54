import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { Held, Received, type Fault, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { authentication, op, subprotocol } from './protocol.ts'
import { requests } from './requests.ts'
import { createStudio, type Studio } from './studio.ts'
import { type Does, type Done, no, type StudioEvent, wordOf } from './studio-answers.ts'
import { outputRequests } from './studio-outputs.ts'
import { sceneRequests } from './studio-scenes.ts'
import { sourceRequests } from './studio-sources.ts'

/** `ignore`: says yes and does nothing, as OBS does with a pause while stream and recording share an encoder. */
export type ObsFault = Fault | 'ignore'

export interface ObsSimulatorOptions extends SimulatorOptions {
  /** Asked for where it is given. */
  readonly password?: string
}

export interface ObsSimulator extends Simulator {
  /** What it is doing: change it as somebody at its screen would, then `tell`. */
  readonly studio: Studio
  /** What it does with the next requests that do something; questions are always answered. */
  fault(fault: ObsFault): void
  /** Tells everybody who is connected. */
  tell(name: string, data: JsonObject): void
  /** Sends a text as it stands to everybody. */
  say(text: string): void
  /** Cuts every connection; new ones are accepted. */
  drop(): void
  /** Every question, oldest first; the newest 1,000. */
  asked(): readonly string[]
}

const keptAsked = 1000
const version = '5.1.0'
/** What this OBS knows; it does not do all of it. */
const known = requests.filter(({ since }) => since <= version).map(({ name }) => name)

interface Client {
  readonly socket: WebSocket
  readonly wire: Socket
  readonly challenge: string
  identified: boolean
}

/** Starts an OBS that is none: its WebSocket server and a small production. */
export async function simulate(options: ObsSimulatorOptions = {}): Promise<ObsSimulator> {
  const host = options.host ?? '127.0.0.1'
  const { password } = options
  const studio = createStudio()
  const does: Readonly<Record<string, Does>> = {
    ...sceneRequests(studio),
    ...sourceRequests(studio),
    ...outputRequests(studio),
  }
  const received = new Received()
  const held = new Held()
  const clients = new Set<Client>()
  const asked: string[] = []
  const salt = randomBytes(32).toString('base64')
  let fault: ObsFault = 'none'

  const say = (code: number, d: JsonObject) => JSON.stringify({ op: code, d })
  const tell = ({ name, data }: StudioEvent) => {
    const text = say(op.event, { eventType: name, eventIntent: 0, eventData: data })
    for (const { socket, identified } of clients) if (identified) socket.send(text)
  }
  const perform = (name: string, data: JsonObject): Done => {
    const { [name]: one } = does
    if (one !== undefined) return one(data)
    return known.includes(name)
      ? no(702, 'The simulator does not do this.')
      : no(204, 'Your request type is not valid.')
  }
  const resultOf = (name: string, done: Done): JsonObject => ({
    requestType: name,
    requestStatus: done.ok
      ? { result: true, code: 100 }
      : {
          result: false,
          code: done.code,
          ...(done.comment === '' ? {} : { comment: done.comment }),
        },
    ...(done.ok
      ? {
          responseData:
            name === 'GetVersion' ? { ...done.data, availableRequests: known } : done.data,
        }
      : {}),
  })
  const answer = (client: Client, id: Json, name: string, done: Done) => {
    client.socket.send(say(op.response, { requestId: id, ...resultOf(name, done) }))
    if (done.ok) for (const each of done.events) tell(each)
  }
  const onRequest = (client: Client, id: Json, name: string, data: JsonObject) => {
    const text = Object.keys(data).length === 0 ? name : `${name} ${JSON.stringify(data)}`
    if (name.startsWith('Get')) {
      asked.push(text)
      if (asked.length > keptAsked) asked.shift()
      return answer(client, id, name, perform(name, data))
    }
    received.add(text)
    const { socket, wire } = client
    switch (fault) {
      case 'none':
        return answer(client, id, name, perform(name, data))
      case 'ignore':
        return answer(client, id, name, { ok: true, data: {}, events: [] })
      case 'hang':
        return held.add(() => answer(client, id, name, perform(name, data)))
      case 'refuse':
        return answer(client, id, name, no(207, 'OBS is not ready to perform the request.'))
      case 'garbage':
        return socket.send('\u0016\u0003\u0001 no JSON')
      case 'half-reply':
        // RFC 6455 section 5.2: a text frame of 256 bytes, of which a few come
        wire.write(Buffer.from([0x81, 0x7e, 0x01, 0x00, 0x7b, 0x22, 0x6f, 0x70]))
        wire.end()
        return undefined
      case 'close':
        return socket.terminate()
      default:
        return fault satisfies never
    }
  }
  const onText = (client: Client, text: string): void => {
    const { op: code, d } = JSON.parse(text) as JsonObject // only our own link and tests talk to it
    if (!isObject(d)) return client.socket.close(4002, 'no data')
    if (code === op.identify) {
      const { challenge } = client
      const wanted =
        password === undefined ? undefined : authentication(password, { challenge, salt })
      if (d['authentication'] !== wanted) return client.socket.close(4009, 'Authentication failed.')
      client.identified = true
      return client.socket.send(say(op.identified, { negotiatedRpcVersion: 1 }))
    }
    if (!client.identified) return client.socket.close(4007, 'Not identified.')
    const { requestId: id = null, requests: batch, requestType, requestData } = d
    if (code === op.request && typeof requestType === 'string')
      return onRequest(client, id, requestType, isObject(requestData) ? requestData : {})
    if (code !== op.batch || !(batch instanceof Array)) return client.socket.close(4006, 'op')
    const results = batch.filter(isObject).map((one): JsonObject => {
      const { requestType, requestData: data } = one
      const name = wordOf(requestType)
      return resultOf(name, perform(name, isObject(data) ? data : {}))
    })
    return client.socket.send(say(op.batchResponse, { requestId: id, results }))
  }

  const server = new WebSocketServer({
    host,
    port: options.port ?? 0,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  })
  server.on('connection', (socket, { socket: wire }) => {
    const challenge = randomBytes(32).toString('base64')
    const client: Client = { socket, wire, challenge, identified: false }
    clients.add(client)
    socket.on('message', (bytes: Buffer) => onText(client, bytes.toString('utf8')))
    // a client that is gone needs no answer
    socket.on('error', () => socket.terminate())
    socket.on('close', () => clients.delete(client))
    const asks = password === undefined ? {} : { authentication: { challenge, salt } }
    socket.send(say(op.hello, { obsWebSocketVersion: version, rpcVersion: 1, ...asks }))
  })
  const port = await listening(server)

  const drop = () => {
    for (const { socket } of clients) socket.terminate()
    clients.clear()
  }
  let closing: Promise<void> | null = null
  return {
    host,
    port,
    studio,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => (fault = next),
    release: (count) => held.release(count),
    tell: (name, data) => tell({ name, data }),
    say(text) {
      for (const { socket } of clients) socket.send(text)
    },
    drop,
    asked: () => asked,
    close: () =>
      (closing ??= new Promise((resolve) => {
        received.close()
        drop()
        server.close(() => resolve())
      })),
  }
}

function listening(server: WebSocketServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
