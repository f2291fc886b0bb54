import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { Json } from '../intents/json.ts'
import type { Frame } from '../wire/frame.ts'
import { DeliveryError, type Link, type LinkContext } from './adapter.ts'
import { Meanings, numberedBytes, numberOf, quotedAnswer, read } from './answers.ts'
import { boundedReports } from './bounded-reports.ts'
import type { Carriage, CarriageEvents } from './carriage.ts'
import { type Flight, openFlight } from './flight.ts'
import { openPolls, type Polls } from './polls.ts'
import type { Said } from './said.ts'
import type { Poll, TextDevice } from './text-device.ts'
import type { TextCommand } from './text-request.ts'

/** 5 s: how long the answer to a poll or to the hello may take where the config does not say. */
const ownReplyMs = 5000

/**
 * Commands and answers over a carriage: in order, and one at a time where an answer is told by its looks only. What the
 * device says becomes reports. adapters/tcp/README.md tells the life of one command.
 */
export class Exchange implements Link<TextCommand> {
  readonly #device: TextDevice
  readonly #context: LinkContext
  readonly #carriage: Carriage
  readonly #tell: (path: string, value: Json) => void
  readonly #meanings = new Meanings()
  readonly #polls: Polls
  readonly #waiting = new Set<Flight>()
  /** What is said before all else, while `#ready` is not. */
  readonly #hello = new Set<Flight>()
  readonly #written = new Set<Flight>()
  readonly #numbered = new Map<number, Flight>()
  readonly #wakes = new Set<() => void>()
  /** The one whose answer is told by its looks. */
  #awaiting: Flight | null = null
  #ready = false
  #number = 0
  #closed = false

