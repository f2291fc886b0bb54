import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { createBell } from './bell.ts'
import { lineOf, type Call } from './call.ts'
import { expected } from './confirm.ts'
import { Connection } from './connection.ts'
import { createPicture, type Picture } from './picture.ts'
import { shown, type Message } from './protocol.ts'
import { activator, tally } from './pushed.ts'
import { shownBy } from './shown-by.ts'
import { createStateReader, type StateReader } from './state-reader.ts'

export interface LinkOptions {
  readonly host: string
  readonly port: number
  readonly httpPort: number
  readonly confirmMs: number
  readonly replyMs: number
  readonly pollMs: number
}

/** Three seconds: a machine that is there answers in milliseconds, one that is gone never. */
const connectMs = 3000
/** Waits between two tries to connect double from the first to the second, ms. */
const firstBackoffMs = 250
const backoffCapMs = 5000
type Phase = 'connecting' | 'up' | 'down' | 'closed'

/** Opens the link to one vMix. Returns at once; the connection is made and kept in the background. */
export function openLink(options: LinkOptions, context: LinkContext): Link<Call> {
  const link = new VmixLink(options, context)
  link.start()
  return link
}

/** A connection and the reader of the state that belongs to it. */
interface Line {
  readonly connection: Connection
  readonly reader: StateReader
}

class VmixLink implements Link<Call> {
  readonly #options: LinkOptions
  readonly #context: LinkContext
  readonly #picture: Picture
  readonly #bell = createBell()
  readonly #closing = new AbortController()
  // no kept connections: one that the web controller dropped meanwhile would look like a web controller that is off
  readonly #agent = new Agent({ keepAlive: false })
  #phase: Phase = 'connecting'
  #line: Line | null = null
  #detail = 'not connected yet'
  #tallies = 0
  #running: Promise<void> = Promise.resolve()

  constructor(options: LinkOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
    this.#picture = createPicture((path, value) => context.report(path, value))
  }

  start(): void {
    this.#running = this.#run()
  }

