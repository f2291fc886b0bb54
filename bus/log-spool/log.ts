import {
  LogError,
  type Cutting,
  type Durability,
  type EventLog,
  type Position,
  type Sidecar,
  type Stored,
} from '../log.ts'
import { Drain } from './drain.ts'
import { Outbox, type Call } from './outbox.ts'
import { untilAborted } from './until-aborted.ts'
import { compareSpooled, spoolPlace, spoolPosition } from './position.ts'
import { beginSpool, type Spool, type SpoolOptions } from './spool.ts'

/** A shared log whose server can go away. */
export type ServerLog = EventLog & Required<Pick<EventLog, 'onAway'>>

/**
 * A shared log with a spool beside it: while the server is away its user may go on alone, on this machine's disk, and
 * bring what was written there to the shared log later. Its user decides when: see `README.md` for the order of calls.
 *
 * What waits for the server waits, and is not refused, until the one or the other is decided.
 */
export interface SpoolLog extends EventLog {
  isProvisional(position: Position): boolean
  /** Why the server cannot be used; null while it can. */
  server(): LogError | null
  /** Told when the server goes away, with why, and (null) when it is back. Returns its own removal. */
  onServer(listener: (away: LogError | null) => void): () => void
  /** How long the oldest append has waited for the server. Milliseconds; 0 where none waits. */
  waitsMs(): number
  /** From now on nothing waits for a server that is away: what it was not given is refused. For who is about to close. */
  hasten(): void
  /** Whether what is appended goes to the spool. */
  isAlone(): boolean
  /**
   * Nothing is given to the server from now on, though it may be there, until `leave` or `stay`. Who follows may stop, and
   * nothing that is stored meanwhile is missed.
   */
  hold(): void
  stay(): void
  /**
   * After `hold`: from here on lines go to the spool, first of all those that the server was given and has not answered: MUST be
   * called while nobody follows, with the position up to which it was followed. @throws LogError where the disk says no: then
   * all that waits is refused, and what comes until the server is back
   */
  leave(after: Position | null): Promise<void>
  /** The shared log by itself, whatever is written alone. */
  readonly there: EventLog
  /**
   * Brings what the spool has at this moment to the shared log, while more may come; resolves to where the newest line of
   * it stands there. @throws LogError as `Drain.run`
   */
  drain(): Promise<Position | null>
  /**
   * New appends wait from now on, until `rejoin` or `resume`; resolves to the spool's last line, written, and still to be
   * got by who follows.
   */
  pause(): Promise<Position | null>
  resume(): void
  /**
   * The spool goes, and what is appended goes to the shared log again, first what waits. MUST be called after `pause` and a
   * `drain` after that, while nobody follows. @throws LogError where the disk says no
   */
  rejoin(): Promise<void>
}

export interface SpoolLogParts {
  readonly shared: ServerLog
  /** Whose chain is written: bodies end with its name, as `encodeEntry` writes them. */
  readonly hub: string
  readonly options: SpoolOptions
  /** What the last process left: this one goes on with it, alone. */
  readonly left: Spool | null
}

export function openSpoolLog(parts: SpoolLogParts): SpoolLog {
  return new TwoPlaces(parts)
}

class TwoPlaces implements SpoolLog {
  readonly shared = true
  readonly #log: ServerLog
  readonly #hub: string
  readonly #options: SpoolOptions
  readonly #outbox: Outbox
  readonly #listeners = new Set<(away: LogError | null) => void>()
  readonly #off: () => void
  #away: LogError | null = null
  #isHasty = false
  /** The disk said no when it was needed, or nobody is to wait: nothing is taken until the server is back. */
  #refusing: LogError | null = null
  /** null while everything is in the shared log. */
  #alone: { readonly spool: Spool; readonly drain: Drain } | null = null
  /** Appends wait because the last of the spool is on its way. */
  #paused = false
  #closing: Promise<void> | null = null

