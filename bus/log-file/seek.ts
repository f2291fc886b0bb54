import { open } from 'node:fs/promises'
import type { Mark } from './scan.ts'
import type { Extent, Segment } from './segment.ts'

/** 64 KiB: some hundred lines, so that a short tail is one read. */
const chunkBytes = 64 * 1024

/**
 * A place in `segment` to scan from to get to line `seq`: the line itself where it is nearer to the segment's end,
 * found by counting line ends backwards; else the segment's start. Checksums are the scan's business.
 */
export async function seek(extent: Extent, segment: Segment, seq: number): Promise<Mark> {
  const next = extent.segments[extent.segments.indexOf(segment) + 1]
  const last = next === undefined ? extent.head : next.first - 1
  const start = { seq: segment.first, offset: 0 }
  if (last - seq > seq - segment.first) return start
  const offset = await offsetFromEnd(
    segment,
    next === undefined ? extent.end : null,
    last - seq + 1,
  )
  return offset === 0 ? start : { seq, offset }
}

/** Where the `count`th line from the end begins, in bytes; `end` null: the file's end. */
async function offsetFromEnd(segment: Segment, end: number | null, count: number): Promise<number> {
  const file = await open(segment.path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    let stop = end ?? (await file.stat()).size
    let ends = count + 1 // the line before it has a line end too
    while (stop > 0) {
      const start = Math.max(0, stop - chunkBytes)
      const { bytesRead } = await file.read(chunk, 0, stop - start, start)
      let at = bytesRead
      while (at > 0) {
        at = chunk.lastIndexOf(10, at - 1)
        if (at === -1) break
        if (--ends === 0) return start + at + 1
      }
      stop = start
    }
    return 0
  } finally {
    await file.close()
  }
}
