import { closeSync, openSync, readSync } from 'node:fs'
import { linesOf } from './bodies.ts'
import { LineChain, type Broken, type Peak } from './lines.ts'
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
  readonly first: number
  /** How many lines are good. */
  readonly lines: number
  /** `$prev` of the first line, and what the line after the last must have; null for a file without lines. */
  readonly begins: string | null
  readonly ends: string | null
  /** The subtrees that the lines make up. */
  readonly peaks: readonly Peak[]
  /** The same after the lines up to a size that was asked for. */
  readonly heads: readonly { readonly size: number; readonly peaks: readonly Peak[] }[]
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

/** What is read at once; a longer line is read in more. Bytes. */
const chunkBytes = 1024 * 1024

/** Reads a file of sealed lines, in constant memory, up to the first fault. */
export function scanFile({ file, first, sizes, strict, later }: ScanTask): Scan {
  const chain = new LineChain(first, null)
  const reader = new MarkReader()
  const heads: { size: number; peaks: readonly Peak[] }[] = []
  const asked = sizes.filter((size) => size > first)
  let broken: BrokenLine | null = null
  let next = asked.shift()
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  const fd = openSync(file, 'r')
  try {
    while (broken === null) {
      // one byte is left free before the first line: a leaf is hashed with a zero there
      const bytes = Buffer.allocUnsafeSlow(1 + rest.length + chunkBytes)
      rest.copy(bytes, 1)
      const read = readSync(fd, bytes, 1 + rest.length, chunkBytes, null)
      if (read === 0) break
      const stop = 1 + rest.length + read
      let from = 1
      for (;;) {
        const end = bytes.indexOf(10, from)
        if (end === -1 || end >= stop) break
        const fault =
          chain.push(bytes, from, end) ??
          (strict ? strictFault(bytes, from, end, chain.seq - 1) : null)
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
      rest = bytes.subarray(from, stop)
    }
  } finally {
    closeSync(fd)
  }
  const { seq, begins, newest: ends } = chain
  if (broken === null) followOn(reader, later, seq)
  return {
    first,
    lines: seq - first,
    begins,
    ends,
    peaks: chain.peaks(),
    heads,
    broken,
    torn: broken === null ? rest.length : 0,
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