  async send(call: Call, signal: AbortSignal): Promise<Ack> {
    const line = await this.#up(signal)
    const { unless } = call
    if (unless !== null) {
      await this.#look(line, signal)
      if (this.#picture.values.get(unless.path) === unless.value) return 'confirmed'
    }
    let due = expected(call, this.#picture)
    if (!due.ok) {
      // it may have been added since the last look
      await this.#look(line, signal)
      due = expected(call, this.#picture)
    }
    if (!due.ok)
      throw new DeliveryError(failed('not-found', `vMix has no input ${shown(due.missingInput)}`))
    const sent = this.#picture.moment()
    const barred = () => this.#context.barred()
    const reply = await line.connection.request(lineOf(call), 'FUNCTION', signal, barred)
    if (reply.status === 'ER') {
      const detail = `vMix refused ${call.name}: ${shown(reply.text) || 'no reason given'}`
      throw new DeliveryError({ code: 'refused', reached: 'yes', detail })
    }
    const withinMs = this.#options.confirmMs + due.takesMs
    await shownBy({
      call,
      expectations: due.expectations,
      sent,
      withinMs,
      signal,
      picture: this.#picture,
      bell: this.#bell,
      connection: line.connection,
      readSoon: () => this.#readSoon(line),
    })
    return 'confirmed'
  }

  async test(signal: AbortSignal): Promise<string> {
    const { connection, reader } = await this.#up(signal)
    const began = performance.now()
    const version = await heartbeat(connection, signal)
    const ms = Math.round(performance.now() - began)
    return `vMix ${version} answered in ${ms} ms; its state comes by ${reader.by}`
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    this.#detail = 'the link is closed'
    this.#closing.abort()
    this.#line?.connection.close(this.#detail)
    this.#bell.ring()
    await this.#running
    this.#agent.destroy()
  }

  /** Connects, keeps the connection while it lasts, and starts again, until closed. */
  async #run(): Promise<void> {
    let backoffMs = firstBackoffMs
    while (!this.#closing.signal.aborted) {
      this.#phase = 'connecting'
      if (await this.#live()) backoffMs = firstBackoffMs
      if (this.#closing.signal.aborted) break
      this.#phase = 'down'
      this.#context.changed(false, this.#detail)
      this.#bell.ring()
      // half of it by chance, so that many links do not come back in step
      await this.#pause(backoffMs * (0.5 + Math.random() / 2))
      backoffMs = Math.min(backoffMs * 2, backoffCapMs)
    }
  }

  /** One connection from its start to its end; whether it ever was up. */
  async #live(): Promise<boolean> {
    const { host, port, httpPort, replyMs, pollMs } = this.#options
    const pushed = (message: Message) => this.#pushed(message)
    const connection = new Connection({ host, port, connectMs, replyMs, pushed })
    const done = () => this.#bell.ring()
    const agent = this.#agent
    const picture = this.#picture
    const reader = createStateReader({ connection, host, httpPort, replyMs, agent, picture, done })
    this.#line = { connection, reader }
    const ended = connection.ended().finally(done)
    let up = false
    try {
      await connection.open()
      // subscribed before the state is read: what changes in between is pushed
      for (const what of ['TALLY', 'ACTS']) {
        const reply = await connection.request(`SUBSCRIBE ${what}`, 'SUBSCRIBE')
        if (reply.status === 'ER') throw new Error(`vMix refused SUBSCRIBE ${what}`)
      }
      await Promise.race([reader.fresh(), ended])
      if (connection.over === null && !this.#closing.signal.aborted) {
        up = true
        this.#phase = 'up'
        const version = this.#picture.values.get('version')
        this.#context.changed(true, typeof version === 'string' ? `vMix ${version}` : 'vMix')
        this.#bell.ring()
      }
      while (connection.over === null) {
        await Promise.race([this.#pause(pollMs), ended])
        if (connection.over !== null) break
        await heartbeat(connection)
        await Promise.race([reader.read(), ended])
      }
    } catch (cause) {
      connection.close(reasonOf(cause))
    }
    this.#detail = await ended
    return up
  }

  /** The line in use; waits for the one being made. */
  async #up(signal: AbortSignal): Promise<Line> {
    while (this.#phase === 'connecting' && !signal.aborted) await this.#bell.wait(null, signal)
    const line = this.#line
    if (this.#phase === 'up' && line?.connection.over === null) return line
    const detail = this.#phase === 'connecting' ? 'vMix is still being connected' : this.#detail
    throw new DeliveryError(failed('unreachable', line?.connection.over ?? detail))
  }

  #pushed({ command, status, text }: Message): void {
    if (status !== 'OK') return
    if (command === 'TALLY') {
      const { changes, count } = tally(text, this.#tallies)
      this.#tallies = count
      this.#picture.pushed(changes)
    } else if (command === 'ACTS') {
      const { changes, readAgain } = activator(text)
      this.#picture.pushed(changes)
      if (readAgain && this.#line !== null) this.#readSoon(this.#line)
    }
    this.#bell.ring()
  }

  /** Reads the whole state in the background; a state that cannot be read ends the connection. */
  #readSoon({ connection, reader }: Line): void {
    void reader.fresh().catch((cause: unknown) => connection.close(reasonOf(cause)))
  }

  /** Looks at the state as it is now. @throws DeliveryError nothing was sent */
  async #look({ reader }: Line, signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#closing.signal])
    const late = new Promise<never>((_, reject) => {
      const abort = () => reject(new Error('not in time'))
      if (stop.aborted) abort()
      else stop.addEventListener('abort', abort, { once: true })
    })
    try {
      await Promise.race([reader.fresh(), late])
    } catch (cause) {
      const detail = `nothing was sent, because vMix's state could not be read: ${reasonOf(cause)}`
      throw new DeliveryError(failed('timeout', detail), { cause })
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    // aborted: the link is being closed, which is what every caller looks at next
    await sleep(ms, undefined, { signal }).catch(() => undefined)
  }
}

/** Asks for the version, the smallest question whose answer cannot be mistaken for a push. */
async function heartbeat(connection: Connection, signal?: AbortSignal): Promise<string> {
  const reply = await connection.request('XMLTEXT vmix/version', 'XMLTEXT', signal)
  return shown(reply.status === 'data' ? reply.data.trim() : reply.text)
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