  constructor({ shared, hub, options, left }: SpoolLogParts) {
    this.#log = shared
    this.#hub = hub
    this.#options = options
    this.#outbox = new Outbox(shared, () => this.#away !== null)
    if (left !== null) this.#goAlone(left)
    this.#off = shared.onAway((away) => {
      this.#away = away
      this.#refusing = away !== null && this.#isHasty ? away : null
      if (this.#refusing !== null) this.#outbox.refuse(away)
      this.#outbox.pump()
      for (const listener of [...this.#listeners]) listener(away)
    })
  }

  get sidecar(): Sidecar | undefined {
    return this.#log.sidecar
  }

  get cutting(): Cutting | undefined {
    return this.#log.cutting
  }

  get there(): EventLog {
    return this.#log
  }

  server(): LogError | null {
    return this.#away
  }

  onServer(listener: (away: LogError | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  waitsMs(): number {
    return this.#outbox.waitsMs()
  }

  hasten(): void {
    this.#isHasty = true
    this.#refusing = this.#away
    if (this.#away !== null) this.#outbox.refuse(this.#away)
  }

  isAlone(): boolean {
    return this.#alone !== null
  }

  isProvisional(position: Position): boolean {
    return spoolPlace(position) !== null
  }

  append(bodies: readonly string[], durability: Durability): Promise<readonly Position[]> {
    if (this.#closing !== null) return Promise.reject(closed())
    if (this.#alone !== null && !this.#paused) return spooled(this.#alone.spool, bodies, durability)
    return this.#refusing === null
      ? this.#outbox.append(bodies, durability)
      : Promise.reject(this.#refusing)
  }

  hold(): void {
    this.#outbox.hold(true)
  }

  stay(): void {
    this.#outbox.hold(false)
  }

  async leave(after: Position | null): Promise<void> {
    if (this.#alone !== null) return
    try {
      this.#goAlone(await beginSpool(this.#options, after))
    } catch (error) {
      this.#refusing = error instanceof LogError ? error : null
      this.#outbox.hold(false) // what the server answered meanwhile counts
      this.#outbox.refuse(error)
      throw error
    } finally {
      this.#outbox.hold(false)
    }
  }

  #goAlone(spool: Spool): void {
    this.#alone = { spool, drain: new Drain(this.#log, spool, this.#hub) }
    // what was given to the server and is not there will come to it by the spool, and what is there is found there
    for (const call of this.#outbox.take()) handOver(spool, call)
  }

  drain(): Promise<Position | null> {
    return this.#alone === null ? this.#log.head() : this.#alone.drain.run()
  }

  async pause(): Promise<Position | null> {
    this.#outbox.hold(true)
    this.#paused = true
    await this.#alone?.spool.log.append([], 'durable') // what is under way is written
    return this.head()
  }

  resume(): void {
    this.#paused = false
    if (this.#alone !== null)
      for (const call of this.#outbox.take()) handOver(this.#alone.spool, call)
    this.#outbox.hold(false)
  }

  async rejoin(): Promise<void> {
    await this.#alone?.spool.clear()
    this.#alone = null
    this.resume()
  }

  async head(): Promise<Position | null> {
    const spool = this.#open()
    if (spool === null) return this.#log.head()
    const head = await spool.log.head()
    return head === null ? spool.base : spoolPosition({ base: spool.base, seq: Number(head) })
  }

  async *read(after: Position | null, signal: AbortSignal): AsyncGenerator<Stored> {
    const spool = this.#open()
    if (spool === null) {
      yield* this.#log.read(sharedPart(after), signal)
      return
    }
    let from = this.#within(spool, after)
    if (from === null) {
      yield* this.#before(spool.base, sharedPart(after), signal)
      from = '0' as Position // before its first line
    }
    for await (const stored of spool.log.read(seqAfter(from), signal)) yield inSpool(spool, stored)
  }

  async *follow(after: Position | null, signal: AbortSignal): AsyncGenerator<readonly Stored[]> {
    const spool = this.#open()
    if (spool === null) {
      for await (const lines of untilAborted(this.#log.follow(sharedPart(after), signal), signal)) {
        this.#outbox.came(lines)
        yield lines
      }
      return
    }
    let from = this.#within(spool, after)
    if (from === null) {
      for await (const stored of this.#before(spool.base, sharedPart(after), signal)) yield [stored]
      from = '0' as Position
    }
    for await (const lines of spool.log.follow(seqAfter(from), signal))
      yield lines.map((stored) => inSpool(spool, stored))
  }

  /** While alone: of what was written alone only, because the rest is with the server. */
  async tail(count: number): Promise<readonly Stored[]> {
    const spool = this.#open()
    if (spool === null) return this.#log.tail(count)
    return (await spool.log.tail(count)).map((stored) => inSpool(spool, stored))
  }

  async before(at: number): Promise<Position | null> {
    const spool = this.#open()
    if (spool === null) return this.#log.before(at)
    const own = await spool.log.before(at)
    if (own !== null) return spoolPosition({ base: spool.base, seq: Number(own) })
    const shared = spool.base === null ? null : await this.#log.before(at)
    return shared === null || this.compare(shared, spool.base ?? shared) < 0 ? shared : spool.base
  }

  async find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null> {
    const spool = this.#open()
    if (spool === null) return this.#log.find(needle, sharedPart(after), signal)
    const from = this.#within(spool, after)
    if (from === null) {
      const found = await this.#log.find(needle, sharedPart(after), signal)
      if (found !== null && spool.base !== null && this.compare(found.position, spool.base) <= 0)
        return found
    }
    const own = await spool.log.find(needle, from === null ? null : seqAfter(from), signal)
    return own === null ? null : inSpool(spool, own)
  }

  compare(a: Position, b: Position): number {
    return compareSpooled(a, b, (one, two) => this.#log.compare(one, two))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#alone?.spool.log.close()
    await this.#log.close()
    this.#outbox.hold(false)
    await this.#outbox.answered()
    this.#off()
    for (const { reject } of this.#outbox.take()) reject(closed())
  }

  /** The spool in use, null for none. @throws LogError `closed` */
  #open(): Spool | null {
    if (this.#closing !== null) throw closed()
    return this.#alone?.spool ?? null
  }

  /** Where in `spool` one is who has seen `after`, as a line's number; null: before it, in the shared log. */
  #within(spool: Spool, after: Position | null): Position | null {
    if (after === spool.base) return '0' as Position
    const place = spoolPlace(after)
    return place === null || place.base !== spool.base ? null : (String(place.seq) as Position)
  }

  /** What of the shared log comes after `after` and before the spool. */
  async *#before(
    base: Position | null,
    after: Position | null,
    signal: AbortSignal,
  ): AsyncGenerator<Stored> {
    for await (const stored of this.#log.read(after, signal)) {
      if (base === null || this.#log.compare(stored.position, base) > 0) return
      yield stored
    }
  }
}

/** Numbers of the file log begin with 1: before the first is its start. */
function seqAfter(number: Position): Position | null {
  return number === '0' ? null : number
}

/** For who has read on alone and goes on when the shared log has it all: from where the spool began, so that nothing is missed. */
function sharedPart(after: Position | null): Position | null {
  const place = spoolPlace(after)
  return place === null ? after : place.base
}

function inSpool({ base }: Spool, { position, body }: Stored): Stored {
  return { position: spoolPosition({ base, seq: Number(position) }), body }
}

async function spooled(
  { base, log }: Spool,
  bodies: readonly string[],
  durability: Durability,
): Promise<readonly Position[]> {
  const positions = await log.append(bodies, durability)
  return positions.map((position) => spoolPosition({ base, seq: Number(position) }))
}

function handOver(spool: Spool, { bodies, durability, resolve, reject }: Call): void {
  spooled(spool, bodies, durability).then(resolve, reject)
}

function closed(): LogError {
  return new LogError('closed', 'this log is closed; open it again')
}
