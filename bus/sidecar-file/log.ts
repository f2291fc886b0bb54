import type {
  Beside,
  Cutting,
  Durability,
  EventLog,
  LogError,
  Position,
  Sidecar,
  Stored,
} from '../log.ts'
import { openFileSidecar, type FileSidecar } from './sidecar.ts'

/**
 * A log with a sidecar in the files of `folder`: for a log of one hub. An append without anything beside it goes straight
 * through. @throws LogError
 */
export async function withFileSidecar(log: EventLog, folder: string): Promise<EventLog> {
  return new LogWithSidecar(log, await openFileSidecar(folder))
}

class LogWithSidecar implements EventLog {
  readonly #log: EventLog
  readonly #sidecar: FileSidecar
  /** Appends that wait, because something beside an earlier one is being written: their order is that of the calls. */
  #waiting = 0
  #turn: Promise<unknown> = Promise.resolve()
  readonly onAway?: (listener: (away: LogError | null) => void) => () => void
  readonly isProvisional?: (position: Position) => boolean

  constructor(log: EventLog, sidecar: FileSidecar) {
    this.#log = log
    this.#sidecar = sidecar
    if (log.onAway !== undefined) this.onAway = log.onAway.bind(log)
    if (log.isProvisional !== undefined) this.isProvisional = log.isProvisional.bind(log)
  }

  get shared(): boolean {
    return this.#log.shared
  }

  get cutting(): Cutting | undefined {
    return this.#log.cutting
  }

  get sidecar(): Sidecar {
    return this.#sidecar
  }

  append(
    bodies: readonly string[],
    durability: Durability,
    beside?: Beside,
  ): Promise<readonly Position[]> {
    if (beside === undefined && this.#waiting === 0) return this.#log.append(bodies, durability)
    return this.#inTurn(bodies, durability, beside)
  }

  /** Where one fails, all that wait behind it fail with it, as the port promises. */
  #inTurn(
    bodies: readonly string[],
    durability: Durability,
    beside: Beside | undefined,
  ): Promise<readonly Position[]> {
    this.#waiting++
    const ready = this.#turn.then(() => beside && this.#sidecar.put(beside))
    // the next goes to the log right behind this one, and does not wait for its answer
    const given = ready.then(() => ({ answer: this.#log.append(bodies, durability) }))
    const mine = given
      .catch(() => {})
      .then(() => {
        if (--this.#waiting === 0) this.#turn = Promise.resolve()
      })
    this.#turn = given.then(({ answer }) => void answer.catch(() => {}))
    this.#turn.catch(() => {}) // told to the caller below
    void mine
    return given
      .then(({ answer }) => answer)
      .catch(async (error: unknown) => {
        // nobody commits to it: it must not stay
        if (beside !== undefined) await this.#sidecar.erase([...beside.keys()]).catch(() => {})
        throw error
      })
  }

  head(): Promise<Position | null> {
    return this.#log.head()
  }

  read(after: Position | null, signal: AbortSignal): AsyncIterable<Stored> {
    return this.#log.read(after, signal)
  }

  follow(after: Position | null, signal: AbortSignal): AsyncIterable<readonly Stored[]> {
    return this.#log.follow(after, signal)
  }

  tail(count: number): Promise<readonly Stored[]> {
    return this.#log.tail(count)
  }

  before(at: number): Promise<Position | null> {
    return this.#log.before(at)
  }

  find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null> {
    return this.#log.find(needle, after, signal)
  }

  compare(a: Position, b: Position): number {
    return this.#log.compare(a, b)
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {})
    await this.#log.close()
    await this.#sidecar.close()
  }
}
