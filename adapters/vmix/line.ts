import type { Agent } from 'node:http'
import { Connection } from './connection.ts'
import type { Picture } from './picture.ts'
import { shown, type Message } from './protocol.ts'
import { createStateReader, type StateReader } from './state-reader.ts'

export interface LineOptions {
  readonly host: string
  readonly port: number
  readonly httpPort: number
  readonly replyMs: number
  readonly agent: Agent
  readonly picture: Picture
  readonly pushed: (message: Message) => void
  /** Called after each read of the state and at the end. */
  readonly changed: () => void
}

/** Three seconds: a machine that is there answers in milliseconds, one that is gone never. */
const connectMs = 3000

/**
 * Two connections to one vMix, for one life: functions on the one; what vMix pushes, and its state where the web controller is
 * off, on the other. So a function never waits for a state of two megabytes. Where one ends the other is ended too.
 */
export class Line {
  readonly reader: StateReader
  /** Resolves with the reason when it is over. */
  readonly ended: Promise<string>
  readonly #functions: Connection
  readonly #state: Connection

  constructor(options: LineOptions) {
    const { host, port, replyMs, changed } = options
    const connection = (pushed: (message: Message) => void) =>
      new Connection({ host, port, connectMs, replyMs, pushed })
    this.#functions = connection(() => undefined)
    this.#state = connection(options.pushed)
    this.reader = createStateReader({ ...options, connection: this.#state, done: changed })
    this.ended = Promise.race([this.#functions.ended(), this.#state.ended()]).then((detail) => {
      this.close(detail)
      changed()
      return detail
    })
  }

  /** Why it is over; null while it can be used. */
  get over(): string | null {
    return this.#functions.over ?? this.#state.over
  }

  /** Resolves once connected, with the state known and its changes asked for, or over. @throws Error vMix does not tell it */
  async open(): Promise<void> {
    await Promise.all([this.#functions.open(), this.#state.open()])
    // subscribed before the state is read: what changes in between is pushed
    for (const [line, word] of [
      ['SUBSCRIBE TALLY', 'SUBSCRIBE'],
      ['SUBSCRIBE ACTS', 'SUBSCRIBE'],
      ['TALLY', 'TALLY'],
    ] as const) {
      const reply = await this.#state.request(line, word)
      if (reply.status === 'ER') throw new Error(`vMix refused ${line}`)
    }
    await Promise.race([this.reader.fresh(), this.ended])
  }

  /** Sends one function and waits for vMix's answer, as `Connection.request`. */
  call(...[line, signal, barred]: readonly [string, AbortSignal, Barred]): Promise<Message> {
    return this.#functions.request(line, 'FUNCTION', signal, barred)
  }

  /** A sign of life of both connections: vMix's version. @throws DeliveryError there is none */
  async test(signal?: AbortSignal): Promise<string> {
    // the smallest question whose answer cannot be mistaken for a push
    const [reply] = await Promise.all(
      [this.#functions, this.#state].map((one) =>
        one.request('XMLTEXT vmix/version', 'XMLTEXT', signal),
      ),
    )
    if (reply === undefined) return ''
    return shown(reply.status === 'data' ? reply.data.trim() : reply.text)
  }

  close(detail: string): void {
    this.#functions.close(detail)
    this.#state.close(detail)
  }
}

type Barred = Parameters<Connection['request']>[3]
