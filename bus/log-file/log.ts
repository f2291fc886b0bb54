import { resolve } from 'node:path'
import {
  type Cutting,
  type Durability,
  type EventLog,
  LogError,
  type Position,
  type Stored,
} from '../log.ts'
import { baseOf, removeUpTo, writeBase } from './base.ts'
import { type Disk, errno, realDisk } from './disk.ts'
import { findRecord } from './find.ts'
import { makeFolder } from './folder.ts'
import { type Lock, takeLock } from './lock.ts'
import { Output } from './output.ts'
import { positionOf, seqOf, seqWithin } from './position.ts'
import { newestBefore, readBatches, readRecords, readTail, type Start } from './records.ts'
import { openSegments, type Recovered } from './recover.ts'
import { closed, Writer } from './writer.ts'

/** 16 MiB: some ten milliseconds to scan at start-up, and few enough files for years. */
const defaultSegmentBytes = 16 * 1024 * 1024

export interface FileLogOptions {
  /** When a body was stamped, in ms since the epoch: for {@link EventLog.before}, which knows no intents. */
  readonly timeOf: (body: string) => number
  /** A new segment begins after the commit that reaches this size, in bytes, from 1; 16 MiB by default. */
  readonly segmentBytes?: number
  /** The system calls; tests put faults in their place. */
  readonly disk?: Disk
}

export interface FileLog extends EventLog {
  /** The torn tail that was cut at this opening; null where there was none. */
  readonly recovered: Recovered | null
}

/**
 * Opens the journal in folder `dir`, which is made where it is missing, and locks it until `close` or the process ends.
 * @throws LogError `locked`, `corrupt`, `full` or `io`
 */
export async function openFileLog(dir: string, options: FileLogOptions): Promise<FileLog> {
  const folder = resolve(dir)
  let lock: Lock | null = null
  try {
    await makeFolder(folder)
    lock = await takeLock(folder)
    const opened = await openSegments(folder)
    const output = new Output(opened, options.disk ?? realDisk)
    const bytes = options.segmentBytes ?? defaultSegmentBytes
    return new SegmentedLog(
      folder,
      opened.recovered,
      lock,
      options.timeOf,
      (advanced) => new Writer(folder, output, bytes, advanced),
    )
  } catch (cause) {
    await lock?.release()
    if (cause instanceof LogError) throw cause
    throw new LogError(
      errno(cause) === 'ENOSPC' ? 'full' : 'io',
      `${folder}: cannot open the log (${errno(cause)}); check the folder, its rights and its disk`,
      { cause },
    )
  }
}

class SegmentedLog implements FileLog {
  readonly shared = false
  readonly recovered: Recovered | null
  readonly #folder: string
  readonly #lock: Lock
  readonly #timeOf: (body: string) => number
  readonly #writer: Writer
  /** Those who follow and have seen all. */
  readonly #waiting = new Set<() => void>()
  #closing: Promise<void> | null = null

  constructor(
    folder: string,
    recovered: Recovered | null,
    lock: Lock,
    timeOf: (body: string) => number,
    writer: (advanced: () => void) => Writer,
  ) {
    this.#folder = folder
    this.recovered = recovered
    this.#lock = lock
    this.#timeOf = timeOf
    this.#writer = writer(() => this.#wake())
  }

  async head(): Promise<Position | null> {
    const { head } = this.#open()
    return head === 0 ? null : positionOf(head)
  }

  append(bodies: readonly string[], durability: Durability): Promise<readonly Position[]> {
    for (const body of bodies) {
      if (!storable(body))
        return Promise.reject(
          new TypeError(
            'a body must have no line feed and no lone surrogate: it is one line of UTF-8',
          ),
        )
    }
    return this.#writer.append(bodies, durability)
  }

  read(after: Position | null, signal: AbortSignal): AsyncIterable<Stored> {
    return readRecords(() => this.#start(after), signal)
  }

  async *follow(after: Position | null, signal: AbortSignal): AsyncGenerator<readonly Stored[]> {
    let seen = seqWithin(after, this.#open().newest)
    while (!signal.aborted) {
      const { head, extent } = this.#open()
      if (head <= seen) {
        await this.#advance(signal)
        continue
      }
      for await (const batch of readBatches(extent, seen, signal)) {
        if (signal.aborted) return
        if (batch.length > 0) yield batch
        seen += batch.length
      }
    }
  }

  async tail(count: number): Promise<readonly Stored[]> {
    return readTail(this.#open().extent, count)
  }

  async before(at: number): Promise<Position | null> {
    return newestBefore(this.#open().extent, at, this.#timeOf)
  }

  async find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null> {
    const start = this.#start(after)
    return findRecord(start.extent, needle, start.after, signal)
  }

  get cutting(): Cutting {
    return {
      base: () => baseOf(this.#folder),
      cuttable: async (limit) => {
        const { extent } = this.#open()
        const ends = extent.segments.slice(1).map(({ first }) => first - 1)
        const end = ends.findLast((seq) => seq <= seqOf(limit))
        return end === undefined || end <= extent.cut ? null : positionOf(end)
      },
      cut: async (base) => {
        await writeBase(this.#folder, base)
        const cut = seqOf(base.after)
        this.#open().cutUpTo(cut)
        await removeUpTo(this.#folder, cut)
      },
    }
  }

  compare(a: Position, b: Position): number {
    return seqOf(a) - seqOf(b)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#writer.close()
    } finally {
      await this.#lock.release()
      this.#wake()
    }
  }

  #start(after: Position | null): Start {
    const { extent, newest } = this.#open()
    return { extent, after: seqWithin(after, newest) }
  }

  #open(): Writer {
    if (this.#closing !== null) throw closed()
    return this.#writer
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Until there may be more to see, or `signal` aborts. */
  #advance(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
      this.#waiting.add(wake)
    })
  }
}

/** Whether `body` comes back as it went in. */
function storable(body: string): boolean {
  // ES2024, in Node since 20, but not yet in the library that TypeScript is told of
  const text = body as string & { isWellFormed(): boolean }
  return !body.includes('\n') && text.isWellFormed()
}
