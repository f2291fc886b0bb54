import { ascii, isAt, viewOf } from './ascii.ts'
import { Silence, type EntryHead, type Silent } from './silence.ts'

// What a verification must understand of the entries themselves. Nearly all lines are passed over after a look at a few
// bytes: an entry is canonical JSON, so its time stands at a fixed place, and after it the first member of its event.

/** What the lines of a file, or of a bundle, say that matters for the verdict. */
export interface Marks {
  /** Entries that may change the log's key: what they say is not looked at yet. */
  readonly changes: readonly { readonly seq: number; readonly event: unknown }[]
  readonly silent: Silent | null
  /** Cosigned heads in entries: the first and the newest. */
  readonly heads: readonly EntryHead[]
}

/** A log changes its key some times in its life. */
const maxChanges = 1000

const body = ascii('"body":{"at":')
const event = ascii(',"event":{"')
const timeDigits = 13
/** `{"$prev":"`, the hash, `","$seq":`, and, behind the number, a comma. */
const beforeSeq = 10 + 44 + 9
/** How the events begin that are looked at: `KeyChanged` with `actor`, a heartbeat with `everyMs`. */
const actor = ascii('actor"')
const every = ascii('everyMs"')

/** Reads the marks of lines that were found good, one after the other. */
export class MarkReader {
  readonly #silence = new Silence()
  readonly #changes: { seq: number; event: unknown }[] = []
  #digits = 0
  #nextDigit = 0
  /** The bytes of the newest line, and a view of them: nearly always the next line is in the same. */
  #bytes: Buffer | null = null
  #view = viewOf(Buffer.alloc(0))

  /** The line number `seq`: the bytes from `from` up to, and without, `end`. */
  line(bytes: Buffer, from: number, end: number, seq: number): void {
    const first = this.#time(bytes, from, end, seq)
    if (first !== null && isAt(this.#view, first, end, actor))
      this.#mayChange(bytes, from, end, seq)
  }

  /** A line of a file that comes next: only whether it ends a silence. False: nothing more can. */
  follow(bytes: Buffer, seq: number): boolean {
    const { heard } = this.#silence
    this.#time(bytes, 0, bytes.length, seq)
    return this.isWatching && this.#silence.heard === heard
  }

  /** Whether lines that follow may still be part of a silence that began here. */
  get isWatching(): boolean {
    return this.#silence.isWatching
  }

  marks(): Marks {
    return { changes: this.#changes, silent: this.#silence.found, heads: this.#silence.heads }
  }

  /** Where the first member of the event begins; null where the line has none in it. */
  #time(bytes: Buffer, from: number, end: number, seq: number): number | null {
    if (seq >= this.#nextDigit) {
      this.#digits = String(seq).length
      this.#nextDigit = 10 ** this.#digits
    }
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = viewOf(bytes)
    }
    const view = this.#view
    const start = from + beforeSeq + this.#digits + 1
    const first = start + body.length + timeDigits + event.length
    if (!isAt(view, start, end, body)) return null // one whose body is somewhere else
    if (!isAt(view, first - event.length, end, event)) return null
    const at = timeAt(view, start + body.length)
    if (at === null) return null
    this.#silence.line(seq, at, isAt(view, first, end, every), bytes, from, end)
    return first
  }

  #mayChange(bytes: Buffer, from: number, end: number, seq: number): void {
    const text = bytes.toString('utf8', from, end)
    if (!text.includes('"type":"KeyChanged"') || this.#changes.length === maxChanges) return
    try {
      const line = JSON.parse(text) as { readonly body?: { readonly event?: unknown } } // looked at by whoever uses it
      this.#changes.push({ seq, event: line.body?.event })
    } catch {
      // no JSON: it is no change of a key, and the strict check says what it is
    }
  }
}

/** Thirteen digits as a number; null where some are none. In two parts, because a whole number of 31 bits is the faster one. */
function timeAt(view: DataView, at: number): number | null {
  const high = numberAt(view, at, 6)
  const low = numberAt(view, at + 6, 7)
  return high === -1 || low === -1 ? null : high * 1e7 + low
}

function numberAt(view: DataView, at: number, digits: number): number {
  let value = 0
  for (let i = at; i < at + digits; i++) {
    const digit = view.getUint8(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
