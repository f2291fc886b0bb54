import { closeSync, openSync, readSync } from 'node:fs'
import { linesOf } from './bodies.ts'
import { LineChain, maxLine, type Broken } from './lines.ts'
import { rootOf, type Peaks } from './peaks.ts'
import { MarkReader, type Marks } from './marks.ts'
import { strictFault } from './strict.ts'

/** A line that is not as it must be, and where it stands. */
export interface BrokenLine extends Broken {
  readonly file: string
  /** Bytes from the start of `file`. */
  readonly offset: number
}

export interface RootAt {
  readonly size: number
  readonly root: string
}

/** What a file of sealed lines holds. */
export interface Scan {
  readonly file: string
  readonly first: number
  /** How many lines are good. */
  readonly lines: number
  /** `$prev` of the first line, and what the line after the last must have; null for a file without lines. */
  readonly begins: string | null
  readonly ends: string | null
  /** The subtrees that the lines make up. */
  readonly peaks: Peaks
  /** The root over its lines up to a size of the log that was asked for, base64. */
  readonly heads: readonly RootAt[]
  readonly broken: BrokenLine | null
  /** Bytes after the last line feed: a line that was being written, or was cut. */
  readonly torn: number
  readonly marks: Marks
}

export interface ScanTask {
  readonly file: string
  /** The number of its first line. */
  readonly first: number
  /** Sizes at which somebody signed a root, ascending. */
  readonly sizes: readonly number[]
  /** Each line must be its own canonical form, too. */
  readonly strict: boolean
  /** The files that come next: in them a silence may end that began in this one. */
  readonly later: readonly string[]
}

/** Reads a file of sealed lines, in constant memory, up to the first fault. */
export function scanFile(task: ScanTask): Scan {
  const { file, first, later } = task
  const scanner = new LineScanner(task)
  const torn = readLines(file, (bytes, offset) => scanner.take(bytes, offset))
  const { chain, marks, heads, broken } = scanner
  const { seq, begins, newest: ends } = chain
  if (broken === null) followOn(marks, later, seq)
  return {
    file,
    first,
    lines: (broken?.seq ?? seq) - first,
    begins,
    ends,
    peaks: chain.peaks(),
    heads,
    broken,
    torn: broken === null ? torn : 0,
    marks: marks.marks(),
  }
}

/** What is read at once: little enough to be hashed while it is in the processor's cache. Bytes. */
const chunkBytes = 256 * 1024

/** Two for all files: new ones for each would be memory that waits for a collection. */
const chunks = [0, 1].map(() => Buffer.allocUnsafeSlow(1 + maxLine + 1 + chunkBytes)) as [
  Buffer,
  Buffer,
]

/**
 * Gives bytes from the start of a line on, until there are no more or `take`, which answers with where the lines end that it
 * took, or with null, has enough. The first byte is free; `offset` is where the second one stands in the file. What was given
 * before stays until `take` has answered. Answers with how many bytes were never taken.
 */
function readLines(file: string, take: (bytes: Buffer, offset: number) => number | null): number {
  let [bytes, other] = chunks
  let rest = 0
  let offset = 0
  const fd = openSync(file, 'r')
  try {
    for (;;) {
      const read = readSync(fd, bytes, 1 + rest, chunkBytes, null)
      if (read === 0) return rest
      const end = 1 + rest + read
      const taken = take(bytes.subarray(0, end), offset)
      if (taken === null) return 0
      bytes.copy(other, 1, taken, end)
      rest = end - taken
      offset += taken - 1
      ;[bytes, other] = [other, bytes]
    }
  } finally {
    closeSync(fd)
  }
}

/** Looks at the lines of one file, some at a time. */
class LineScanner {
  readonly chain: LineChain
  readonly marks = new MarkReader()
  readonly heads: RootAt[] = []
  broken: BrokenLine | null = null
  readonly #task: ScanTask
  readonly #asked: number[]
  #next: number | undefined

  constructor(task: ScanTask) {
    this.#task = task
    this.chain = new LineChain(task.first, null)
    this.#asked = task.sizes.filter((size) => size > task.first)
    this.#next = this.#asked.shift()
  }

  /** Where the first line begins that is not whole yet; null where it found a fault. See {@link readLines}. */
  take(bytes: Buffer, offset: number): number | null {
    const { chain, marks } = this
    let from = 1
    for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
      const { seq } = chain
      const fault = this.#look(bytes, from, end, seq)
      if (fault !== null) return this.#break(fault, offset + from - 1)
      marks.line(bytes, from, end, seq)
      from = end + 1
      if (seq + 1 === this.#next) this.#keep(seq + 1)
    }
    const isEndless = bytes.length - from > maxLine
    return isEndless ? this.#break(chain.endless(), offset + from - 1) : from
  }

  #look(bytes: Buffer, from: number, end: number, seq: number): Broken | null {
    const fault = this.chain.push(bytes, from, end)
    return fault === null && this.#task.strict ? strictFault(bytes, from, end, seq) : fault
  }

  #break(fault: Broken, offset: number): null {
    this.broken = { ...fault, file: this.#task.file, offset }
    return null
  }

  #keep(size: number): void {
    this.heads.push({ size, root: rootOf(this.chain.peaks()) })
    this.#next = this.#asked.shift()
  }
}

/** Looks on, in the files behind, until the next heartbeat: a silence may lie between two files. */
function followOn(reader: MarkReader, files: readonly string[], from: number): void {
  let seq = from
  if (!reader.isWatching) return
  for (const file of files)
    for (const line of linesOf(file)) if (!reader.follow(line, seq++)) return
}
