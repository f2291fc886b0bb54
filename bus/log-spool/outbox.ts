import { LogError, type Durability, type EventLog, type Position, type Stored } from '../log.ts'

/** One append that the shared log has not answered. */
export interface Call {
  readonly bodies: readonly string[]
  readonly durability: Durability
  readonly since: number
  /** Where its bodies stand, as far as they have come back to a follower: then it is stored, whatever its answer. */
  readonly seen: Position[]
  readonly resolve: (positions: readonly Position[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends that wait for the shared log, in order. While its server is away they wait, too: they are sent when it is
 * back, or taken elsewhere.
 */
export class Outbox {
  readonly #shared: EventLog
  readonly #isAway: () => boolean
  #calls: Call[] = []
  readonly #sent = new Set<Call>()
  /** One failed because the server went: those behind it fail, too, before any is sent again. */
  #blocked = false
  #onAnswer: (() => void)[] = []
  #held = false
  #answers: (() => void)[] = []

  constructor(shared: EventLog, isAway: () => boolean) {
    this.#shared = shared
    this.#isAway = isAway
  }

  append(bodies: readonly string[], durability: Durability): Promise<readonly Position[]> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ bodies, durability, since: performance.now(), seen: [], resolve, reject })
      this.pump()
    })
  }

  /** How long the oldest has waited, ms; 0 for none. */
  waitsMs(): number {
    const [first] = this.#calls
    return first === undefined ? 0 : performance.now() - first.since
  }

  /** While `on` nothing is sent, and what the shared log answers is kept back: it may be taken elsewhere before. */
  hold(on: boolean): void {
    this.#held = on
    if (!on) for (const tell of this.#answers.splice(0)) tell()
    this.pump()
  }

  /** Sends what can be sent. */
  pump(): void {
    if (this.#held) return
    if (this.#blocked) {
      if (this.#isAway() || this.#sent.size > 0) return
      this.#blocked = false
    }
    for (const call of this.#calls) if (!this.#sent.has(call)) this.#send(call)
  }

  /** Lines of the shared log as they come to its follower. */
  came(lines: readonly Stored[]): void {
    if (this.#calls.length === 0) return
    let index = 0
    for (const { position, body } of lines) {
      while (isSeen(this.#calls[index])) index++
      const call = this.#calls[index]
      if (call === undefined) return
      if (call.bodies[call.seen.length] === body) call.seen.push(position)
    }
  }

  /** Those that are not known to be stored: from now on they are the caller's, and what the shared log still answers is not heard. */
  take(): readonly Call[] {
    const calls = this.#calls
    this.#calls = []
    this.#sent.clear()
    this.#answers = []
    this.#blocked = false
    for (const call of calls) if (isSeen(call)) call.resolve(call.seen)
    return calls.filter((call) => !isSeen(call))
  }

  /** Refuses those that the server was not given; what it was given ends as it is, when that is known. */
  refuse(error: unknown): void {
    const refused = this.#calls.filter((call) => !this.#sent.has(call))
    this.#calls = this.#calls.filter((call) => this.#sent.has(call))
    for (const { reject } of refused) reject(error)
  }

  /** Until the shared log has answered all that it was given: it does so when it is closed. */
  async answered(): Promise<void> {
    while (this.#sent.size > 0) await new Promise<void>((resolve) => this.#onAnswer.push(resolve))
  }

  #send(call: Call): void {
    this.#sent.add(call)
    this.#shared.append(call.bodies, call.durability).then(
      (positions) =>
        this.#answered(() => {
          if (this.#done(call)) call.resolve(positions)
        }),
      (error: unknown) => {
        const isLost = error instanceof LogError && error.code === 'io' && this.#isAway()
        this.#answered(() => {
          if (!this.#sent.has(call)) return
          if (isLost) {
            this.#sent.delete(call)
            this.#blocked = true
          } else if (this.#done(call)) call.reject(error)
          this.pump()
        })
      },
    )
  }

  #answered(tell: () => void): void {
    if (this.#held) this.#answers.push(tell)
    else tell()
    for (const wake of this.#onAnswer.splice(0)) wake()
  }

  /** Whether it was still waited for. */
  #done(call: Call): boolean {
    if (!this.#sent.delete(call)) return false
    this.#calls = this.#calls.filter((other) => other !== call)
    return true
  }
}

function isSeen(call: Call | undefined): boolean {
  return call !== undefined && call.seen.length === call.bodies.length
}
