// Whether the log was ever silent for longer than a hub that runs may be. The hub that signs records a heartbeat in time;
// nothing is said of a log, or of a hub's run, before its first.

/** A time without an entry although a hub ran. */
export interface Silent {
  /** The line behind it. */
  readonly seq: number
  readonly hub: string
  /** The stamps on both sides. Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
}

/** A line where it stands: the bytes from `from` up to, and without, `end`. */
interface LineBytes {
  readonly bytes: Buffer
  readonly from: number
  readonly end: number
}

interface Beat {
  readonly hub: string
  readonly everyMs: number
  readonly upMs: number
}

/** A cosigned head that stands in the log as an entry: what it says is not looked at yet. */
export interface EntryHead {
  readonly seq: number
  readonly event: Readonly<Record<string, unknown>>
}

/** So many heartbeats may be late or lost, for a machine that is busy. */
const tolerated = 3

/** Follows a log's lines, in constant memory, and remembers the first silence. */
export class Silence {
  found: Silent | null = null
  /** How many heartbeats there were. */
  heard = 0
  /** The first and the newest of them that have cosignatures. */
  heads: readonly EntryHead[] = []
  /** The newest heartbeat; null while none is counted on. */
  #beat: Beat | null = null
  /** Where the line before stands, and its stamp: no object a line, because it is nearly never looked at. null: none. */
  #before: Buffer | null = null
  #beforeFrom = 0
  #beforeEnd = 0
  #beforeAt = 0
  /** A pause in that hub's stamps: a silence, unless its next heartbeat says that only the clock was set. */
  #pause: Silent | null = null

  /** Whether what comes next may still be part of a silence. */
  get isWatching(): boolean {
    return this.#beat !== null && this.found === null
  }

  /**
   * The next line: the bytes from `from` up to, and without, `end`, which MUST stay until the line after it was looked at.
   * `isBeat`: it looks like a heartbeat.
   */
  line(seq: number, at: number, isBeat: boolean, bytes: Buffer, from: number, end: number): void {
    const beat = this.#beat
    if (beat !== null && at - this.#beforeAt > tolerated * beat.everyMs)
      this.#pauseBefore(seq, at, { bytes, from, end })
    if (this.#pause !== null && isOf({ bytes, from, end }, this.#pause.hub, 'HubStarted')) {
      // it was gone meanwhile: its last run ended without a word, as after a loss of power
      this.#pause = null
      this.#beat = null
    }
    if (isBeat) this.#heard(seq, { bytes, from, end })
    this.#before = bytes
    this.#beforeFrom = from
    this.#beforeEnd = end
    this.#beforeAt = at
  }

  #pauseBefore(seq: number, at: number, after: LineBytes): void {
    const hub = this.#beat?.hub ?? ''
    if (this.#before === null) return
    const before = { bytes: this.#before, from: this.#beforeFrom, end: this.#beforeEnd }
    // two hubs have two clocks, and one that has stopped is not silent
    if (isOf(before, hub) && isOf(after, hub) && !isOf(before, hub, 'HubStopped'))
      this.#pause ??= { seq, hub, from: this.#beforeAt, to: at }
    else this.#beat = null
  }

  #heard(seq: number, line: LineBytes): void {
    const { hub, event } = entryOf(line)
    const { type, everyMs, upMs } = event
    if (type !== 'HeadSealed' || typeof everyMs !== 'number' || typeof upMs !== 'number') return
    this.heard++
    if (Array.isArray(event['witnesses']) && Boolean(event['witnesses'][0]))
      this.heads = firstAndNewest([...this.heads, { seq, event }])
    const last = this.#beat
    // by the clock that nobody sets, too
    if (this.#pause !== null && last?.hub === hub && upMs - last.upMs > tolerated * last.everyMs)
      this.found ??= this.#pause
    this.#pause = null
    this.#beat = { hub, everyMs, upMs }
  }
}

/** Of how many cosigned heads among the lines is kept what they say, at each end. */
const keptHeads = 8

/** Of many heads those at both ends: the middle ones say nothing about time that these do not. */
export function firstAndNewest(heads: readonly EntryHead[]): readonly EntryHead[] {
  return heads.length <= 2 * keptHeads
    ? heads
    : [...heads.slice(0, keptHeads), ...heads.slice(-keptHeads)]
}

function isOf(line: LineBytes, hub: string, type?: string): boolean {
  const entry = entryOf(line)
  return entry.hub === hub && (type === undefined || entry.event['type'] === type)
}

interface Entry {
  readonly hub: string
  readonly event: Readonly<Record<string, unknown>>
}

const none: Entry = { hub: '', event: {} }

/** Whose entry a line has, and what it says; of one that is none, nothing. */
function entryOf({ bytes, from, end }: LineBytes): Entry {
  try {
    const { body }: { readonly body?: Partial<Entry> } = JSON.parse(
      bytes.toString('utf8', from, end),
    )
    const { hub, event } = body ?? none
    const isEntry = typeof hub === 'string' && typeof event === 'object' && event !== null
    return isEntry ? { hub, event } : none
  } catch {
    return none // no JSON, or none of an entry: the strict check says so
  }
}
