import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json, type JsonObject } from '../../intents/json.ts'
import { type Fault, Held, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import { type CameraPicture, jpeg, web } from './house-web.ts'
import { createHouse, type House } from './house.ts'
import { answerOf } from './house-answers.ts'
import { carryOut } from './house-services.ts'
import { atLeast, wordOf } from './message.ts'
import { added, eventOf } from './said.ts'

/** `ignore`: says yes and does nothing, as Home Assistant does for a lamp that is out of reach. */
export type HaFault = Fault | 'ignore'

export interface HaSimulatorOptions extends SimulatorOptions {
  /** The token it takes; default: any. Not `token`, which in a config is a reference to one. */
  readonly wanted?: string
  /** Default 2024.5.1. What is older than 2022.4 has no subscribe_entities, than 2023.7 no return_response. */
  readonly version?: string
}

export interface HaSimulator extends Simulator {
  readonly house: House
  /** What it does with the next commands; requests for its state are always answered. */
  fault(fault: HaFault): void
  /** Sends a frame as it stands to every connection. */
  say(text: string): void
  /** Cuts every connection; new ones are accepted. */
  drop(): void
  /** From now on takes another token. */
  wants(token: string): void
  /** Every request but commands, by type, oldest first. */
  asked(): readonly string[]
  /** What the cameras send; default a small JPEG. Null: they are off (503). */
  camera(picture: CameraPicture | null): void
}

interface Client {
  readonly socket: WebSocket
  /** Subscriptions by id: entities, or an event's type. */
  readonly subscribed: Map<number, string>
  known: boolean
}

/** As many as the longest test asks for; a demo that runs for days keeps the newest. */
const keptAsked = 1000
const user = '7d48f6332ff04caeafe2989ff36d90ea'

/** Starts a Home Assistant that is none: its WebSocket API and its camera pictures, on one port. */
export async function simulate(options: HaSimulatorOptions = {}): Promise<HaSimulator> {
  const host = options.host ?? '127.0.0.1'
  const version = options.version ?? '2024.5.1'
  const house = createHouse()
  const received = new Received()
  const held = new Held()
  const clients = new Set<Client>()
  const asked: string[] = []
  let fault: HaFault = 'none'
  let token = options.wanted ?? null
  let picture: CameraPicture | null = { type: 'image/jpeg', bytes: jpeg }
  let contexts = 0

  const send = ({ socket }: Client, message: JsonObject) => socket.send(JSON.stringify(message))
  const result = (client: Client, id: Json, value: Json) =>
    send(client, { id, type: 'result', success: true, result: value })
  const error = (client: Client, id: Json, code: string, message: string) =>
    send(client, { id, type: 'result', success: false, error: { code, message } })
  const context = () => ({ id: String(contexts).padStart(32, '0'), parent_id: null, user_id: user })

  house.onChange((id, before) => {
    for (const client of clients)
      for (const [subscription, topic] of client.subscribed) {
        const event = eventOf(topic, house, id, before, context())
        if (event !== null) send(client, { id: subscription, type: 'event', event })
      }
  })

  function perform(client: Client, request: JsonObject): void {
    const { id = null, type, domain, service, service_data: data, event_type: event } = request
    contexts++
    if (type === 'fire_event') {
      for (const other of clients)
        for (const [subscription, topic] of other.subscribed)
          if (topic === event)
            send(other, { id: subscription, type: 'event', event: { event_type: event, data: {} } })
      return result(client, id, { context: context() })
    }
    const now = new Date().toISOString()
    const done = carryOut(
      house,
      `${wordOf(domain)}.${wordOf(service)}`,
      isObject(data) ? data : {},
      now,
    )
    if (!done.ok) return error(client, id, done.code, done.message)
    const wanted = request['return_response'] === true
    const answer = atLeast(version, 2023, 7) ? { response: wanted ? done.response : null } : {}
    return result(client, id, { context: context(), ...answer })
  }

  /** A command: what changes something. `received` has it as `light.turn_on {"entity_id":"light.key"}`. */
  function command(client: Client, request: JsonObject): void {
    const { id = null, type, domain, service, service_data: data, event_type: event } = request
    const name =
      type === 'call_service'
        ? `${wordOf(domain)}.${wordOf(service)}`
        : `fire_event ${wordOf(event)}`
    const { socket } = client
    switch (fault) {
      case 'none':
        perform(client, request)
        break
      case 'ignore':
        result(client, id, { context: context() })
        break
      case 'hang':
        held.add(() => perform(client, request))
        break
      case 'refuse':
        // careless: nothing of it may show up in a failure
        error(client, id, 'home_assistant_error', `not now, bearer of ${token ?? 'nothing'}`)
        break
      case 'garbage':
        socket.send('}{ this is not JSON')
        break
      case 'half-reply':
        socket.send('{"id": ', { fin: false }, () => socket.terminate())
        break
      case 'close':
        socket.terminate()
        break
      default:
        fault satisfies never
    }
    received.add(
      `${name} ${JSON.stringify(type === 'call_service' ? data : request['event_data'])}`,
    )
  }

  function answer(client: Client, request: JsonObject): void {
    const { id = null, type, event_type: event } = request
    asked.push(wordOf(type))
    if (asked.length > keptAsked) asked.shift()
    if (type === 'ping') return send(client, { id, type: 'pong' })
    if (type === 'subscribe_entities' && atLeast(version, 2022, 4)) {
      client.subscribed.set(Number(id), 'entities')
      result(client, id, null)
      return send(client, { id, type: 'event', event: { a: added(house, context()) } })
    }
    if (type === 'subscribe_events') client.subscribed.set(Number(id), wordOf(event))
    const answered = answerOf(wordOf(type), house, context())
    if (answered === undefined) error(client, id, 'unknown_command', 'Unknown command.')
    else result(client, id, answered)
  }

  function got(client: Client, text: string): void {
    const request: unknown = JSON.parse(text)
    if (!isObject(request as Json)) return client.socket.terminate()
    const message = request as JsonObject // just looked at
    if (!client.known) {
      const isRight = token === null || message['access_token'] === token
      client.known = isRight
      if (isRight) return send(client, { type: 'auth_ok', ha_version: version })
      send(client, { type: 'auth_invalid', message: 'Invalid access token or password' })
      return client.socket.close()
    }
    const { type } = message
    if (type === 'call_service' || type === 'fire_event') command(client, message)
    else answer(client, message)
  }

  const server = createServer((request, response) =>
    web({ house, token, picture }, request, response),
  )
  const sockets = new WebSocketServer({ server, path: '/api/websocket', perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    const client: Client = { socket, subscribed: new Map(), known: false }
    clients.add(client)
    send(client, { type: 'auth_required', ha_version: version })
    socket.on('message', (bytes: Buffer) => got(client, bytes.toString('utf8')))
    // a client that is gone needs no answer
    socket.on('error', () => socket.terminate())
    socket.on('close', () => clients.delete(client))
  })
  await new Promise<void>((resolve, reject) => {
    sockets.once('error', reject)
    server.once('error', reject)
    server.listen({ host, port: options.port ?? 0 }, resolve)
  })
  const address = server.address()
  const drop = () => {
    for (const { socket } of clients) socket.terminate()
  }
  let closing: Promise<void> | null = null
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    house,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => (fault = next),
    release: (count) => held.release(count),
    say: (text) => {
      for (const { socket } of clients) socket.send(text)
    },
    drop,
    wants: (other) => (token = other),
    asked: () => asked,
    camera: (next) => (picture = next),
    close: () =>
      (closing ??= (async () => {
        received.close()
        drop()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })()),
  }
}
