import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { either } from '../../wire/either.ts'
import type { CompanionCommand } from './command.ts'
import { openDatagramLeg } from './datagram-leg.ts'
import { carries } from './forms.ts'
import { type HttpLeg, openHttpLeg } from './http-leg.ts'
import type { Leg } from './leg.ts'
import { LineLeg } from './line-leg.ts'
import { chainOf, type CompanionOptions, type Transport } from './options.ts'

/** 2 s: it answers in milliseconds, and a round that hangs must not hold up the next. */
const readMs = 2000

/** See README.md: the life of one command, and when another way is tried. */
export class CompanionLink implements Link<CompanionCommand> {
  readonly #options: CompanionOptions
  readonly #context: LinkContext
  readonly #closing = new AbortController()
  readonly #states = new Map<Transport, { readonly up: boolean; readonly detail: string }>()
  #legs: readonly Leg[] = []
  /** For reading: one of the legs, or beside them. */
  #reader: HttpLeg | null = null

  constructor(options: CompanionOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
  }

  open(): void {
    const chain = chainOf(this.#options)
    this.#legs = chain.map((transport) => this.#leg(transport, chain.length === 1))
    if (this.#options.watch.length === 0) return
    this.#reader ??= openHttpLeg(this.#peer('http'), {
      report: (path, value) => this.#context.report(path, value),
      barred: () => null,
      // it only reads: whether commands arrive, the legs know
      changed: () => {},
    })
    void this.#watch(this.#reader)
  }

  async send(command: CompanionCommand, signal: AbortSignal): Promise<Ack> {
    if (this.#closing.signal.aborted) throw new DeliveryError(closed)
    if (signal.aborted)
      throw new DeliveryError(failed('timeout', 'no time was left to send it to Companion'))
    const failures: Failure[] = []
    for (const leg of this.#usable(command)) {
      const barrier = this.#context.barred()
      if (barrier !== null) throw new DeliveryError(barrier)
      try {
        return await leg.send(command, signal)
      } catch (error) {
        // only where it certainly did not arrive: a second press is worse than none
        if (!(error instanceof DeliveryError) || error.failure.reached !== 'no') throw error
        failures.push(error.failure)
        if (signal.aborted) break
      }
    }
    const [only, ...more] = failures
    if (only !== undefined && more.length === 0) throw new DeliveryError(only)
    const detail = failures.map((each) => each.detail).join('; ')
    throw new DeliveryError(failed('unreachable', detail.slice(0, 500)))
  }

  async test(signal: AbortSignal): Promise<string> {
    if (this.#closing.signal.aborted) throw new DeliveryError(closed)
    const said: string[] = []
    for (const leg of this.#legs)
      said.push(
        await leg.test(signal).catch((error: unknown) => {
          if (this.#legs.length > 1 && error instanceof DeliveryError) return error.failure.detail
          throw error
        }),
      )
    return said.join('; ')
  }

  close(): Promise<void> {
    this.#closing.abort()
    for (const leg of this.#legs) leg.close()
    this.#reader?.close()
    return Promise.resolve()
  }

  #leg(transport: Transport, isAlone: boolean): Leg {
    const context = {
      report: (path: string, value: Json) => this.#context.report(path, value),
      changed: (up: boolean, detail: string) => this.#changed(transport, up, detail),
      barred: () => this.#context.barred(),
    }
    const peer = this.#peer(transport)
    switch (transport) {
      case 'http':
        this.#reader = openHttpLeg(peer, context)
        return this.#reader
      case 'tcp': {
        const leg = new LineLeg(peer, context)
        leg.open()
        return leg
      }
      case 'osc':
      case 'udp':
        return openDatagramLeg(transport, peer, context, isAlone)
      default:
        return transport satisfies never
    }
  }

  #peer(transport: Transport) {
    return { host: this.#options.host, port: this.#options[`${transport}Port`] }
  }

  /** The ways for a command: those that are up, in order, and where none is, those that notice it. */
  #usable(command: CompanionCommand): readonly Leg[] {
    const able = this.#legs.filter(({ transport }) => carries(transport, command))
    const up = able.filter(({ transport }) => this.#states.get(transport)?.up === true)
    if (up.length > 0) return up
    const noticing = able.filter(({ transport }) => transport === 'http' || transport === 'tcp')
    return noticing.length > 0 ? noticing : able
  }

  /** The link is up while any way is. */
  #changed(transport: Transport, up: boolean, detail: string): void {
    if (this.#closing.signal.aborted) return
    this.#states.set(transport, { up, detail })
    const all = [...this.#states.values()]
    const isUp = all.some((state) => state.up)
    // not before each has said so: the second may be there
    if (!isUp && all.length < chainOf(this.#options).length) return
    this.#context.changed(
      isUp,
      all
        .map((state) => state.detail)
        .join('; ')
        .slice(0, 500),
    )
    const first = chainOf(this.#options).find((each) => this.#states.get(each)?.up === true)
    if (this.#options.fallback.length > 0) this.#context.report('transport', first ?? null)
  }

  /** Reads what is watched, a round every `pollMs`; what cannot be read now keeps its last value. */
  async #watch(reader: HttpLeg): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      for (const path of this.#options.watch) {
        const ends = either([signal], readMs)
        const value = await reader.read(path, ends.signal).then((value) => ({ value }), unread)
        ends.done()
        if (signal.aborted || value === 'away') break
        if (value !== 'refused') this.#context.report(path, value.value)
      }
      // aborted: the link is closed, which the loop looks at next
      await sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Whether the others are worth a question. */
function unread(error: unknown): 'away' | 'refused' {
  return error instanceof DeliveryError && error.failure.reached === 'yes' ? 'refused' : 'away'
}

const closed = failed('unreachable', 'the link to Companion is closed')
