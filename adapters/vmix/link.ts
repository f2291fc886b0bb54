import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { beside } from '../../wire/beside.ts'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import type { Json } from '../../intents/json.ts'
import { openComeback } from '../comeback.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { createTurns } from '../one-by-one.ts'
import { createBell } from '../bell.ts'
import { lineOf, type Call } from './call.ts'
import { Line } from './line.ts'
import type { VmixOptions } from './options.ts'
import { createPending, type Pending } from './pending.ts'
import { createPicture, type Picture } from './picture.ts'
import { shown, type Message } from './protocol.ts'
import { activator, tally } from './pushed.ts'
import { shownBy } from './shown-by.ts'

type Phase = 'connecting' | 'up' | 'down' | 'closed'

/** Opens the link to one vMix. Returns at once; the connections are made and kept in the background. */
export function openLink(options: VmixOptions, context: LinkContext): Link<Call> {
  const link = new VmixLink(options, context)
  link.start()
  return link
}

class VmixLink implements Link<Call> {
  readonly #options: VmixOptions
  readonly #context: LinkContext
  readonly #picture: Picture
  readonly #pending: Pending
  readonly #bell = createBell()
  readonly #turns = createTurns()
  readonly #closing = new AbortController()
  readonly #comeback = openComeback()
  // no kept connections: one that the web controller dropped meanwhile would look like a web controller that is off
  readonly #agent = new Agent({ keepAlive: false })
  #phase: Phase = 'connecting'
  #line: Line | null = null
  #detail = 'not connected yet'
  #tallies = 0
  #running: Promise<void> = Promise.resolve()

  constructor(options: VmixOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
    const report = (path: string, value: Json) => context.report(path, value)
    this.#picture = createPicture(report, options.names)
    this.#pending = createPending(this.#picture, this.#bell)
  }

  start(): void {
    this.#running = this.#run()
  }

  async send(call: Call, signal: AbortSignal): Promise<Ack> {
    // the next is sent when vMix has answered this one; what they lead to is awaited side by side
    const seen = await this.#turns.take(signal, () => this.#ask(call, signal))
    return seen()
  }

  /** Sends a function; what it answers waits until its effect is seen. */
  async #ask(call: Call, signal: AbortSignal): Promise<() => Promise<Ack>> {
    const line = await this.#up(signal)
    const due = await this.#pending.due(line, call, signal)
    if (due === null) return () => Promise.resolve('confirmed')
    const watch = this.#picture.watches.open(due.expectations)
    const sent = this.#picture.moment()
    let reply: Message
    try {
      reply = await line.call(lineOf(call), signal, () => this.#context.barred())
    } catch (error) {
      watch.close()
      throw error
    }
    if (reply.status === 'ER') {
      watch.close()
      const detail = `vMix refused ${call.name}: ${shown(reply.text) || 'no reason given'}`
      throw new DeliveryError({ code: 'refused', reached: 'yes', detail })
    }
    watch.answered(this.#picture.moment())
    const done = this.#pending.sent(due, sent)
    const seen = shownBy({
      call,
      watch,
      withinMs: this.#options.confirmMs + due.takesMs,
      signal,
      picture: this.#picture,
      bell: this.#bell,
      line,
      readSoon: () => line.reader.often(),
    }).finally(() => {
      watch.close()
      done()
    })
    return () => seen
  }

  async test(signal: AbortSignal): Promise<string> {
    const line = await this.#up(signal)
    const began = performance.now()
    const version = await line.test(signal)
    const ms = Math.round(performance.now() - began)
    return `vMix ${version} answered in ${ms} ms; its state comes by ${line.reader.by}`
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    this.#detail = 'the link is closed'
    this.#closing.abort()
    this.#line?.close(this.#detail)
    this.#bell.ring()
    await this.#running
    this.#agent.destroy()
  }

  /** Connects, keeps the connections while they last, and starts again, until closed. */
  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#phase = 'connecting'
      await this.#live()
      if (this.#closing.signal.aborted) break
      this.#phase = 'down'
      this.#context.changed(false, this.#detail)
      this.#bell.ring()
      await this.#pause(this.#comeback.waitMs())
    }
  }

  /** One line from its start to its end. */
  async #live(): Promise<void> {
    const line = new Line({
      ...this.#options,
      agent: this.#agent,
      picture: this.#picture,
      pushed: (message) => this.#pushed(message),
      changed: () => this.#bell.ring(),
    })
    this.#line = line
    try {
      await line.open()
      if (line.over === null && !this.#closing.signal.aborted) {
        this.#comeback.served()
        this.#phase = 'up'
        const version = this.#picture.values.get('version')
        this.#context.changed(true, typeof version === 'string' ? `vMix ${version}` : 'vMix')
        this.#bell.ring()
      }
      const orOver = beside(line.ended)
      while (line.over === null) {
        await orOver(this.#pause(this.#options.pollMs))
        if (line.over !== null) break
        await line.test()
        await orOver(line.reader.read())
      }
    } catch (cause) {
      line.close(reasonOf(cause))
    }
    this.#detail = await line.ended
  }

  /** The line in use; waits for the one being made. */
  async #up(signal: AbortSignal): Promise<Line> {
    while (this.#phase === 'connecting' && !signal.aborted) await this.#bell.wait(null, signal)
    const line = this.#line
    if (this.#phase === 'up' && line?.over === null) return line
    const detail = this.#phase === 'connecting' ? 'vMix is still being connected' : this.#detail
    throw new DeliveryError(failed('unreachable', line?.over ?? detail))
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
      if (readAgain) this.#line?.reader.soon()
    }
    this.#bell.ring()
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    // aborted: the link is being closed, which is what every caller looks at next
    await sleep(ms, undefined, { signal }).catch(() => undefined)
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
