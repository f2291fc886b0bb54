import { open } from 'node:fs/promises'
import type { Stored } from '../log.ts'
import { corrupt, endOf, storedOf } from './records.ts'
import { endOfLine, type Line, scanLines } from './scan.ts'
import { seek } from './seek.ts'
import { type Extent, type Segment, segmentOf } from './segment.ts'

/** 1 MiB: where `Buffer.indexOf` is as fast as memory allows and one read costs nothing beside it. */
const chunkBytes = 1024 * 1024

/**
 * The first line after line `after` whose body's bytes contain `needle`; null where none does, or when `signal` aborts.
 * Only a segment with a hit is scanned for lines.
 * @throws LogError `corrupt` for a bad line on the way to a hit in its segment.
 */
export async function findRecord(
  extent: Extent,
  needle: string,
  after: number,
  signal: AbortSignal,
): Promise<Stored | null> {
  if (after >= extent.head) return null
  for (const segment of extent.segments.slice(segmentOf(extent.segments, after + 1))) {
    const found = await findInSegment(extent, segment, Buffer.from(needle), after, signal)
    if (found !== null) return found
  }
  return null
}

async function findInSegment(
  extent: Extent,
  segment: Segment,
  needle: Buffer,
  after: number,
  signal: AbortSignal,
): Promise<Stored | null> {
  const from = await seek(extent, segment, Math.max(segment.first, after + 1))
  const end = endOf(extent, segment)
  let lines: AsyncGenerator<Line, void> | null = null
  try {
    let line: Line | null = null
    for await (const hit of hits(segment, needle, from.offset, end, signal)) {
      lines ??= linesOf(scanLines(segment, from, end))
      // a hit in a line's checksum, or in a line up to `after`, is none
      while (line === null || endOfLine(line) <= hit) {
        const next: IteratorResult<Line, void> = await lines.next()
        if (next.done === true) return null
        line = next.value
        if (line.crc !== 'ok') throw corrupt(segment, line)
      }
      if (line.seq > after && line.body.includes(needle)) return storedOf(line)
    }
    return null
  } finally {
    await lines?.return(undefined)
  }
}

async function* linesOf(batches: AsyncIterable<readonly Line[]>): AsyncGenerator<Line, void> {
  for await (const batch of batches) yield* batch
}

/** Where `needle`'s bytes begin in the segment, in order, from byte `from` on. */
async function* hits(
  segment: Segment,
  needle: Buffer,
  from: number,
  end: number | null,
  signal: AbortSignal,
): AsyncGenerator<number> {
  const file = await open(segment.path, 'r')
  try {
    // the end of a chunk stays in front of the next, so that a needle across their border is found, once
    const overlap = Math.max(0, needle.length - 1)
    const chunk = Buffer.allocUnsafeSlow(overlap + chunkBytes)
    let kept = 0
    let read = from
    while (!signal.aborted) {
      const want = Math.min(chunkBytes, (end ?? Infinity) - read)
      const { bytesRead } = await file.read(chunk, kept, want, read)
      if (bytesRead === 0) return
      const bytes = chunk.subarray(0, kept + bytesRead)
      const base = read - kept
      read += bytesRead
      for (let at = bytes.indexOf(needle); at !== -1 && at < bytes.length;) {
        yield base + at
        at = bytes.indexOf(needle, at + 1)
      }
      const keep = Math.min(overlap, bytes.length)
      bytes.copy(chunk, 0, bytes.length - keep)
      kept = keep
    }
  } finally {
    await file.close()
  }
}
