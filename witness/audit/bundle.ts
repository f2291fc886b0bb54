import { decodeBase64 } from '../check/base64.ts'
import { NoteError } from '../check/note.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { judge, readHead, type FoundHead, type Trust } from './audit.ts'
import { commitmentsOf, disclosedLine } from './disclosed.ts'
import { unreadable } from './folder.ts'
import { LineChain, nothingBefore } from './lines.ts'
import { charsOfBase64, noPeaks, rootOf, type Peaks } from './peaks.ts'
import type { RootAt } from './scan.ts'
import { MarkReader } from './marks.ts'
import { strictFault } from './strict.ts'
import type { AuditVerdict } from './verdict.ts'

/** A head line longer than this is none: 2 times 53 hashes, and a name. Bytes. */
const maxHead = 16 * 1024
/** A line longer than this is none: the longest note, with all that JSON escapes of it. Bytes. */
const maxRest = 256 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface BundleOptions extends Pick<Trust, 'policy'>, Partial<Pick<Trust, 'manifest'>> {
  /** Each line must be its own canonical form. */
  readonly strict: boolean
  /** What the bundle is called, for the verdict. */
  readonly name: string
  /** Heads that the auditor has from elsewhere: a witness, an earlier visit, another auditor. None where it is left out. */
  readonly heads?: readonly FoundHead[]
}

/**
 * Verifies a bundle from its bytes alone, as they come, in constant memory. What it says of itself counts only where a
 * signed root says the same.
 */
export async function auditBundle(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: BundleOptions,
): Promise<AuditVerdict> {
  let others
  try {
    others = (options.heads ?? []).map(readHead)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
  const reader = new BundleReader(options, others)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    // one byte is left free before the first line: a leaf is hashed with a zero there
    const bytes = Buffer.concat([Uint8Array.of(0), rest, chunk])
    let from = 1
    for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
      reader.line(bytes, from, end)
      from = end + 1
    }
    rest = bytes.subarray(from)
    if (rest.length > maxRest) {
      reader.endless()
      break
    }
  }
  return reader.verdict(options, rest.length)
}

interface Head {
  readonly origin: string
  readonly from: number
  readonly to: number
  readonly size: number
  readonly left: readonly string[]
  readonly right: readonly string[]
}

