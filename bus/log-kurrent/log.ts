import { type Durability, type EventLog, LogError, type Position, type Stored } from '../log.ts'
import { type Connection, openConnection } from './client.ts'
import { followAfter, following } from './follow.ts'
import { lineOf, lineWithin, positionOf } from './position.ts'
import { newest, pageLines, read, type Stream, streamOf } from './stream.ts'
import { Writer } from './writer.ts'

/** 5 s: a server that is started again is back by then, and a person waits no longer for an answer. */
const defaultPatienceMs = 5000

export interface KurrentLogOptions {
  /** `esdb://[user:password@]host:port[?tls=false]`, as the server's documents describe it. */
  readonly url: string
  /** The site: its journal is one stream. */
  readonly site: string
  /** When a body was stamped, in ms since the epoch: for {@link EventLog.before}, which knows no intents. */
  readonly timeOf: (body: string) => number
  /** How long a call goes on trying while the server does not answer. Milliseconds; 5,000 by default. */
  readonly patienceMs?: number
}

/**
 * Opens the journal of a site on a server, where it may be empty.
 * @throws LogError `io` where the server does not answer, or not to us: the message says what to do
 */
export async function openKurrentLog(options: KurrentLogOptions): Promise<EventLog> {
  const connection = openConnection(options.url)
  try {
    const patienceMs = options.patienceMs ?? defaultPatienceMs
    const stream: Stream = { connection, name: streamOf(options.site), patienceMs }
    return new KurrentLog(connection, stream, await newest(stream), options.timeOf)
  } catch (error) {
    await connection.close()
    throw error
  }
}

class KurrentLog implements EventLog {
  /** Leases, which several hubs need, are kept with the log on Redis only. */
  readonly shared = false
  readonly #connection: Connection
  readonly #stream: Stream
  readonly #writer: Writer
  readonly #timeOf: (body: string) => number
  readonly #ended = new AbortController()
  #closing: Promise<void> | null = null

  constructor(
    connection: Connection,
    stream: Stream,
    count: number,
    timeOf: (body: string) => number,
  ) {
    this.#connection = connection
    this.#stream = stream
    this.#writer = new Writer(stream, count)
    this.#timeOf = timeOf
  }

  async head(): Promise<Position | null> {
    const head = await newest(this.#open())
    return head === 0 ? null : positionOf(head)
  }

  /** The server acknowledges what is on its disk (in a cluster, of most of its nodes): both classes are the same here. */
  async append(bodies: readonly string[], _durability: Durability): Promise<readonly Position[]> {
    this.#open()
    if (!bodies.every(storable))
      throw new TypeError(
        'a body must have no line feed and no lone surrogate: it is one line of UTF-8',
      )
    return this.#writer.append(bodies)
  }

  async *read(after: Position | null, signal: AbortSignal): AsyncGenerator<Stored> {
    const head = await newest(this.#open())
    let seen = lineWithin(after, head)
    while (seen < head && !signal.aborted) {
      const lines = await read(this.#open(), seen + 1, 'forwards', Math.min(pageLines, head - seen))
      if (lines.length === 0) throw vanished(seen, head)
      for (const line of lines) {
        if (signal.aborted) return
        yield following(line, seen)
        seen++
      }
    }
  }

  async *follow(after: Position | null, signal: AbortSignal): AsyncGenerator<readonly Stored[]> {
    const seen = lineWithin(after, await newest(this.#open()))
    const stop = AbortSignal.any([signal, this.#ended.signal])
    yield* followAfter(this.#stream, seen, stop)
    if (!signal.aborted) throw closed()
  }

  async tail(count: number): Promise<readonly Stored[]> {
    const lines: Stored[] = []
    let wanted = Math.max(0, Math.floor(count))
    let from: number | 'end' = 'end'
    this.#open()
    while (wanted > 0 && from !== 0) {
      const page = await read(this.#open(), from, 'backwards', Math.min(pageLines, wanted))
      const last = page.at(-1)
      if (last === undefined) break
      for (const { line, body } of page) lines.push({ position: positionOf(line), body })
      wanted -= page.length
      from = last.line - 1
    }
    return lines.reverse()
  }

  /** A binary search: right where stamps do not go back from line to line. */
  async before(at: number): Promise<Position | null> {
    let low = 0
    let high = await newest(this.#open())
    // all up to `low` were stamped before, and the first one after `high` was not
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const [line] = await read(this.#open(), middle, 'forwards', 1)
      if (line === undefined) throw vanished(middle, high)
      if (this.#timeOf(following(line, middle - 1).body) < at) low = middle
      else high = middle - 1
    }
    return low === 0 ? null : positionOf(low)
  }

  /** The server searches no bodies: every line after `after` is read until one has it. */
  async find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null> {
    for await (const stored of this.read(after, signal))
      if (stored.body.includes(needle)) return stored
    return null
  }

  compare(a: Position, b: Position): number {
    return lineOf(a) - lineOf(b)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#writer.close()
    } finally {
      this.#ended.abort()
      await this.#connection.close()
    }
  }

  #open(): Stream {
    if (this.#closing !== null) throw closed()
    return this.#stream
  }
}

function closed(): LogError {
  return new LogError('closed', 'this log is closed; open it again')
}

function vanished(after: number, head: number): LogError {
  return new LogError(
    'corrupt',
    `the lines after ${after}, up to ${head}, are gone: the stream was deleted or truncated while it was read`,
  )
}

/** Whether `body` comes back as it went in. */
function storable(body: string): boolean {
  // ES2024, in Node since 20, but not yet in the library that TypeScript is told of
  const text = body as string & { isWellFormed(): boolean }
  return !body.includes('\n') && text.isWellFormed()
}
