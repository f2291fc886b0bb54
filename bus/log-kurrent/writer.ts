import { LogError, type Position } from '../log.ts'
import { eventOf, type Sent } from './event.ts'
import { Unclear } from './fault.ts'
import { positionOf } from './position.ts'
import { storeAfter, type Storing } from './store.ts'
import { newest, patience, type Stream } from './stream.ts'

interface Call {
  readonly bodies: readonly string[]
  resolve(positions: readonly Position[]): void
  reject(error: Error): void
}

/** 1 MiB less a tenth: MaxAppendSize as servers have it by default, bytes. */
export const appendBytes = 943_718

/** Appends the calls of one process in their order, one append under way at a time; what waits meanwhile is the next. */
export class Writer {
  readonly #stream: Stream
  /** The number of the newest line that is known of. */
  #count: number
  #queue: Call[] = []
  #running: Promise<void> | null = null
  /** Ids of first lines that were reported as failed and may yet come to stand after {@link #count}, and nowhere else. */
  readonly #doubts = new Set<string>()
  /** Why nothing can be appended any more until the log is opened again. */
  #broken: LogError | null = null

  constructor(stream: Stream, count: number) {
    this.#stream = stream
    this.#count = count
  }

  append(bodies: readonly string[]): Promise<readonly Position[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ bodies, resolve, reject })
      // after the promises of this turn: calls that were just answered and call again share an append
      this.#running ??= Promise.resolve().then(() => this.#run())
    })
  }

  /** Waits for what is under way and in the queue. */
  async close(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const calls = this.#take()
      try {
        const positions = await this.#store(calls.flatMap(({ bodies }) => bodies))
        let from = 0
        for (const { bodies, resolve } of calls) {
          resolve(positions.slice(from, from + bodies.length))
          from += bodies.length
        }
      } catch (error) {
        // who waits behind a failed call fails with it: their lines are chained to its lines
        for (const { reject } of [...calls, ...this.#queue.splice(0)])
          reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#running = null
  }

  /** The oldest calls that fit into one append together; a call that is larger alone. */
  #take(): Call[] {
    let bytes = 0
    const end = this.#queue.findIndex(({ bodies }) => {
      // metadata and type are a third of a line at most; the parts are counted exactly when they are sent
      for (const body of bodies) bytes += Buffer.byteLength(body) * 1.5 + 100
      return bytes > appendBytes
    })
    return this.#queue.splice(0, end === -1 ? this.#queue.length : Math.max(1, end))
  }

  async #store(bodies: readonly string[]): Promise<readonly Position[]> {
    if (this.#broken !== null) throw this.#broken
    const positions: Position[] = []
    while (positions.length < bodies.length) {
      const events = this.#part(bodies.slice(positions.length))
      const storing = await this.#insist(events, positions)
      const stored = storing.type === 'stored' ? events.length : storing.stored
      for (let i = 0; i < stored; i++) positions.push(positionOf(++this.#count))
      if (stored > 0) this.#doubts.clear()
      if (storing.type === 'stored') continue
      const error = await this.#blocked(storing, events[stored])
      if (error === null) continue
      // a part of the call is stored, and nobody may build on the rest
      if (positions.length > 0) this.#broken ??= torn(error)
      throw this.#broken ?? error
    }
    return positions
  }

  /** The next append's share of a call: as much as fits, at least one line. */
  #part(bodies: readonly string[]): readonly Sent[] {
    const events: Sent[] = []
    let bytes = 0
    for (const body of bodies) {
      const sent = eventOf(body, this.#count + events.length + 1)
      bytes += sent.bytes
      if (events.length > 0 && bytes > appendBytes) break
      events.push(sent)
    }
    return events
  }

  /** Where lines of the same call are stored already, a server that is away for a while is waited for longer. */
  async #insist(events: readonly Sent[], before: readonly Position[]): Promise<Storing> {
    const { patienceMs } = this.#stream
    const stream =
      before.length === 0 ? this.#stream : { ...this.#stream, patienceMs: patienceMs * 3 }
    return storeAfter(stream, this.#count, events)
  }

  /** Null where it can be tried again behind what others have stored; else why not. */
  async #blocked(
    storing: Exclude<Storing, { type: 'stored' }>,
    first: Sent | undefined,
  ): Promise<LogError | null> {
    if (storing.type === 'failed') {
      if (storing.unclear && first !== undefined) this.#doubts.add(first.event.id)
      return storing.error
    }
    if (storing.type === 'lost') {
      this.#broken = new LogError(
        'corrupt',
        `${this.#where()}: the server has fewer lines than this hub has seen (line ${this.#count}); was it restored from a backup, or the stream truncated? Start the hub again to go on from what is there`,
      )
      return this.#broken
    }
    if (this.#doubts.has(storing.by.id)) {
      this.#broken = new LogError(
        'io',
        `${this.#where()}: lines that were reported as failed were stored after all (from line ${storing.by.line}); start the hub again: it goes on behind them`,
      )
      return this.#broken
    }
    // now that another line has their only place, no earlier call of ours can come to be stored any more
    this.#doubts.clear()
    return this.#moveOn()
  }

  async #moveOn(): Promise<LogError | null> {
    const again = patience(this.#stream.patienceMs)
    for (;;)
      try {
        this.#count = Math.max(this.#count, await newest(this.#stream))
        return null
      } catch (error) {
        if (!(error instanceof LogError)) throw error
        if (!(error instanceof Unclear) || !(await again())) return error
      }
  }

  #where(): string {
    return `${this.#stream.connection.server}, stream ${this.#stream.name}`
  }
}

function torn(cause: LogError): LogError {
  return new LogError(
    'io',
    `only the first lines of a call could be stored: ${cause.message}; then start the hub again: it goes on behind them`,
    { cause },
  )
}