class BundleReader {
  readonly #strict: boolean
  readonly #name: string
  readonly #marks = new MarkReader()
  readonly #others: readonly SignedCheckpoint[]
  /** What the tree was at the sizes of these, as far as the bundle says. */
  readonly #sizes: RootAt[] = []
  #head: Head | null = null
  #chain: LineChain | null = null
  #broken: {
    seq: number
    file: string
    offset: number
    fault: 'prev' | 'seq' | 'form'
    detail: string
  } | null = null
  #note: string | null = null
  /** What the lines commit to and was not disclosed: as many as there are, and of everything else constant memory. */
  readonly #commitments = new Set<string>()
  #undisclosed: string | null = null
  #ended = false
  #wrong: string | null = null
  #offset = 0

  constructor({ strict, name }: BundleOptions, others: readonly SignedCheckpoint[]) {
    this.#strict = strict
    this.#name = name
    this.#others = others
  }

  line(bytes: Buffer, from: number, end: number): void {
    if (end - from > maxRest) this.endless()
    if (this.#wrong === null && this.#broken === null) this.#take(bytes, from, end)
    this.#offset += end - from + 1
  }

  /** More came without a line feed than any line has. */
  endless(): void {
    if (this.#broken === null) this.#wrong ??= 'one of its lines is too long'
  }

  #take(bytes: Buffer, from: number, end: number): void {
    const chain = this.#chain
    if (this.#head === null || chain === null) {
      this.#begin(end - from > maxHead ? null : parse(bytes, from, end))
      return
    }
    if (chain.seq < this.#head.to) {
      const seq = chain.seq
      const fault =
        chain.push(bytes, from, end) ?? (this.#strict ? strictFault(bytes, from, end, seq) : null)
      if (fault !== null) this.#broken = { ...fault, file: this.#name, offset: this.#offset }
      else this.#marks.line(bytes, from, end, seq)
      for (const commitment of commitmentsOf(bytes, from, end)) this.#commitments.add(commitment)
      this.#remember(chain.seq, () => chain.peaks())
      return
    }
    if (this.#note !== null && !this.#ended && this.#disclose(bytes.subarray(from, end))) return
    // in their one form: a space more would be a change that nobody sees
    const text = bytes.subarray(from, end)
    const note = this.#note === null ? parse(bytes, from, end)?.['checkpoint'] : undefined
    const { to, from: first } = this.#head
    if (typeof note === 'string' && text.equals(Buffer.from(JSON.stringify({ checkpoint: note }))))
      this.#note = note
    else if (
      this.#note !== null &&
      !this.#ended &&
      text.equals(Buffer.from(JSON.stringify({ end: true, lines: to - first })))
    )
      this.#ended = true
    else this.#wrong = 'its checkpoint or its end is not as it must be'
  }

  /** Whether that is a disclosed value; one that is not what a line commits to is the bundle's fault. */
  #disclose(bytes: Buffer): boolean {
    const line = disclosedLine(bytes)
    if (line === null) return false
    const { commitment, fault } = line
    if (fault !== null) this.#undisclosed ??= fault
    else if (!this.#commitments.delete(commitment))
      this.#undisclosed ??= `${commitment} is disclosed twice, or no line commits to it`
    return true
  }

  #begin(said: Readonly<Record<string, unknown>> | null): void {
    const { ifw, from, to, size, left, right, origin } = said ?? {}
    const isGood =
      ifw === 1 &&
      typeof origin === 'string' &&
      isCount(from) &&
      isCount(to) &&
      isCount(size) &&
      from <= to &&
      to <= size &&
      areHashes(left, bitsOf(from)) &&
      areHashes(right, levels(to, size).length)
    if (!isGood) {
      this.#wrong = 'its first line is not that of a bundle'
      return
    }
    this.#head = {
      origin,
      from,
      to,
      size,
      left: left as readonly string[],
      right: right as readonly string[],
    } // looked at above
    this.#chain = new LineChain(from, from === 0 ? nothingBefore : null, this.#head.left)
    let before = noPeaks
    for (const [i, level] of levels(0, from).entries()) {
      before = {
        count: before.count + 2 ** level,
        hashes: before.hashes + charsOfBase64(this.#head.left[i] ?? ''),
      }
      this.#remember(before.count, () => before)
    }
  }

  /** The tree over the first `size` leaves of the log, where somebody signed that. */
  #remember(size: number, peaks: () => Peaks): void {
    if (this.#others.some((one) => one.size === size))
      this.#sizes.push({ size, root: rootOf(peaks()) })
  }

  verdict({ policy, manifest = null }: BundleOptions, torn: number): AuditVerdict {
    const head = this.#head
    const chain = this.#chain
    if (head === null || chain === null || this.#wrong !== null)
      return unreadable(`${this.#name} is no bundle: ${this.#wrong ?? 'it is empty'}`)
    if (this.#broken === null && (!this.#ended || torn > 0))
      return {
        ...unreadable(`${this.#name} has no end: it was cut`),
        fault: 'truncated',
        from: head.from,
        to: chain.seq,
        redacted: this.#commitments.size,
      }
    let note
    try {
      note = parseCheckpoint(Buffer.from(this.#note ?? ''))
    } catch (error) {
      if (this.#broken === null && error instanceof NoteError)
        return unreadable(`${this.#name}: ${error.message}`)
      note = null
    }
    if (this.#broken === null && note?.origin !== head.origin)
      return unreadable(`${this.#name} names the log ${head.origin}, and its checkpoint another`)
    const lines = (this.#broken?.seq ?? chain.seq) - head.from
    for (const [i, level] of levels(head.to, head.size).entries())
      if (this.#broken === null) {
        chain.skip(level, head.right[i] ?? '')
        this.#remember(chain.seq, () => chain.peaks())
      }
    const scan = {
      file: this.#name,
      first: 0,
      lines: this.#broken === null ? head.size : head.from + lines,
      begins: null,
      ends: null,
      peaks: chain.peaks(),
      heads:
        this.#broken === null
          ? [...this.#sizes, { size: head.size, root: rootOf(chain.peaks()) }]
          : this.#sizes,
      broken: this.#broken,
      torn: 0,
      marks: this.#marks.marks(),
    }
    const isKnown = ({ size }: SignedCheckpoint) =>
      size === 0 || size >= head.size || this.#sizes.some((one) => one.size === size)
    const unknown = this.#broken === null ? this.#others.find((one) => !isKnown(one)) : undefined
    if (unknown !== undefined)
      return unreadable(
        `a head of ${unknown.size} lines cannot be compared with ${this.#name}: ask for one with line ${unknown.size - 1}`,
      )
    const heads = this.#broken !== null || note === null ? [] : [note, ...this.#others]
    const verdict = {
      ...judge([scan], heads, { policy, manifest, hasAllHeads: false }),
      ...{ from: head.from, to: head.from + lines, unsealed: 0, redacted: this.#commitments.size },
    }
    if (verdict.ok && verdict.sealed?.size !== head.size)
      return {
        ...verdict,
        ok: false,
        fault: 'root',
        detail: `its checkpoint is not of the ${head.size} lines that it names`,
      }
    if (verdict.ok && this.#undisclosed !== null)
      return { ...verdict, ok: false, fault: 'disclosure', detail: this.#undisclosed }
    return verdict
  }
}

function parse(bytes: Buffer, from: number, end: number): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes.subarray(from, end)))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function areHashes(value: unknown, count: number): boolean {
  return (
    Array.isArray(value) &&
    value.length === count &&
    // in the one form that encoding gives: another text of the same hash would be a change that nobody sees
    value.every((one: unknown) => typeof one === 'string' && decodeBase64(one)?.length === 32)
  )
}

/** How many bits are set: as many subtrees stand left of line `from`. */
function bitsOf(from: number): number {
  return levels(0, from).length
}

/** The levels of the full subtrees that the leaves from `start` up to, and without, `end` are made of. */
function levels(start: number, end: number): readonly number[] {
  const all: number[] = []
  for (let at = start; at < end;) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++
    all.push(level)
    at += 2 ** level
  }
  return all
}
