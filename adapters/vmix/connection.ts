import { connect, type Socket } from 'node:net'
import { failed, type Failure } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import { createReader, shown, type Message } from './protocol.ts'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  /** To the established connection, ms. */
  readonly connectMs: number
  /** From a request to its reply, ms. */
  readonly replyMs: number
  /** TALLY, ACTS and VERSION, which come at any time. */
  readonly pushed: (message: Message) => void
}

/** 1,000 waiting requests: the link sends one function at a time, so this is never met but by a fault. */
const maxWaiting = 1000
const events: ReadonlySet<string> = new Set(['TALLY', 'ACTS', 'VERSION'])

interface Request {
  readonly line: string
  /** The word a reply to it begins with. */
  readonly word: string
  /** As `LinkContext.barred`. */
  readonly barred: (() => Failure | null) | null
  readonly done: (reply: Message) => void
  readonly fail: (error: DeliveryError) => void
}

/**
 * One connection to the TCP API, with one request in flight at a time, because the vendor says so (vMix help, "TCP API"). It is for one life: when a reply is overdue,
 * wrong or unreadable the connection is given up, so that a late reply cannot be taken for the next request's.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #waiting: Request[] = []
  readonly #ended: Promise<string>
  #end: (detail: string) => void = () => undefined
  #socket: Socket | null = null
  #inFlight: Request | null = null
  #over: string | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#ended = new Promise((resolve) => (this.#end = resolve))
  }

  /** Why it is over; null while it can be used. */
  get over(): string | null {
    return this.#over
  }

  /** Resolves with the reason when it is over. */
  ended(): Promise<string> {
    return this.#ended
  }

  /** Resolves once connected or over. */
  open(): Promise<void> {
    const { host, port, connectMs } = this.#options
    const peer = `${host}:${port}`
    return new Promise((resolve) => {
      void this.#ended.then(() => resolve())
      if (this.#over !== null) return
      const read = createReader()
      const socket = connect({ host, port, noDelay: true })
      this.#socket = socket
      const timer = setTimeout(
        () => this.close(`${peer} did not accept the connection in ${connectMs} ms`),
        connectMs,
      )
      socket.on('connect', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.on('data', (chunk) => {
        const result = read(chunk)
        if (result.ok) for (const message of result.messages) this.#received(message)
        else this.#give(`${peer}: ${result.detail}`, 'malformed')
      })
      socket.on('error', (cause) => this.close(`${peer}: ${cause.message}`))
      socket.on('close', () => {
        clearTimeout(timer)
        this.close(`${peer} closed the connection`)
      })
    })
  }

  /**
   * Sends one line and waits for the reply that begins with `word`. A command has `barred`, which is asked before it leaves.
   * @throws DeliveryError `no` before the line is written, `maybe` after
   */
  request(
    line: string,
    word: string,
    signal?: AbortSignal,
    barred: Request['barred'] = null,
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const request: Request = {
        line,
        word,
        barred,
        done: (reply) => {
          settled()
          resolve(reply)
        },
        fail: (error) => {
          settled()
          reject(error)
        },
      }
      const late = (detail: string) => {
        if (this.#inFlight === request) return this.#give(detail, 'timeout')
        const at = this.#waiting.indexOf(request)
        if (at >= 0) this.#waiting.splice(at, 1)
        request.fail(new DeliveryError(failed('timeout', detail)))
      }
      const { replyMs } = this.#options
      const aborted = () => late(`vMix did not answer ${word} in time`)
      const timer = setTimeout(() => late(`vMix did not answer ${word} in ${replyMs} ms`), replyMs)
      if (this.#over !== null || this.#waiting.length >= maxWaiting)
        return request.fail(
          new DeliveryError(failed('unreachable', this.#over ?? 'too many requests wait for vMix')),
        )
      if (signal?.aborted === true) return aborted()
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.push(request)
      this.#next()
    })
  }

  /** Ends it and fails all that hang on it. Idempotent. */
  close(detail: string): void {
    this.#give(detail, 'unreachable')
  }

  #next(): void {
    if (this.#inFlight !== null || this.#over !== null) return
    const request = this.#waiting.shift()
    if (request === undefined) return
    const barrier = request.barred?.() ?? null
    if (barrier !== null) {
      request.fail(new DeliveryError(barrier))
      return this.#next()
    }
    this.#inFlight = request
    this.#socket?.write(`${request.line}\r\n`)
  }

  #received(message: Message): void {
    if (this.#over !== null) return
    const request = this.#inFlight
    // a push looks as the answer to `TALLY` does, and says the same
    if (events.has(message.command)) this.#options.pushed(message)
    if (events.has(message.command) && request?.word !== message.command) return
    if (request?.word !== message.command) {
      // an answer that nobody asked for: which reply belongs to which request is no longer known
      const asked = request === null ? 'nothing was asked' : `${request.word} was asked`
      return this.#give(`vMix answered ${shown(message.command)} where ${asked}`, 'malformed')
    }
    this.#inFlight = null
    request.done(message)
    this.#next()
  }

  #give(detail: string, code: 'unreachable' | 'timeout' | 'malformed'): void {
    if (this.#over !== null) return
    this.#over = detail
    this.#socket?.destroy()
    // its bytes have left: nobody knows what vMix made of them
    this.#inFlight?.fail(new DeliveryError({ code, reached: 'maybe', detail }))
    this.#inFlight = null
    for (const request of this.#waiting.splice(0))
      request.fail(new DeliveryError(failed('unreachable', detail)))
    this.#end(detail)
  }
}
