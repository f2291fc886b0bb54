/**
 * What a simulated device does with the next commands: `hang` takes them and holds the answers back, `refuse` says no,
 * `garbage` answers nonsense, `half-reply` begins an answer and closes, `close` closes without one. A protocol
 * without answers (UDP) can only be `none`.
 */
export type Fault = 'none' | 'hang' | 'refuse' | 'garbage' | 'half-reply' | 'close'

export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

/** A faithful little device on this machine: the demo and the tests drive it. */
export interface Simulator {
  readonly host: string
  readonly port: number
  /** What it got, as text, oldest first; the newest 1,000 of it. */
  received(): readonly string[]
  /** How much it got in all. */
  count(): number
  /** Resolves once it got `count` in all. Rejects with the signal's reason, or when it is closed. */
  until(count: number, signal: AbortSignal): Promise<void>
  fault(fault: Fault): void
  /** Does and answers now, late, the oldest `count` of what `hang` has held back; all of it where none is given. */
  release(count?: number): void
  /** Ends at once, as by a pulled plug. Idempotent. */
  close(): Promise<void>
}

/** Enough for every test to see all, and a bound for a demo that runs for days. */
const keptReceived = 1000

/** What a hanging simulator holds back. */
export class Held {
  readonly #answers: (() => void)[] = []

  add(answer: () => void): void {
    this.#answers.push(answer)
    if (this.#answers.length > keptReceived) this.#answers.shift()
  }

  release(count = this.#answers.length): void {
    for (const answer of this.#answers.splice(0, count)) answer()
  }
}

interface Waiter {
  readonly count: number
  end(error: Error | null): void
}

/** The memory of a simulator. */
export class Received {
  #kept: string[] = []
  #count = 0
  readonly #waiters = new Set<Waiter>()

  add(text: string): void {
    this.#count++
    this.#kept.push(text)
    // in pages, so that a flood does not shift the list for each
    if (this.#kept.length >= 2 * keptReceived) this.#kept = this.#kept.slice(-keptReceived)
    for (const waiter of this.#waiters) if (this.#count >= waiter.count) waiter.end(null)
  }

  list(): readonly string[] {
    return this.#kept.slice(-keptReceived)
  }

  get count(): number {
    return this.#count
  }

  until(count: number, signal: AbortSignal): Promise<void> {
    if (this.#count >= count) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const end = (error: Error | null) => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', aborted)
        if (error === null) resolve()
        else reject(error)
      }
      const waiter = { count, end }
      const aborted = () =>
        end(new Error(`got ${this.#count} of ${count}`, { cause: signal.reason }))
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted)
      this.#waiters.add(waiter)
    })
  }

  /** Rejects everybody who waits. */
  close(): void {
    for (const waiter of this.#waiters) waiter.end(new Error('the simulator was closed'))
  }
}