  constructor(
    device: TextDevice,
    context: LinkContext,
    carriage: (events: CarriageEvents) => Carriage,
  ) {
    this.#device = device
    this.#context = context
    this.#tell = boundedReports(context)
    this.#polls = openPolls(device.polls, (poll) => this.#poll(poll))
    this.#carriage = carriage({
      up: (detail) => this.#cameUp(detail),
      down: (detail) => this.#wentDown(detail),
      frame: (frame) => this.#got(frame),
    })
  }

  open(): void {
    this.#carriage.open()
  }

  send(command: TextCommand, signal: AbortSignal): Promise<Ack> {
    return this.#enter(command, signal, this.#waiting)
  }

  async test(signal: AbortSignal): Promise<string> {
    if (!this.#ready) await this.#connected(signal)
    return `connected to ${this.#carriage.peer}`
  }

  close(): Promise<void> {
    this.#closed = true
    this.#ready = false
    this.#polls.stop()
    this.#carriage.close()
    for (const flight of this.#written) flight.end(this.#lost('the link was closed'))
    for (const flight of [...this.#waiting, ...this.#hello]) flight.end(this.#away())
    for (const wake of this.#wakes) wake()
    return Promise.resolve()
  }

  #enter(command: TextCommand, signal: AbortSignal, line: Set<Flight>): Promise<Ack> {
    if (this.#closed || signal.aborted) return Promise.reject(new DeliveryError(this.#away()))
    const isNumbered = this.#device.numbering !== null && command.json !== null
    const number = isNumbered && command.answer !== null ? ++this.#number : null
    const flight = openFlight(command, number, signal, {
      late: (late) => this.#late(late),
      over: (over) => this.#over(over),
    })
    line.add(flight)
    this.#flush()
    return flight.ended
  }

  #over(flight: Flight): void {
    this.#waiting.delete(flight)
    this.#hello.delete(flight)
    this.#written.delete(flight)
    if (flight.number !== null) this.#numbered.delete(flight.number)
    if (this.#awaiting === flight) this.#awaiting = null
  }

  /** @throws DeliveryError where the signal aborts or the link is closed first */
  #connected(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.#wakes.delete(wake)
        signal.removeEventListener('abort', wake)
        if (this.#ready) resolve()
        else reject(new DeliveryError(this.#away()))
      }
      if (this.#closed || signal.aborted) return wake()
      this.#wakes.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  /** Hands over what waits, in order; where an answer is told by its looks, one at a time. */
  #flush(): void {
    for (const flight of this.#ready ? this.#waiting : this.#hello) {
      if (!this.#carriage.up || this.#awaiting !== null) return
      const barrier = this.#ready ? this.#context.barred() : null
      if (barrier === null) this.#write(flight)
      else flight.end(barrier)
    }
  }

  #write(flight: Flight): void {
    const { command, number, signal } = flight
    const { numbering, replyMs } = this.#device
    this.#waiting.delete(flight)
    this.#hello.delete(flight)
    this.#written.add(flight)
    if (number !== null) this.#numbered.set(number, flight)
    else if (command.answer !== null) this.#awaiting = flight
    const bytes =
      number === null || numbering === null
        ? command.bytes
        : numberedBytes(command, numbering, number, this.#device.plans.shared.terminator)
    this.#carriage.write({ bytes, binary: command.binary }, signal, (failure) => {
      if (!this.#written.has(flight)) return
      if (failure !== null) return this.#next(flight, failure)
      flight.flushed(replyMs)
      if (command.answer === null) flight.end('sent')
    })
  }

  #cameUp(detail: string): void {
    const { hello } = this.#device
    if (hello.length === 0) return this.#isReady(detail)
    const said = hello.map((command) =>
      this.#enter(command, AbortSignal.timeout(this.#device.replyMs ?? ownReplyMs), this.#hello),
    )
    Promise.all(said).then(
      () => {
        if (!this.#closed && this.#carriage.up && !this.#ready) this.#isReady(detail)
      },
      (error: unknown) => {
        const why = error instanceof DeliveryError ? error.failure.detail : 'it failed'
        // what is not greeted cannot be used; a connection that was lost meanwhile is made anew already
        if (!this.#closed && this.#carriage.up && !this.#ready)
          this.#carriage.drop(`its hello: ${why}`)
      },
    )
  }

  #isReady(detail: string): void {
    this.#ready = true
    // before anybody hears of it, so that what waits goes out before what is new
    this.#flush()
    for (const wake of this.#wakes) wake()
    this.#context.changed(true, detail)
    this.#polls.start()
  }

  #wentDown(detail: string): void {
    this.#ready = false
    this.#polls.stop()
    for (const flight of this.#written) flight.end(this.#lost(detail))
    for (const flight of this.#hello) flight.end(this.#away())
    this.#context.changed(false, `${this.#carriage.peer}: ${detail}`)
  }

  #late(flight: Flight): void {
    if (!this.#written.has(flight)) return flight.end(this.#away())
    const { peer } = this.#carriage
    const what = flight.command.answer === null ? 'did not take the command' : 'did not answer'
    const isTold = flight.number !== null && flight.isFlushed
    flight.end({ code: 'timeout', reached: 'maybe', detail: `${peer} ${what} in time` })
    // a late answer must not confirm the next command, and bytes that still wait must not arrive late; one that
    // repeats its number confirms nothing any more
    if (!isTold) this.#carriage.drop(`it ${what} in time; connecting again`)
    this.#flush()
  }

  async #poll({ command }: Poll): Promise<void> {
    try {
      const late = AbortSignal.timeout(this.#device.replyMs ?? ownReplyMs)
      await this.#enter(command, late, this.#waiting)
    } catch (error) {
      // nobody waits for it, and what it says of the link the link knows: a poll that hangs makes a new connection
      if (!(error instanceof DeliveryError)) throw error
    }
  }

  /** Hostile: bounded by the carriage; its text is matched in bounded time. */
  #got(frame: Frame): void {
    const { listens, answers, numbering, report } = this.#device
    if (!listens) return
    const found = read(frame, answers)
    if (!found.ok) {
      // nobody waits for what comes unasked
      if (this.#awaiting !== null) this.#nonsense(this.#awaiting, found.detail)
      return
    }
    const { said } = found
    if (said.text === '') return
    report(said, this.#tell)
    const number = numbering === null ? null : numberOf(said, numbering)
    if (number === null) return this.#answered(this.#awaiting, said)
    const flight = this.#numbered.get(number)
    if (flight !== undefined) this.#answered(flight, said)
  }

  #nonsense(flight: Flight, detail: string): void {
    const { peer } = this.#carriage
    flight.end({
      code: 'malformed',
      reached: 'maybe',
      detail: `${peer} answered what makes no sense: ${detail}`,
    })
    // its real answer may still come, and must not confirm the next command
    this.#carriage.drop('it answered what makes no sense; connecting again')
    this.#flush()
  }

  #answered(flight: Flight | null, said: Said): void {
    const expected = flight?.command.answer ?? null
    if (flight === null || expected === null) return
    const meaning = this.#meanings.of(expected, said)
    if (meaning === 'confirmed') return this.#next(flight, 'confirmed')
    // an answer that says by its number what it answers, and is not what is wanted, is a refusal
    if (meaning === 'unrelated' && flight.number === null) return
    const detail = `${this.#carriage.peer} refused: ${quotedAnswer(said, flight.command.words)}`
    this.#next(flight, { code: 'refused', reached: 'yes', detail })
  }

  #next(flight: Flight, result: Ack | Failure): void {
    flight.end(result)
    this.#flush()
  }

  /** The bytes may have arrived. */
  #lost(why: string): Failure {
    const detail = `${this.#carriage.peer}: ${why}, before the command was known to have arrived`
    return { code: 'unreachable', reached: 'maybe', detail }
  }

  /** Nothing was sent. */
  #away(): Failure {
    const { peer, up, detail } = this.#carriage
    if (this.#closed)
      return { code: 'unreachable', reached: 'no', detail: `${peer}: the link is closed` }
    return up
      ? { code: 'timeout', reached: 'no', detail: `${peer}: no time was left to send it` }
      : { code: 'unreachable', reached: 'no', detail: `${peer}: ${detail}` }
  }
}
