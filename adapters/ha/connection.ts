import { WebSocket } from 'ws'
import { failed, type Failure } from '../../intents/failure.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { reason } from '../../wire/system-reason.ts'
import { DeliveryError } from '../adapter.ts'
import { type Message, messagesOf, shown } from './message.ts'
import { promised } from './promised.ts'

export interface ConnectionOptions {
  /** ws://host:8123/api/websocket */
  readonly url: string
  readonly token: string
  readonly verifyTls: boolean
  /** To the end of the authentication, and for each request that gives no signal. ms */
  readonly replyMs: number
}

/** A request that was sent and not answered. */
interface Asked {
  done(result: Json): void
  fail(failure: Failure): void
}

/** 16 MiB: all states of 5,000 entities are a few. More than this ends the connection. */
const mostBytes = 16 * 1024 * 1024
/** 256: sixteen commands and what the link itself asks. */
const mostAsked = 256
/** 8 characters: what is shorter is no secret, and may be part of any message. */
const shortestToken = 8
/** 1 MiB that the other side does not take: it does not read. */
const mostWaiting = 1024 * 1024

/** One WebSocket to Home Assistant, from the handshake to its end. Never opened again. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #asked = new Map<number, Asked>()
  readonly #heard = new Map<number, (event: JsonObject) => void>()
  readonly #ended = promised<string>()
  readonly #ready = promised<string>()
  #socket: WebSocket | null = null
  #over: string | null = null
  #tokenRefused = false
  #id = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    // whoever waits for it sees it; nobody has to
    this.#ready.promise.catch(() => {})
  }

  /** Why it has ended; null while it lasts. */
  get over(): string | null {
    return this.#over
  }

  /** Whether it ended because the token was not taken. */
  get tokenRefused(): boolean {
    return this.#tokenRefused
  }

  /** Resolves with the reason when it has ended. */
  get ended(): Promise<string> {
    return this.#ended.promise
  }

  /** Connects and says who we are; resolves with Home Assistant's version. @throws DeliveryError */
  async open(): Promise<string> {
    const { url, verifyTls, replyMs } = this.#options
    const socket = new WebSocket(url, {
      // compression costs more than a local network, and unpacks to more than was received
      perMessageDeflate: false,
      maxPayload: mostBytes,
      handshakeTimeout: replyMs,
      rejectUnauthorized: verifyTls,
    })
    this.#socket = socket
    const timer = setTimeout(() => this.close('it does not answer'), replyMs)
    socket.on('message', (bytes: Buffer, isBinary) => this.#received(bytes, isBinary))
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      this.close(`it answers ${response.statusCode ?? 'nonsense'} at /api/websocket`)
    })
    // stays on after the end: a socket that was cut may still report its error
    socket.on('error', (error) => this.close(reasonOf(error)))
    socket.once('close', () => this.close('it closed the connection'))
    try {
      return await this.#ready.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Sends a request and waits for its result. `sent` is called when the bytes were handed over.
   * @throws DeliveryError `reached` says how far it got; a result that says no is `refused`, with `code` first
   */
  request(body: JsonObject, signal?: AbortSignal): Promise<Json> {
    return this.#ask(++this.#id, body, signal)
  }

  /** The same for a subscription, whose events go to `on` as they come. */
  subscribe(body: JsonObject, on: (event: JsonObject) => void): Promise<Json> {
    const id = ++this.#id
    this.#heard.set(id, on)
    return this.#ask(id, body)
  }

  /** Ends it at once and fails all that hang on it. Idempotent. */
  close(detail: string, code: 'unreachable' | 'malformed' = 'unreachable'): void {
    if (this.#over !== null) return
    this.#over = detail
    this.#socket?.terminate()
    this.#ready.reject(new DeliveryError(failed(code, detail)))
    // their bytes have left: nobody knows what became of them
    for (const asked of [...this.#asked.values()]) asked.fail({ code, reached: 'maybe', detail })
    this.#heard.clear()
    this.#ended.resolve(detail)
  }

  #ask(id: number, body: JsonObject, signal?: AbortSignal): Promise<Json> {
    return new Promise((resolve, reject) => {
      const refuse = (detail: string) => reject(new DeliveryError(failed('unreachable', detail)))
      const socket = this.#socket
      if (this.#over !== null || socket === null) return refuse(this.#over ?? 'not connected')
      if (signal?.aborted === true)
        return reject(new DeliveryError(failed('timeout', 'too late before it was sent')))
      if (this.#asked.size >= mostAsked || socket.bufferedAmount > mostWaiting)
        return refuse('it does not take what is sent')
      const { replyMs } = this.#options
      const late = () =>
        asked.fail({ code: 'timeout', reached: 'maybe', detail: 'no answer in time' })
      const timer = signal === undefined ? setTimeout(late, replyMs) : null
      const end = (how: () => void) => {
        this.#asked.delete(id)
        if (timer !== null) clearTimeout(timer)
        signal?.removeEventListener('abort', late)
        how()
      }
      const asked: Asked = {
        done: (result) => end(() => resolve(result)),
        fail: (failure) => end(() => reject(new DeliveryError(failure))),
      }
      signal?.addEventListener('abort', late, { once: true })
      this.#asked.set(id, asked)
      socket.send(JSON.stringify({ id, ...body }))
    })
  }

  #received(bytes: Buffer, isBinary: boolean): void {
    if (this.#over !== null) return
    const text = bytes.toString('utf8')
    const { token } = this.#options
    // whatever it says goes to reports and failures, and nobody is to read the token there
    const clean = token.length >= shortestToken ? text.replaceAll(token, '***') : text
    const messages = isBinary ? null : messagesOf(clean)
    if (messages === null)
      return this.close(`it sent what Home Assistant does not: ${shown(clean, 60)}`, 'malformed')
    for (const message of messages) this.#take(message)
  }

  #take(message: Message): void {
    switch (message.type) {
      case 'auth_required':
        this.#socket?.send(JSON.stringify({ type: 'auth', access_token: this.#options.token }))
        return
      case 'auth_ok':
        this.#ready.resolve(message.version)
        return
      case 'auth_invalid':
        this.#tokenRefused = true
        return this.close(`it does not take the token: ${message.text}`)
      case 'event':
        this.#heard.get(message.id)?.(message.event)
        return
      // an answer that nobody waits for any more belongs to a request whose deadline has passed
      case 'result':
        return this.#asked.get(message.id)?.done(message.result)
      case 'pong':
        return this.#asked.get(message.id)?.done(null)
      case 'error':
        return this.#asked.get(message.id)?.fail(refusalOf(message.code, message.text))
      case 'other':
        return
      default:
        return message satisfies never
    }
  }
}

/** What Home Assistant's error codes mean (core, `websocket_api/const.py`). */
function refusalOf(code: string, text: string): Failure {
  const detail = `Home Assistant: ${code}: ${text || 'no reason given'}`
  return { code: code === 'timeout' ? 'timeout' : 'refused', reached: 'yes', detail }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'it sent more than 16 MiB at once'
  if (typeof code === 'string' && code.startsWith('WS_ERR')) return 'it does not speak WebSocket'
  return reason(error)
}
