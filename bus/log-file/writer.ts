import { type Durability, LogError, type Position } from '../log.ts'
import { type Call, type Commit, commitOf, resolveCalls, takeCalls } from './calls.ts'
import { errno } from './disk.ts'
import type { Output } from './output.ts'
import type { Mark } from './scan.ts'
import type { Extent } from './segment.ts'

/** 40 ms: with a late timer and the sync itself, `live` lines are on the disk within the 50 ms that are promised. */
const liveSyncMs = 40

/** What the system says where there is no room: of the disk, of a quota, of a file. */
const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * The one writer of an open log: group commit. A write and an fdatasync may be under way at the same time, never two of
 * either. It is open until `close`, or until the storage fails in a way that leaves in doubt what is kept.
 */
export class Writer {
  readonly #dir: string
  readonly #output: Output
  readonly #segmentBytes: number
  /** Called when more lines may be seen. */
  readonly #advanced: () => void
  #visible: Mark
  readonly #queue: Call[] = []
  /** The calls of the write under way. */
  #current: readonly Call[] = []
  /** Written commits with durable calls that no fdatasync has covered yet, oldest first. */
  readonly #unsynced: Commit[] = []
  #syncing: Promise<void> | null = null
  /** Whether bytes were written since the last fdatasync began. */
  #dirty = false
  #writing = false
  #scheduled = false
  #liveTimer: NodeJS.Timeout | null = null
  #failure: LogError | null = null
  #closing: Promise<void> | null = null
  #onTurn: (() => void)[] = []

  constructor(dir: string, output: Output, segmentBytes: number, advanced: () => void) {
    this.#dir = dir
    this.#output = output
    this.#segmentBytes = segmentBytes
    this.#advanced = advanced
    this.#visible = output.end
  }

  /** The newest line's number that was written, visible or not. */
  get newest(): number {
    return this.#output.end.seq
  }

  /** The newest line's number that may be seen; 0 for none. */
  get head(): number {
    return this.#visible.seq
  }

