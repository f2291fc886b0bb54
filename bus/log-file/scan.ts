import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Position } from '../log.ts'
import { positionOf } from './position.ts'
import { checksumAt, headBytes } from './record.ts'
import { listSegments, type Segment } from './segment.ts'

/** One line as it was found, good or bad. */
export interface Line {
  readonly seq: number
  /** Where its record begins in the file, in bytes. */
  readonly offset: number
  /** The body's bytes as stored; of a line that has no record's head, the whole line. */
  readonly body: Buffer
  /** `torn`: the last line of its file, without a line end. */
  readonly crc: 'ok' | 'bad' | 'torn'
}

/** Where the line after a good one begins, in bytes. */
export function endOfLine(good: Line): number {
  return good.offset + headBytes + good.body.length + 1
}

/** Where to begin inside a segment: line `seq` begins at byte `offset`. */
export interface Mark {
  readonly seq: number
  readonly offset: number
}

/** 256 KiB: large enough that the reads do not show beside the checksums, small enough to be constant memory. */
const chunkBytes = 256 * 1024

/**
 * The lines of one segment from `from` to byte `end` (null: the end of the file), a chunk's worth at a time. Content
 * never makes it throw; only the file system does.
 */
export async function* scanLines(
  segment: Segment,
  from: Mark,
  end: number | null,
): AsyncGenerator<readonly Line[]> {
  const file = await open(segment.path, 'r')
  try {
    let { seq, offset } = from
    let rest: Buffer = Buffer.alloc(0)
    let read = offset
    for (;;) {
      // a line longer than a chunk doubles what is read next, so that its bytes are copied a bounded number of times
      const want = Math.min(Math.max(chunkBytes, rest.length), (end ?? Infinity) - read)
      const chunk = Buffer.allocUnsafeSlow(rest.length + want)
      rest.copy(chunk)
      const { bytesRead } = await file.read(chunk, rest.length, want, read)
      if (bytesRead === 0) break
      read += bytesRead
      const bytes = chunk.subarray(0, rest.length + bytesRead)
      const lines: Line[] = []
      let start = 0
      for (;;) {
        const stop = bytes.indexOf(10, start)
        if (stop === -1) break
        lines.push(lineAt(bytes, start, stop, seq++, offset + start))
        start = stop + 1
      }
      offset += start
      rest = bytes.subarray(start)
      if (lines.length > 0) yield lines
    }
    if (rest.length > 0) yield [{ seq, offset, body: bodyOf(rest), crc: 'torn' }]
  } finally {
    await file.close()
  }
}

function lineAt(bytes: Buffer, start: number, stop: number, seq: number, offset: number): Line {
  const sum = checksumAt(bytes, start, stop)
  if (sum === null) return { seq, offset, body: bytes.subarray(start, stop), crc: 'bad' }
  const body = bytes.subarray(start + headBytes, stop)
  return { seq, offset, body, crc: crc32(body) === sum ? 'ok' : 'bad' }
}

function bodyOf(line: Buffer): Buffer {
  return checksumAt(line, 0, line.length) === null ? line : line.subarray(headBytes)
}

/** A line of the whole log as it was found, for whoever verifies it. */
export interface ScannedRecord {
  /** Counted from its file's name, whatever the lines before it hold. */
  readonly position: Position
  /** The segment's path. */
  readonly file: string
  readonly offset: number
  readonly body: Buffer
  readonly crc: 'ok' | 'bad' | 'torn'
}

/**
 * Every line in the journal folder `dir` as it is found, from the first. Bad content is yielded, never thrown; it takes
 * no lock, and a line being written by another process is `torn`. Ends when `signal` aborts. What the file system
 * refuses (no such folder, no right to read) is thrown as Node's own error.
 */
export async function* scanRecords(
  dir: string,
  signal: AbortSignal,
): AsyncGenerator<ScannedRecord> {
  for (const segment of await listSegments(dir)) {
    for await (const lines of scanLines(segment, { seq: segment.first, offset: 0 }, null)) {
      for (const { seq, offset, body, crc } of lines) {
        if (signal.aborted) return
        yield { position: positionOf(seq), file: segment.path, offset, body, crc }
      }
    }
  }
}
