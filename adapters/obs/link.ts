import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { openComeback } from '../comeback.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { answered } from './answer.ts'
import type { Call } from './call.ts'
import { expected } from './confirm.ts'
import { createLine, greet, type Greeting, keep, type Line } from './line.ts'
import type { ObsOptions } from './options.ts'
import { createPicture, type Picture } from './picture.ts'
import { reasonOf, type Response } from './protocol.ts'
import { questionOf } from './question.ts'
import { takePictures } from './screenshots.ts'
import { shownBy, watch } from './shown-by.ts'
import { createTurns } from '../one-by-one.ts'

/** Five seconds: how soon a machine that lost its power is seen to be gone. */
const heartbeatMs = 5000

/** Opens the link to one OBS. Returns at once; the connection is made and kept in the background. */
export function openLink(options: ObsOptions, context: LinkContext): Link<Call> {
  const link = new ObsLink(options, context)
  link.start()
  return link
}

type Up = Line & Greeting

class ObsLink implements Link<Call> {
  readonly #options: ObsOptions
  readonly #context: LinkContext
  readonly #picture: Picture
  readonly #closing = new AbortController()
  readonly #comeback = openComeback()
  readonly #turns = createTurns()
  /** By path, what waits to be seen there: a newer request about it overtakes that. */
  readonly #awaited = new Map<string, () => void>()
  #line: Line | null = null
  #up: Up | null = null
  #connecting: Promise<void> = Promise.resolve()
  #detail = 'not connected yet'
  #running: Promise<void> = Promise.resolve()

  constructor(options: ObsOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
    this.#picture = createPicture((path, value) => context.report(path, value))
  }

  start(): void {
    this.#running = this.#run()
  }

  async send(call: Call, signal: AbortSignal): Promise<Ack> {
    // OBS answers requests from several threads: the next is sent when this one is answered, so that order is kept
    const seen = await this.#turns.take(signal, () => this.#ask(call, signal))
    return seen()
  }

  /** Sends a request; the answer waits until its effect is seen. */
  async #ask(call: Call, signal: AbortSignal): Promise<() => Promise<Ack>> {
    const up = await this.#ready(signal)
    const question = await questionOf(up, call, signal)
    const before = { preview: this.#picture.values.get('preview'), items: this.#picture.items }
    const barrier = this.#context.barred()
    if (barrier !== null) throw new DeliveryError(barrier)
    const watched = watch(this.#picture)
    let response: Response
    try {
      response = await up.connection.request(question.name, question.data, signal)
    } catch (error) {
      watched.close()
      throw error
    }
    const expectation = response.ok ? expected(question, response.data, before) : null
    if (!response.ok) {
      watched.close()
      if (response.code === call.soAlready) return () => Promise.resolve('confirmed')
      const detail = `OBS refused ${question.name}: ${reasonOf(response)}`
      throw new DeliveryError({ code: 'refused', reached: 'yes', detail })
    }
    answered(question, response.data, this.#context)
    if (expectation === null) {
      watched.close()
      return () => Promise.resolve('confirmed')
    }
    const { path } = expectation
    this.#awaited.get(path)?.()
    let overtake = () => {}
    const seen = shownBy({
      name: question.name,
      expectation,
      watch: watched,
      picture: this.#picture,
      withinMs: this.#options.confirmMs,
      signal,
      readSoon: () => up.reader.soon(),
      lost: up.lost,
      overtaken: (by) => this.#awaited.set(path, (overtake = by)),
    }).finally(() => {
      if (this.#awaited.get(path) === overtake) this.#awaited.delete(path)
    })
    return () => seen
  }

  async test(signal: AbortSignal): Promise<string> {
    const { connection, title } = await this.#ready(signal)
    const began = performance.now()
    const { data } = await connection.request('GetStats', {}, signal)
    const ms = Math.round(performance.now() - began)
    const { activeFps, renderSkippedFrames } = data
    const fps = typeof activeFps === 'number' ? activeFps.toFixed(1) : '?'
    const skipped = typeof renderSkippedFrames === 'number' ? renderSkippedFrames : '?'
    return `${title} answered in ${ms} ms; ${fps} frames a second, ${skipped} skipped`
  }

  async close(): Promise<void> {
    this.#detail = 'the link is closed'
    this.#closing.abort()
    this.#line?.connection.close(this.#detail)
    await this.#running
  }

  /** Connects, keeps the connection while it lasts, and starts again, until closed. */
  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#live()
      if (signal.aborted) break
      this.#context.changed(false, this.#detail)
      // aborted: looked at next
      await sleep(this.#comeback.waitMs(), undefined, { signal }).catch(() => undefined)
    }
  }

  /** One connection from its start to its end. */
  async #live(): Promise<void> {
    const line = createLine(this.#options, this.#picture)
    const { connection, lost } = line
    this.#line = line
    this.#connecting = greet(line, this.#picture).then((greeting) => {
      if (greeting === null || connection.over !== null) return
      this.#comeback.served()
      this.#up = { ...line, ...greeting }
      this.#context.changed(true, greeting.title)
      void keep(line, heartbeatMs)
      takePictures(this.#options.pictures, connection, this.#picture, this.#context, lost)
    })
    await this.#connecting
    this.#detail = await line.ended
    this.#up = null
  }

  /** The connection in use; waits for the one being made. @throws DeliveryError nothing was sent */
  async #ready(signal: AbortSignal): Promise<Up> {
    const inTime = (what: Promise<void>) => Promise.race([what, aborted(signal)])
    if (this.#up === null && !signal.aborted) await inTime(this.#connecting)
    const loading = this.#up?.reader.settled() ?? null
    if (loading !== null && !signal.aborted) await inTime(loading)
    if (signal.aborted) throw new DeliveryError(failed('timeout', 'no time was left to send it'))
    const up = this.#up
    if (up !== null && up.connection.over === null && !this.#closing.signal.aborted) return up
    throw new DeliveryError(failed('unreachable', up?.connection.over ?? this.#detail))
  }
}

/** Resolves when it aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
