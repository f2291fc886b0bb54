import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Static, TObject } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { DeliveryError, type Link, type LinkContext, type Picture } from './adapter.ts'
import type { Sample } from './sample.contract.ts'
import type { Simulator } from './simulator.ts'

/** Every wait of the contract ends after this. Milliseconds. */
const patienceMs = 10_000
/** Any name will do: the adapter does not look at it. */
export const device = 'device' as DeviceId

/** A link's context that keeps what it was told. */
export interface Watched extends LinkContext {
  readonly details: string[]
  readonly pictures: Map<string, Picture>
  /** What it answers to `barred`. */
  barrier: Failure | null
  reports: number
  /** What was last reported, by path. */
  readonly newest: Map<string, Json>
  up: boolean | null
  until(what: () => boolean): Promise<void>
}

/** @param leaked is told of a report that holds one of `secrets` */
export function watch(
  secrets: readonly string[] = [],
  leaked: (text: string) => void = () => {},
): Watched {
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of waiting) each()
  }
  const watched: Watched = {
    details: [],
    pictures: new Map(),
    barrier: null,
    barred: () => watched.barrier,
    reports: 0,
    newest: new Map(),
    up: null,
    report(path, value) {
      watched.reports++
      watched.newest.set(path, value)
      const text = secrets.length > 0 ? JSON.stringify([path, value]) : ''
      if (secrets.some((secret) => text.includes(secret))) leaked(text)
      look()
    },
    changed(up, detail) {
      watched.up = up
      watched.details.push(detail)
      look()
    },
    picture(name, picture) {
      if (picture === null) watched.pictures.delete(name)
      else watched.pictures.set(name, picture)
      look()
    },
    until: (what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(new Error('nothing came in time')), patienceMs)
        const end = (error: Error | null) => {
          clearTimeout(timer)
          waiting.delete(each)
          if (error === null) resolve()
          else reject(error)
        }
        const each = () => {
          if (what()) end(null)
        }
        waiting.add(each)
        each()
      }),
  }
  return watched
}

/** A deadline that a test does not meet. */
export const soon = () => AbortSignal.timeout(patienceMs)

/** A device of a sample, and a link to it that is up. */
export interface Connected<Options extends TObject, Command, S extends Simulator> {
  readonly simulator: S
  readonly options: Static<Options>
  readonly context: Watched
  readonly link: Link<Command>
}

/** Where what ends a device is left: a test. */
export interface Ending {
  teardown(end: () => Promise<void>): void
}

/** What all promises of the contract are tested with, for one sample. */
export class Rig<Options extends TObject, Command, S extends Simulator> {
  readonly sample: Sample<Options, Command, S>
  /** Every text of a failure that was seen. */
  readonly details: string[] = []
  /** Every report that showed a secret. */
  readonly leaks: string[] = []

  constructor(sample: Sample<Options, Command, S>) {
    this.sample = sample
  }

  fire(n: number): DeviceIntent {
    const { action, args } = this.sample.fire(n)
    return { verb: 'fire', device, action, args }
  }

  set(): DeviceIntent {
    return { verb: 'set', device, ...this.sample.set }
  }

  /** The options that reach a simulator, which is gone again. */
  async optionsOnly(): Promise<Static<Options>> {
    const simulator = await this.sample.simulate(null)
    const options = this.sample.options(simulator)
    await simulator.close()
    return options
  }

  async deliver(
    { link, options }: Pick<Connected<Options, Command, S>, 'link' | 'options'>,
    intent: DeviceIntent,
    signal: AbortSignal = soon(),
  ): Promise<Ack | Failure> {
    const plan = this.sample.adapter.plan(intent, options, new Map())
    if (!plan.ok) {
      this.details.push(plan.failure.detail)
      return plan.failure
    }
    try {
      return await link.send(plan.command, signal)
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      this.details.push(error.failure.detail)
      return error.failure
    }
  }

  /** What a sign of life says. */
  async asked({ link }: Pick<Connected<Options, Command, S>, 'link'>): Promise<string> {
    const line = await link.test(soon())
    this.details.push(line)
    return line
  }

  /** A device, a link to it that is up, and both gone after the test. */
  async connected(t: Test): Promise<Connected<Options, Command, S>> {
    const to = await this.opened(t)
    await to.context.until(() => to.context.up === true)
    return to
  }

  /** A device and a link to it that may not be up yet; both gone after the test. */
  async opened(t: Ending): Promise<Connected<Options, Command, S>> {
    const simulator = await this.sample.simulate(null)
    const options = this.sample.options(simulator)
    const context = this.#watch()
    const link = this.sample.adapter.open(options, context)
    t.teardown(async () => {
      await link.close()
      await simulator.close()
      this.details.push(...context.details)
    })
    return { simulator, options, context, link }
  }

  #watch(): Watched {
    return watch(this.sample.secrets, (text) => this.leaks.push(text))
  }

  /** A link to a device that is not there, which has seen so. `place` is where the device was. */
  async absent(t: Test) {
    const place = await this.sample.simulate(null)
    const options = this.sample.options(place)
    await place.close()
    const context = this.#watch()
    const link = this.sample.adapter.open(options, context)
    t.teardown(async () => {
      await link.close()
      this.details.push(...context.details)
    })
    await this.untilAway({ link, options, context })
    return { place, options, context, link }
  }

  /** The device again, where it was. The system may have lent its port to somebody who connects: then when it has it back. */
  async back(place: S): Promise<S> {
    for (let n = 1; ; n++)
      try {
        return await this.sample.simulate(place)
      } catch (error) {
        if (n === 200 || !String(error).includes('EADDRINUSE')) throw error
        await sleep(50)
      }
  }

  /** A command once a fault is over. A link that is on its way up may wait, or refuse what it has not sent. */
  async again(to: Connected<Options, Command, S>): Promise<Ack | Failure> {
    for (let n = 0; ; n++) {
      await to.context.until(() => to.context.up === true)
      const end = await this.deliver(to, this.fire(2))
      if (typeof end === 'string' || end.reached !== 'no' || n === 100) return end
      await setImmediate()
    }
  }

  /** Some protocols see that nobody is there only when something is sent. */
  async untilAway(to: Omit<Connected<Options, Command, S>, 'simulator'>): Promise<void> {
    const { context } = to
    for (let n = 0; context.up !== false && n < 1000; n++) {
      if (context.up === true) await this.deliver(to, this.fire(n), AbortSignal.timeout(200))
      await setImmediate()
    }
    await context.until(() => context.up === false)
  }
}
