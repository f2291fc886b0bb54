import { closeSync, openSync, readSync } from 'node:fs'
import { linesOf } from './bodies.ts'
import { LineChain, maxLine, type Broken } from './lines.ts'
import { type Peaks } from './peaks.ts'
import { MarkReader, type Marks } from './marks.ts'
import { strictFault } from './strict.ts'

/** A line that is not as it must be, and where it stands. */
export interface BrokenLine extends Broken {
  readonly file: string
  /** Bytes from the start of `file`. */
  readonly offset: number
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
  /** The same after the lines up to a size that was asked for. */
  readonly heads: readonly { readonly size: number; readonly peaks: Peaks }[]
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

/** What is read at once: little enough to be hashed while it is in the processor's cache. Bytes. */
const chunkBytes = 256 * 1024

const newChunk = () => Buffer.allocUnsafeSlow(1 + maxLine + 1 + chunkBytes)

/** Reads a file of sealed lines, in constant memory, up to the first fault. */
export function scanFile({ file, first, sizes, strict, later }: ScanTask): Scan {
  const chain = new LineChain(first, null)
  const reader = new MarkReader()
  const heads: { size: number; peaks: Peaks }[] = []
  const asked = sizes.filter((size) => size > first)
  // one byte is left free before the first line: a leaf is hashed with a zero there. Two, one after the other: so the line
  // before is still there when a line is looked at
  let [bytes, other] = [newChunk(), newChunk()]
  let broken: BrokenLine | null = null
  let next = asked.shift()
  let rest = 0
  let offset = 0
  const fd = openSync(file, 'r')
  try {
    while (broken === null) {
      const read = readSync(fd, bytes, 1 + rest, chunkBytes, null)
      if (read === 0) break
      const lines = bytes.subarray(0, 1 + rest + read)
      let from = 1
      for (let end = lines.indexOf(10, from); end !== -1; end = lines.indexOf(10, from)) {
        const fault =
          chain.push(lines, from, end) ??
          (strict ? strictFault(lines, from, end, chain.seq - 1) : null)
        if (fault !== null) {
          broken = { ...fault, file, offset: offset + from - 1 }
          break
        }
        reader.line(bytes, from, end, chain.seq - 1)
        from = end + 1
        if (chain.seq === next) {
          heads.push({ size: next, peaks: chain.peaks() })
          next = asked.shift()
        }
      }
      offset += from - 1
      rest = lines.length - from
      if (broken === null && rest > maxLine) broken = { ...chain.endless(), file, offset }
      else lines.copy(other, 1, from)
      ;[bytes, other] = [other, bytes]
    }
  } finally {
    closeSync(fd)
  }
  const { seq, begins, newest: ends } = chain
  if (broken === null) followOn(reader, later, seq)
  return {
    file,
    first,
    lines: (broken?.seq ?? seq) - first,
    begins,
    ends,
    peaks: chain.peaks(),
    heads,
    broken,
    torn: broken === null ? rest : 0,
    marks: reader.marks(),
  }
}

/** Looks on, in the files behind, until the next heartbeat: a silence may lie between two files. */
function followOn(reader: MarkReader, files: readonly string[], from: number): void {
  let seq = from
  if (!reader.isWatching) return
  for (const file of files)
    for (const line of linesOf(file)) if (!reader.follow(line, seq++)) return
}