  get extent(): Extent {
    const { seq, offset } = this.#visible
    return { segments: this.#output.segments, cut: this.#output.cut, head: seq, end: offset }
  }

  /** Lines up to there are not read any more; their files may go. */
  cutUpTo(cut: number): void {
    this.#output.cutUpTo(cut)
  }

  append(bodies: readonly string[], durability: Durability): Promise<readonly Position[]> {
    const refusal = this.#failure ?? (this.#closing === null ? null : closed())
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      this.#queue.push({ bodies, lines: bodies.length, durability, resolve, reject })
      this.#schedule()
    })
  }

  /** Writes and syncs what is under way, then closes the file. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    while (this.#writing || this.#queue.length > 0)
      await new Promise<void>((resolve) => this.#onTurn.push(resolve))
    await this.#flush()
    await this.#syncing
    await this.#output.close()
    if (this.#failure !== null) throw this.#failure
  }

  /** After the promises of this turn, so that callers who were just answered and call again are one commit. */
  #schedule(): void {
    if (this.#scheduled || this.#writing) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      void this.#turn()
    })
  }

  async #turn(): Promise<void> {
    if (this.#writing) return
    const calls = takeCalls(this.#queue, this.#allowed())
    if (calls.length > 0) {
      this.#writing = true
      this.#current = calls
      await this.#commit(calls)
      this.#current = []
      this.#writing = false
    }
    if (this.#unsynced.length > 0) void this.#sync()
    if (this.#queue.length > 0 && this.#allowed() > 0) this.#schedule()
    for (const wake of this.#onTurn.splice(0)) wake()
  }

  /** How many calls may be written now: while a sync is under way, up to the last that does not wait for the next. */
  #allowed(): number {
    return this.#syncing === null
      ? Infinity
      : this.#queue.findLastIndex((call) => call.durability === 'live') + 1
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    let commit: Commit
    try {
      if (this.#output.end.offset >= this.#segmentBytes) await this.#roll()
      commit = commitOf(calls, this.#output.end)
      await this.#output.write(commit.bytes, commit.end)
    } catch (cause) {
      await this.#takeBack(calls, cause)
      return
    }
    // an fdatasync that failed meanwhile has failed these calls too
    if (this.#failure !== null) return
    this.#dirty = true
    if (calls.some((call) => call.durability === 'durable')) this.#unsynced.push(commit)
    else this.#liveTimer ??= setTimeout(() => this.#liveDue(), liveSyncMs).unref()
    this.#show()
    resolveCalls(commit, 'live')
  }

  /** Syncs all that is written so far. One at a time; never rejects: a failure is told to every waiting call. */
  #sync(): Promise<void> {
    this.#syncing ??= this.#syncNow()
    return this.#syncing
  }

  async #syncNow(): Promise<void> {
    const covered = this.#unsynced.length
    this.#dirty = false
    if (this.#liveTimer !== null) clearTimeout(this.#liveTimer)
    this.#liveTimer = null
    try {
      await this.#output.sync()
    } catch (cause) {
      this.#fail(cause)
      return
    } finally {
      this.#syncing = null
    }
    const done = this.#unsynced.splice(0, covered)
    this.#show()
    for (const commit of done) resolveCalls(commit, 'durable')
    if (this.#unsynced.length > 0 || this.#queue.length > 0) this.#schedule()
  }

  #liveDue(): void {
    this.#liveTimer = null
    // one that began before these bytes were written does not cover them
    void (this.#syncing ?? Promise.resolve()).then(() => (this.#dirty ? this.#sync() : null))
  }

  async #flush(): Promise<void> {
    while (this.#failure === null && (this.#dirty || this.#syncing !== null)) await this.#sync()
  }

  /** Goes on in a new file. The old one is synced first, so that only the newest segment can have a torn tail. */
  async #roll(): Promise<void> {
    await this.#flush()
    if (this.#failure !== null) throw this.#failure
    const next = await this.#output.create()
    try {
      await this.#output.moveTo(next)
    } catch (cause) {
      this.#fail(cause)
      throw cause
    }
    this.#visible = this.#output.end
  }

  /** A write failed: what was written before is settled first, so that ends are told in the order of the calls. */
  async #takeBack(calls: readonly Call[], cause: unknown): Promise<void> {
    await this.#flush()
    if (this.#failure !== null) return
    try {
      await this.#output.cutBack()
    } catch (error) {
      this.#fail(error)
      return
    }
    const error = writeFailure(this.#dir, cause)
    for (const call of [...calls, ...this.#queue.splice(0)]) call.reject(error)
  }

  /** For good: nobody knows any more what the disk has. In the order of the calls. */
  #fail(cause: unknown): void {
    this.#failure ??= new LogError(
      'io',
      `${this.#dir}: the disk failed to keep the log (${errno(cause)}); nothing more is accepted, because what was written may be lost; check the disk, then start the hub again`,
      { cause },
    )
    const durable = this.#unsynced
      .splice(0)
      .flatMap(({ calls }) => calls.filter((call) => call.durability === 'durable'))
    for (const call of [...durable, ...this.#current, ...this.#queue.splice(0)])
      call.reject(this.#failure)
    for (const wake of this.#onTurn.splice(0)) wake()
  }

  #show(): void {
    const mark = this.#unsynced[0]?.ready ?? this.#output.end
    if (mark.seq <= this.#visible.seq) return
    this.#visible = mark
    this.#advanced()
  }
}

/** What every method of a closed log answers. */
export function closed(): LogError {
  return new LogError('closed', 'this log is closed; open it again')
}

function writeFailure(dir: string, cause: unknown): LogError {
  const code = errno(cause)
  return noRoom.has(code)
    ? new LogError(
        'full',
        `${dir}: no space left for the log (${code}); nothing of this call was stored; free space and go on`,
        { cause },
      )
    : new LogError(
        'io',
        `${dir}: the log could not be written (${code}); nothing of this call was stored; check the disk and try again`,
        { cause },
      )
}
