import { beside } from '../../wire/beside.ts'
import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { openComeback } from '../comeback.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { createBell } from '../bell.ts'
import { openCameras, type Cameras } from './camera.ts'
import { type HaCommand, messageOf, type ServiceCall } from './command.ts'
import { Connection } from './connection.ts'
import { expected, takesMs } from './expect.ts'
import { followStates, readStates } from './follow.ts'
import { entityIn, resolved } from './lookup.ts'
import { atLeast, responseIn } from './message.ts'
import type { HaOptions, Place } from './options.ts'
import { openRegistry } from './registry.ts'
import { openReporter, type Reporter } from './reporter.ts'
import { openStates, type States } from './states.ts'
import { laneOf, openTurns } from './turns.ts'
import { openWatching } from './watching.ts'

type Phase = 'connecting' | 'up' | 'down' | 'closed'

/** Opens the link to one Home Assistant. Returns at once; the connection is made and kept in the background. */
export function openLink(options: HaOptions, place: Place, context: LinkContext): Link<HaCommand> {
  const link = new HaLink(options, place, context)
  link.start()
  return link
}

/** See README.md: the life of one command. */
class HaLink implements Link<HaCommand> {
  readonly #options: HaOptions
  readonly #place: Place
  readonly #context: LinkContext
  readonly #report: Reporter
  readonly #states: States
  readonly #cameras: Cameras
  readonly #watching
  readonly #turns = openTurns()
  readonly #bell = createBell()
  readonly #closing = new AbortController()
  readonly #comeback = openComeback()
  #phase: Phase = 'connecting'
  #connection: Connection | null = null
  #version = ''
  #detail = 'not connected yet'
  #running: Promise<void> = Promise.resolve()

  constructor(options: HaOptions, place: Place, context: LinkContext) {
    this.#options = options
    this.#place = place
    this.#context = context
    this.#report = openReporter(options, context)
    this.#states = openStates((id, entity) => {
      if (entity !== null) this.#watching.look(id, entity)
      this.#report.entity(id, entity)
    })
    this.#watching = openWatching(this.#states.entities)
    this.#cameras = openCameras(options, place, context, this.#report)
  }

  start(): void {
    this.#running = this.#run()
  }

  async send(command: HaCommand, signal: AbortSignal): Promise<Ack> {
    const connection = await this.#up(signal)
    switch (command.type) {
      case 'call_service':
        return this.#call(connection, resolved(command, this.#states), signal)
      case 'fire_event': {
        const barrier = this.#context.barred()
        if (barrier !== null) throw new DeliveryError(barrier)
        await connection.request(messageOf(command), signal)
        return 'sent'
      }
      case 'get_states':
        await readStates(connection, this.#states, signal)
        return 'confirmed'
      case 'get_state':
        await readStates(connection, this.#states, signal)
        this.#report.whole(command.entity, entityIn(this.#states, command.entity))
        return 'confirmed'
      default:
        return command satisfies never
    }
  }

  async test(signal: AbortSignal): Promise<string> {
    const connection = await this.#up(signal)
    const began = performance.now()
    await connection.request({ type: 'ping' }, signal)
    const ms = Math.round(performance.now() - began)
    const { entities, leftOut } = this.#states
    const more = leftOut === 0 ? '' : `, ${leftOut} more left out`
    return `Home Assistant ${this.#version} answered in ${ms} ms; ${entities.size} entities${more}`
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    this.#detail = 'the link is closed'
    this.#closing.abort()
    this.#connection?.close(this.#detail)
    this.#bell.ring()
    await this.#running
    this.#cameras.close()
  }

  async #call(connection: Connection, call: ServiceCall, signal: AbortSignal): Promise<Ack> {
    const done = await this.#turns.take(laneOf(call), signal)
    const barrier = this.#context.barred()
    if (barrier !== null) {
      done()
      throw new DeliveryError(barrier)
    }
    const expectations = expected(call, this.#states.entities)
    const watch = this.#watching.begin(expectations)
    const what = `${call.domain}.${call.service}`
    try {
      const response = call.response && atLeast(this.#version, 2023, 7)
      const result = await connection
        .request(messageOf({ ...call, response }), signal)
        .finally(done)
      if (response) this.#report.value(`response/${what}`, responseIn(result))
      if (expectations.length === 0) return 'sent'
      return await watch.seen({ ms: this.#options.confirmMs + takesMs(call), signal, what })
    } finally {
      watch.end()
    }
  }

  /** Connects, keeps the connection while it lasts, and starts again, until closed. */
  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#phase = 'connecting'
      const { url: _, ...options } = this.#options
      const connection = new Connection({ ...options, url: this.#place.socket })
      this.#connection = connection
      await this.#live(connection)
      if (this.#closing.signal.aborted) break
      this.#phase = 'down'
      this.#context.changed(false, `${this.#place.name}: ${this.#detail}`)
      this.#bell.ring()
      const waitMs = connection.tokenRefused ? this.#options.tokenRetryMs : this.#comeback.waitMs()
      await this.#bell.wait(waitMs, this.#closing.signal)
    }
  }

  /** One connection from its start to its end. */
  async #live(connection: Connection): Promise<void> {
    const registry = openRegistry(connection, this.#report)
    try {
      this.#version = await connection.open()
      await followStates(connection, this.#version, this.#states)
      if (connection.over === null && !this.#closing.signal.aborted) {
        this.#comeback.served()
        this.#phase = 'up'
        this.#report.value('version', this.#version)
        this.#report.value('left-out', this.#states.leftOut + this.#report.leftOut())
        this.#context.changed(true, `Home Assistant ${this.#version}`)
        this.#bell.ring()
        this.#cameras.start()
        void registry.follow()
      }
      const orOver = beside(connection.ended)
      while (connection.over === null) {
        await orOver(this.#pause(this.#options.pingMs))
        if (connection.over === null) await connection.request({ type: 'ping' })
      }
    } catch (cause) {
      connection.close(cause instanceof Error ? cause.message : String(cause))
    }
    this.#cameras.stop()
    registry.close()
    this.#detail = await connection.ended
    this.#watching.lost(this.#detail)
  }

  /** The connection in use; waits for the one being made. @throws DeliveryError nothing was sent */
  async #up(signal: AbortSignal): Promise<Connection> {
    while (this.#phase === 'connecting' && !signal.aborted) await this.#bell.wait(null, signal)
    const connection = this.#connection
    if (this.#phase === 'up' && connection?.over === null && !signal.aborted) return connection
    const detail =
      this.#phase === 'connecting' ? 'Home Assistant is still being connected' : this.#detail
    throw new DeliveryError(failed('unreachable', connection?.over ?? detail))
  }

  async #pause(ms: number): Promise<void> {
    await this.#bell.wait(ms, this.#closing.signal)
  }
}
