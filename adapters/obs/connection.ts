import { WebSocket } from 'ws'
import { failed } from '../../intents/failure.ts'
import type { JsonObject } from '../../intents/json.ts'
import { reason } from '../../wire/system-reason.ts'
import { DeliveryError } from '../adapter.ts'
import {
  type Asked,
  authentication,
  batchText,
  identifyText,
  type Message,
  messageOf,
  requestText,
  type Response,
  shown,
  subprotocol,
} from './protocol.ts'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly password: string | null
  /** To the identified connection, ms. */
  readonly connectMs: number
  /** From a request to its response, ms. */
  readonly replyMs: number
  readonly event: (name: string, data: JsonObject) => void
}

/** 16 MiB: a screenshot of 4,096 pixels, or all scenes of a large collection; a peer that sends more is cut off. */
const maxMessageBytes = 16 * 1024 * 1024
/** 1,000 requests without a response: the link sends a few at a time, so this is met by a fault only. */
const maxInFlight = 1000
/** protocol.md, "WebSocketCloseCode": the password was wrong. */
const authenticationFailed = 4009

interface InFlight {
  readonly done: (answer: Response | readonly Response[]) => void
  readonly fail: (error: DeliveryError) => void
}

/** One connection to OBS for one life: whatever is wrong with it ends it, and all that hangs on it. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #inFlight = new Map<string, InFlight>()
  readonly #ended: Promise<string>
  #end: (detail: string) => void = () => undefined
  #socket: WebSocket | null = null
  #asked = 0
  #over: string | null = null
  #version = ''

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#ended = new Promise((resolve) => (this.#end = resolve))
  }

  /** Why it is over; null while it can be used. */
  get over(): string | null {
    return this.#over
  }

  /** Of obs-websocket, as it said in its greeting. */
  get version(): string {
    return this.#version
  }

  /** Resolves with the reason when it is over. */
  ended(): Promise<string> {
    return this.#ended
  }

  /** Resolves once OBS knows us, or it is over. */
  open(): Promise<void> {
    const { host, port, connectMs } = this.#options
    const name = host.includes(':') ? `[${host}]` : host
    return new Promise((resolve) => {
      void this.#ended.then(() => resolve())
      const socket = new WebSocket(`ws://${name}:${port}`, subprotocol, {
        perMessageDeflate: false,
        maxPayload: maxMessageBytes,
        followRedirects: false,
      })
      this.#socket = socket
      const timer = setTimeout(
        () => this.close(`${this.#peer} did not greet us in ${connectMs} ms`),
        connectMs,
      )
      void this.#ended.then(() => clearTimeout(timer))
      socket.on('message', (bytes, isBinary) => {
        if (this.#over !== null) return
        // hostile: read with every field checked, and at most `maxMessageBytes`
        const text = bytes instanceof Buffer ? bytes.toString('utf8') : ''
        const message = isBinary ? null : messageOf(text)
        if (message === null) return this.#give(`${this.#peer} does not speak OBS`, 'malformed')
        if (message.type !== 'identified') return this.#received(message)
        clearTimeout(timer)
        return resolve()
      })
      // stays on after the end: a socket that was cut may still report its error
      socket.on('error', (error) => this.#give(`${this.#peer}: ${faultOf(error)}`, 'unreachable'))
      socket.on('close', (code, why) => this.close(closedBy(this.#peer, code, why.toString())))
    })
  }

  /** Asks one thing. @throws DeliveryError `no` before it is sent, `maybe` after */
  async request(name: string, data: JsonObject = {}, signal?: AbortSignal): Promise<Response> {
    const answer = await this.#ask(name, (id) => requestText(id, { name, data }), signal)
    if (answer instanceof Array || answer.name !== name) throw this.#confused(name)
    return answer
  }

  /** Asks many things at once; an answer for each, in order. @throws DeliveryError */
  async batch(asked: readonly Asked[], signal?: AbortSignal): Promise<readonly Response[]> {
    const answer = await this.#ask('a batch', (id) => batchText(id, asked), signal)
    const fits =
      answer instanceof Array &&
      answer.length === asked.length &&
      answer.every((one, index) => one.name === asked[index]?.name)
    if (!fits) throw this.#confused('a batch')
    return answer
  }

  /** Ends it and fails all that hang on it. Idempotent. */
  close(detail: string): void {
    this.#give(detail, 'unreachable')
  }

  get #peer(): string {
    return `${this.#options.host}:${this.#options.port}`
  }

  #ask(
    what: string,
    text: (id: string) => string,
    signal?: AbortSignal,
  ): Promise<Response | readonly Response[]> {
    return new Promise((resolve, reject) => {
      const { replyMs } = this.#options
      const refuse = (code: 'unreachable' | 'timeout', detail: string) =>
        reject(new DeliveryError(failed(code, detail)))
      if (this.#over !== null || this.#socket === null)
        return refuse('unreachable', this.#over ?? 'not connected yet')
      if (signal?.aborted === true) return refuse('timeout', `no time was left for ${what}`)
      if (this.#inFlight.size >= maxInFlight)
        return refuse('unreachable', 'too many requests wait for OBS')
      // never used again on this connection, so a late answer is nobody's
      const id = String(++this.#asked)
      const settle = () => {
        this.#inFlight.delete(id)
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const fail = (error: DeliveryError) => {
        settle()
        reject(error)
      }
      const late = (detail: string) =>
        fail(new DeliveryError({ code: 'timeout', reached: 'maybe', detail }))
      const aborted = () => late(`OBS did not answer ${what} in time`)
      const timer = setTimeout(() => late(`OBS did not answer ${what} in ${replyMs} ms`), replyMs)
      signal?.addEventListener('abort', aborted, { once: true })
      const done = (answer: Response | readonly Response[]) => {
        settle()
        resolve(answer)
      }
      this.#inFlight.set(id, { done, fail })
      this.#socket.send(text(id), (error) => {
        if (error instanceof Error) this.close(`${this.#peer}: ${faultOf(error)}`)
      })
    })
  }

  #received(message: Exclude<Message, { readonly type: 'identified' }>): void {
    switch (message.type) {
      case 'hello':
        return this.#greeted(message)
      case 'event':
        return this.#options.event(message.name, message.data)
      case 'response':
        return this.#inFlight.get(message.id)?.done(message.response)
      case 'batch':
        return this.#inFlight.get(message.id)?.done(message.responses)
      default:
        return message satisfies never
    }
  }

  #greeted({ version, challenge }: Extract<Message, { readonly type: 'hello' }>): void {
    const { password } = this.#options
    this.#version = shown(version)
    if (challenge !== null && password === null)
      return this.close(`OBS at ${this.#peer} asks for a password and the config has none`)
    const proof =
      challenge === null || password === null ? null : authentication(password, challenge)
    this.#socket?.send(identifyText(proof))
    return undefined
  }

  /** Which answer belongs to which request is no longer known. */
  #confused(what: string): DeliveryError {
    const detail = `OBS answered something else than ${what}`
    this.#give(detail, 'malformed')
    return new DeliveryError({ code: 'malformed', reached: 'maybe', detail })
  }

  #give(detail: string, code: 'unreachable' | 'malformed'): void {
    if (this.#over !== null) return
    this.#over = detail
    this.#socket?.terminate()
    // their bytes have left: nobody knows what OBS made of them
    const error = () => new DeliveryError({ code, reached: 'maybe', detail })
    for (const one of this.#inFlight.values()) one.fail(error())
    this.#end(detail)
  }
}

/** The library's own faults have no code of the system: a reply that is no WebSocket, a message that is too long. */
function faultOf(error: Error): string {
  if (!('code' in error) && error.message.startsWith('Unexpected server response'))
    return 'it answers, but not as a WebSocket: is it the port of OBS?'
  return reason(error)
}

function closedBy(peer: string, code: number, why: string): string {
  if (code === authenticationFailed) return `OBS at ${peer} refused the password (4009)`
  return why === ''
    ? `${peer} closed the connection (${code})`
    : `${peer} closed the connection: ${shown(why)} (${code})`
}
