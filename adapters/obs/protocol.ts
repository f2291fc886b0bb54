import { createHash } from 'node:crypto'
import { isObject, jsonIn, type Json, type JsonObject } from '../../intents/json.ts'

/** obs-websocket protocol.md, "WebSocketOpCode". */
export const op = {
  hello: 0,
  identify: 1,
  identified: 2,
  event: 5,
  request: 6,
  response: 7,
  batch: 8,
  batchResponse: 9,
} as const

/** The name of the JSON form in `Sec-WebSocket-Protocol`; the other is MessagePack. */
export const subprotocol = 'obswebsocket.json'
/** The only version there is of the remote procedure calls. */
const rpcVersion = 1

/**
 * What is subscribed to (protocol.md, "EventSubscription"): config 2, scenes 4, inputs 8, transitions 16, filters 32,
 * outputs 64, scene items 128, media inputs 256, UI 1024. Not: general 1 and vendors 512, which carry what other programs
 * say to each other, and the meters and moves above 65,536, which come with every frame.
 */
const subscriptions = 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256 | 1024

/** How a request ended (protocol.md, "RequestStatus"): 100 is success, everything else a reason. */
export interface Response {
  readonly name: string
  readonly ok: boolean
  readonly code: number
  /** OBS's words; empty where it has none. */
  readonly comment: string
  readonly data: JsonObject
}

/** What OBS says. */
export type Message =
  | { readonly type: 'hello'; readonly version: string; readonly challenge: Challenge | null }
  | { readonly type: 'identified' }
  | { readonly type: 'event'; readonly name: string; readonly data: JsonObject }
  | { readonly type: 'response'; readonly id: string; readonly response: Response }
  | { readonly type: 'batch'; readonly id: string; readonly responses: readonly Response[] }

export interface Challenge {
  readonly challenge: string
  readonly salt: string
}

/** Reads one message; null for what is none. The text is hostile: every field is checked before it is used. */
export function messageOf(text: string): Message | null {
  const json = jsonIn(text)
  // the caller ends the connection: nothing else can be told of it
  if (!isObject(json)) return null
  const { op: code, d } = json
  if (!isObject(d)) return null
  switch (code) {
    case op.hello: {
      const { obsWebSocketVersion, authentication } = d
      const challenge = challengeOf(authentication)
      if (typeof obsWebSocketVersion !== 'string' || challenge === undefined) return null
      return { type: 'hello', version: obsWebSocketVersion, challenge }
    }
    case op.identified:
      return { type: 'identified' }
    case op.event: {
      const { eventType, eventData } = d
      if (typeof eventType !== 'string') return null
      return { type: 'event', name: eventType, data: isObject(eventData) ? eventData : {} }
    }
    case op.response: {
      const response = responseOf(d)
      const { requestId: id } = d
      return response === null || typeof id !== 'string' ? null : { type: 'response', id, response }
    }
    case op.batchResponse: {
      const { requestId: id, results } = d
      if (typeof id !== 'string' || !Array.isArray(results)) return null
      const responses: readonly (Response | null)[] = results.map(responseOf)
      return responses.includes(null)
        ? null
        : { type: 'batch', id, responses: responses.filter((one) => one !== null) }
    }
    default:
      return null
  }
}

/** undefined: it makes no sense. */
function challengeOf(said: Json | undefined): Challenge | null | undefined {
  if (said === undefined || said === null) return null
  if (!isObject(said)) return undefined
  const { challenge, salt } = said
  return typeof challenge === 'string' && typeof salt === 'string' ? { challenge, salt } : undefined
}

function responseOf(d: Json): Response | null {
  if (!isObject(d)) return null
  const { requestType, requestStatus, responseData } = d
  if (typeof requestType !== 'string' || !isObject(requestStatus)) return null
  const { result, code, comment } = requestStatus
  if (typeof result !== 'boolean' || typeof code !== 'number') return null
  return {
    name: requestType,
    ok: result,
    code,
    comment: typeof comment === 'string' ? comment : '',
    data: isObject(responseData) ? responseData : {},
  }
}

/** The answer to a challenge (protocol.md, "Creating an authentication string"). */
export function authentication(password: string, { challenge, salt }: Challenge): string {
  const sha = (text: string) => createHash('sha256').update(text).digest('base64')
  return sha(sha(password + salt) + challenge)
}

export function identifyText(proof: string | null): string {
  const d = {
    rpcVersion,
    ...(proof === null ? {} : { authentication: proof }),
    eventSubscriptions: subscriptions,
  }
  return JSON.stringify({ op: op.identify, d })
}

/** One request as it is asked, alone or in a batch. */
export interface Asked {
  readonly name: string
  readonly data: JsonObject
}

function requestOf({ name, data }: Asked, id?: string): JsonObject {
  return {
    requestType: name,
    ...(id === undefined ? {} : { requestId: id }),
    ...(Object.keys(data).length === 0 ? {} : { requestData: data }),
  }
}

export function requestText(id: string, asked: Asked): string {
  return JSON.stringify({ op: op.request, d: requestOf(asked, id) })
}

/** Requests that OBS carries out one after the other, whatever becomes of each. */
export function batchText(id: string, asked: readonly Asked[]): string {
  const requests = asked.map((one) => requestOf(one))
  return JSON.stringify({
    op: op.batch,
    d: { requestId: id, haltOnFailure: false, executionType: 0, requests },
  })
}

/** What the numbers of a refusal mean, for those that come without a comment. */
const reasons: ReadonlyMap<number, string> = new Map([
  [204, 'it does not know this request'],
  [206, 'it takes this request in a batch only'],
  [207, 'it is not ready'],
  [500, 'the output is running already'],
  [501, 'the output is not running'],
  [502, 'the output is paused already'],
  [503, 'the output is not paused'],
  [504, 'the output is disabled'],
  [505, 'studio mode is on'],
  [506, 'studio mode is off'],
  [604, 'the state does not allow it'],
])

/** Why OBS refused, in words: `No source was found … (600)`. */
export function reasonOf({ code, comment }: Response): string {
  const said = comment === '' ? (reasons.get(code) ?? 'it gives no reason') : shown(comment)
  return `${said} (${code})`
}

/** Text of the device as it may stand in a detail for people: one line, at most 120 characters. */
export function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const one = text.slice(0, 400).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return one.length > 120 ? `${one.slice(0, 119)}…` : one
}
