import {
  LogError,
  type Beside,
  type Cutting,
  type Durability,
  type EventLog,
  type Position,
  type Stored,
} from '../log.ts'
import { followLines } from './follow.ts'
import { faultOf } from './fault.ts'
import { Link } from './link.ts'
import { countOf } from './entry.ts'
import type { RedisLogOptions } from './options.ts'
import { comparePlaces, placeOf, positionOf } from './position.ts'
import { findLine, newestBefore, newestEntry, readLines, readTail } from './read.ts'
import { cutStream, lastBefore, readBase } from './trim.ts'
import { RedisSidecar } from './sidecar.ts'
import type { Source } from './stream.ts'
import { wait } from './wait.ts'
import { closed, Writer } from './writer.ts'

/** How soon a server that went away is asked again. Milliseconds. */
const againMs = 100

export interface RedisLog extends EventLog {
  /** Told when the server goes away, with why, and (null) when it can be used again. Returns its own removal. */
  onAway(listener: (away: LogError | null) => void): () => void
}

/**
 * Opens the stream of a site on a Redis server, 6.2 or newer, as one of its writers. `durable` and `live` are the same
 * here: `append` resolves on the server's answer, and how much that survives is the server's setting. With
 * `appendfsync always` it is on the server's disk; with `everysec` up to about two seconds of it are lost with the server's
 * power, and nothing with the death of the server's process or of this one; without an append-only file everything
 * since the newest snapshot is lost with the server's process.
 * @throws LogError in bounded time where there is no server, at once where a setting is wrong
 */
export async function openRedisLog(options: RedisLogOptions): Promise<RedisLog> {
  const link = new Link(options)
  await link.open()
  const log = new StreamLog(options, link)
  try {
    await log.sidecar.load()
    return log
  } catch (cause) {
    await log.close()
    throw faultOf(cause, link.address)
  }
}

/** As {@link openRedisLog}, without waiting: it is away until the server is there, and `onAway` tells. */
export function openRedisLogLater(options: RedisLogOptions): RedisLog {
  const link = new Link(options)
  link.start()
  const log = new StreamLog(options, link)
  // what cannot be loaded is brought with the lines that commit to it
  log.onAway((away) => void (away === null && log.sidecar.load().catch(() => {})))
  return log
}

class StreamLog implements RedisLog {
  readonly shared = true
  readonly #options: RedisLogOptions
  readonly #link: Link
  readonly #writer: Writer
  readonly sidecar: RedisSidecar
  /** What ends when the log is closed. */
  readonly #ends = new Set<() => void>()
  #closing: Promise<void> | null = null

  constructor(options: RedisLogOptions, link: Link) {
    this.#options = options
    this.#link = link
    this.sidecar = new RedisSidecar(link, options.site, options.keysIn ?? (() => []))
    this.#writer = new Writer(link, this.sidecar)
  }

  async head(): Promise<Position | null> {
    const newest = await newestEntry(this.#open())
    return newest === null ? null : positionOf(newest.id, countOf(newest) - 1)
  }

  append(
    bodies: readonly string[],
    _durability: Durability,
    beside?: Beside,
  ): Promise<readonly Position[]> {
    if (bodies.some((body) => !storable(body)))
      return Promise.reject(
        new TypeError(
          'a body must have no line feed and no lone surrogate: it is one line of UTF-8',
        ),
      )
    return this.#writer.append(bodies, beside)
  }

  /** The generator itself: to hand its lines on would cost as much again for each. */
  read(after: Position | null, signal: AbortSignal): AsyncIterable<Stored> {
    return readLines(() => this.#open(), after, signal)
  }

  async *follow(after: Position | null, signal: AbortSignal): AsyncGenerator<readonly Stored[]> {
    const followed = {
      options: this.#options,
      link: this.#link,
      check: () => void this.#open(),
      onClose: (end: () => void) => {
        this.#ends.add(end)
        return () => this.#ends.delete(end)
      },
    }
    for await (const lines of followLines(followed, after, signal)) {
      await this.#bring(lines, signal)
      if (signal.aborted) return
      yield lines
    }
  }

  /** Waits for a server that is away, as following does: what stands beside a line is there before the line is seen. */
  async #bring(lines: readonly Stored[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted)
      try {
        await this.sidecar.bring(lines)
        return
      } catch (error) {
        this.#open()
        if (!(error instanceof LogError) || error.code !== 'io') throw error
        await wait(againMs, signal)
      }
  }

  async tail(count: number): Promise<readonly Stored[]> {
    return readTail(this.#open(), count)
  }

  async before(at: number): Promise<Position | null> {
    return newestBefore(this.#open(), at, this.#options.timeOf)
  }

  async find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null> {
    return findLine(this.#open(), needle, after, signal)
  }

  compare(a: Position, b: Position): number {
    return comparePlaces(placeOf(a), placeOf(b))
  }

  onAway(listener: (away: LogError | null) => void): () => void {
    return this.#link.onAway(listener)
  }

  get cutting(): Cutting {
    return {
      base: () => readBase(this.#open()),
      cuttable: async (limit) => lastBefore(this.#open(), limit),
      cut: (base) => cutStream(this.#open(), base),
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const end of [...this.#ends]) end()
    await this.#writer.close()
    await this.#link.close()
  }

  /** @throws LogError `closed` */
  #open(): Source {
    if (this.#closing !== null) throw closed()
    return this.#link.source
  }
}

/** Whether `body` comes back as it went in. */
function storable(body: string): boolean {
  // ES2024, in Node since 20, but not yet in the library that TypeScript is told of
  const text = body as string & { isWellFormed(): boolean }
  return !body.includes('\n') && text.isWellFormed()
}
