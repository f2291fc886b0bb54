import type { Brand } from '../intents/id.ts'

/** Where a line stands in the log: opaque to all but its engine; ordered by {@link EventLog.compare}. */
export type Position = Brand<string, 'Position'>

export interface Stored {
  readonly position: Position
  /** The exact text that was appended; hashed as it stands, never re-serialised. */
  readonly body: string
}

/**
 * How much a line survives before `append` resolves. `durable`: power loss (fdatasync). `live`: the death of this
 * process, and power loss after at most 50 ms.
 */
export type Durability = 'durable' | 'live'

/** Texts that are kept beside the lines and, unlike them, can be erased; by keys that have no space or line feed. */
export type Beside = ReadonlyMap<string, string>

/** What an engine keeps beside its lines. All of it is at hand: for texts that are few. */
export interface Sidecar {
  /** What is kept under `key`; undefined for nothing, or nothing any more. */
  get(key: string): string | undefined
  /** How many there are. */
  size(): number
  /** Lets go of what somebody else has erased, or will. */
  forget(keys: readonly string[]): void
  /** Resolves when none of it is stored any more; to how many were. @throws LogError */
  erase(keys: readonly string[]): Promise<number>
}

/** What stands in the place of lines that were cut off at the beginning. */
export interface LogBase {
  /** The newest line that was cut off. */
  readonly after: Position
  /** What its user made of all lines up to there; opaque. */
  readonly text: string
}

/** Of engines that can be cut at their beginning. */
export interface Cutting {
  /** What stands in the place of lines that were cut, or are about to be; null: all lines are there. */
  base(): Promise<LogBase | null>
  /** The newest line, `limit` or before it, up to which all can be cut; null: nothing can. The newest line always stays. */
  cuttable(limit: Position): Promise<Position | null>
  /**
   * Cuts all lines up to `base.after`, which {@link cuttable} gave. `base` MUST be durable before anything is cut. After a crash
   * lines may be left that should be gone: a call with the same base ends it. @throws LogError
   */
  cut(base: LogBase): Promise<void>
}

/** The only port that storage engines implement. It stores lines and knows no intents. */
export interface EventLog {
  /**
   * Whether other hubs append to it as well. Then an order of all entries is known from {@link follow} only.
   */
  readonly shared: boolean
  /** The newest line's position; null for an empty log. */
  head(): Promise<Position | null>
  /**
   * Appends in order, all or none. MUST NOT resolve before the lines are as durable as asked. Calls are stored in
   * the order in which they were made. When one fails, every call made before that failure was reported MUST fail
   * too, so that the caller's chain has no hole; later calls are tried afresh. Bodies contain no line feed.
   * A line is visible to the other methods once it and all before it are as durable as asked.
   * @param beside only with a {@link sidecar}: MUST be at least as durable as the lines, before they are visible, and at
   *   hand for whoever sees them; where they are not stored, it MUST NOT be kept either
   * @throws LogError
   */
  append(
    bodies: readonly string[],
    durability: Durability,
    beside?: Beside,
  ): Promise<readonly Position[]>
  /** Absent where the beginning cannot be cut. `read` goes on after what was cut for `null` and for its newest line. */
  readonly cutting?: Cutting | undefined
  /** Absent where nothing can be kept beside the lines. */
  readonly sidecar?: Sidecar | undefined
  /** What is stored after `after` (from the start: null), in order; ends at the head of the moment. */
  read(after: Position | null, signal: AbortSignal): AsyncIterable<Stored>
  /**
   * As `read`, and then on: never ends before `signal` aborts. MUST report a gap, never skip one. As many lines at a
   * time as are there, at least one: who folds them pays for a turn of the event loop once.
   */
  follow(after: Position | null, signal: AbortSignal): AsyncIterable<readonly Stored[]>
  /** The newest `count` lines, oldest first, without reading the rest of the log. */
  tail(count: number): Promise<readonly Stored[]>
  /** The newest position whose lines were all stamped before `at` (ms since the epoch); null: the start. */
  before(at: number): Promise<Position | null>
  /**
   * The first line after `after` (from the start: null) whose stored bytes contain `needle`; null where none does.
   * An exact search over the stored bytes, for rare look-ups of an old id; `needle` is not a pattern.
   * @throws LogError
   */
  find(needle: string, after: Position | null, signal: AbortSignal): Promise<Stored | null>
  compare(a: Position, b: Position): number
  /**
   * Only of an engine whose storage can go away and come back: told when it goes away, with why, and (null) when it can
   * be used again. While it is away `append` MUST reject at once with `io`, although an earlier call may still be under way:
   * that one ends when it is known whether it was stored, and never otherwise than it was. Returns its own removal.
   */
  onAway?(listener: (away: LogError | null) => void): () => void
  /**
   * Only of a log that may go on alone while it is cut off from the others: whether a line's place will be another one
   * once they have it. Such a position is for answers and for reading on, and MUST NOT be kept.
   */
  isProvisional?(position: Position): boolean
  /** Waits for what is under way, makes everything durable, and releases the log. Idempotent. */
  close(): Promise<void>
}

export type LogErrorCode =
  /** No space left: nothing of the call was stored; free space and go on. */
  | 'full'
  /** Another process has this log open. */
  | 'locked'
  /** A bad record before the tail. */
  | 'corrupt'
  /** This log has no such position: not of its form, or beyond its newest line, so that lines are missing. */
  | 'position'
  /** The storage failed; after a failed fsync the log refuses every further append. */
  | 'io'
  | 'closed'

/** The one error of the log port; `message` says what to do. */
export class LogError extends Error {
  override readonly name = 'LogError'
  readonly code: LogErrorCode
  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
