import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { createTurns } from '../one-by-one.ts'
import { createBell } from './bell.ts'
import { lineOf, type Call } from './call.ts'
import { expected } from './confirm.ts'
import type { Due } from './expectation.ts'
import { Line } from './line.ts'
import type { VmixOptions } from './options.ts'
import { createPicture, type Picture } from './picture.ts'
import { shown, type Message } from './protocol.ts'
import { activator, tally } from './pushed.ts'
import { shownBy } from './shown-by.ts'

/** Waits between two tries to connect double from the first to the second, ms. */
const firstBackoffMs = 250
const backoffCapMs = 5000
/** 50 ms: those who wait to see something look twice as often in all as each of them would. */
const betweenReadsMs = 50
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
  readonly #bell = createBell()
  readonly #turns = createTurns()
  readonly #closing = new AbortController()
  // no kept connections: one that the web controller dropped meanwhile would look like a web controller that is off
  readonly #agent = new Agent({ keepAlive: false })
  /** The paths of each function that vMix said OK to and whose effect is not seen yet. */
  readonly #unseen = new Set<ReadonlySet<string>>()
  /** When a function was sent that moved a path to where nobody knows. */
  readonly #moved = new Map<string, number>()
  #phase: Phase = 'connecting'
  #line: Line | null = null
  #detail = 'not connected yet'
  #tallies = 0
  #readAt = Number.NEGATIVE_INFINITY
  #reading: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(options: VmixOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
    const report = (path: string, value: Json) => context.report(path, value)
    this.#picture = createPicture(report, options.names)
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
    const due = await this.#due(line, call, signal)
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
    for (const path of due.moves) this.#moved.set(path, sent)
    const paths = new Set([...due.moves, ...due.expectations.map(({ path }) => path)])
    this.#unseen.add(paths)
    const seen = shownBy({
      call,
      watch,
      withinMs: this.#options.confirmMs + due.takesMs,
      signal,
      picture: this.#picture,
      bell: this.#bell,
      line,
      readSoon: () => this.#readOften(line),
    }).finally(() => {
      watch.close()
      this.#unseen.delete(paths)
      this.#bell.ring()
    })
    return () => seen
  }

  /** What a function is to lead to, once all that it depends on is known; null where it is so already. */
  async #due(line: Line, call: Call, signal: AbortSignal): Promise<Due | null> {
    const { unless } = call
    for (let looked = false; ;) {
      const due = expected(call, this.#picture)
      const reads = unless !== null ? [unless.path] : due.ok ? due.reads : []
      if ([...this.#unseen].some((paths) => reads.some((path) => paths.has(path)))) {
        // a toggle, or a cut of what is on preview: what was sent before it must have happened
        await this.#bell.wait(null, signal)
        if (line.over !== null) throw new DeliveryError(failed('unreachable', line.over))
        if (signal.aborted)
          throw new DeliveryError(failed('timeout', 'what was sent before it took too long'))
        continue
      }
      // it may have been added, moved or turned over since the last look
      const isUnsure =
        unless !== null ||
        !due.ok ||
        reads.some((path) => (this.#moved.get(path) ?? 0) > this.#picture.seenAt(path))
      if (isUnsure && !looked) {
        await this.#look(line, signal)
        looked = true
        continue
      }
      if (!due.ok)
        throw new DeliveryError(failed('not-found', `vMix has no input ${shown(due.missingInput)}`))
      const isSo = unless !== null && this.#picture.values.get(unless.path) === unless.value
      return isSo ? null : due
    }
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
    if (this.#reading !== null) clearTimeout(this.#reading)
    await this.#running
    this.#agent.destroy()
  }

  /** Connects, keeps the connections while they last, and starts again, until closed. */
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

  /** One line from its start to its end; whether it ever was up. */
  async #live(): Promise<boolean> {
    const line = new Line({
      ...this.#options,
      agent: this.#agent,
      picture: this.#picture,
      pushed: (message) => this.#pushed(message),
      changed: () => this.#bell.ring(),
    })
    this.#line = line
    let up = false
    try {
      await line.open()
      if (line.over === null && !this.#closing.signal.aborted) {
        up = true
        this.#phase = 'up'
        const version = this.#picture.values.get('version')
        this.#context.changed(true, typeof version === 'string' ? `vMix ${version}` : 'vMix')
        this.#bell.ring()
      }
      while (line.over === null) {
        await Promise.race([this.#pause(this.#options.pollMs), line.ended])
        if (line.over !== null) break
        await line.test()
        await Promise.race([line.reader.read(), line.ended])
      }
    } catch (cause) {
      line.close(reasonOf(cause))
    }
    this.#detail = await line.ended
    return up
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
      if (readAgain && this.#line !== null) this.#readSoon(this.#line)
    }
    this.#bell.ring()
  }

  /** Reads the whole state in the background; a state that cannot be read ends the line. */
  #readSoon(line: Line): void {
    this.#readAt = performance.now()
    void line.reader.fresh().catch((cause: unknown) => line.close(reasonOf(cause)))
  }

  /** The same for many who wait at once: one read is for all of them. */
  #readOften(line: Line): void {
    const waitMs = Math.max(0, betweenReadsMs - (performance.now() - this.#readAt))
    this.#reading ??= setTimeout(() => {
      this.#reading = null
      if (line.over === null) this.#readSoon(line)
    }, waitMs)
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

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
