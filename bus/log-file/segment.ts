import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** One file of the log. Its name is its first line's sequence number, so the folder's listing is the index. */
export interface Segment {
  readonly path: string
  /** The sequence number of the first line that is, or will be, in it. */
  readonly first: number
}

/** What there is to read at one moment: lines up to `head`, which end at byte `end` of the last segment. */
export interface Extent {
  /** Oldest first; never empty. */
  readonly segments: readonly Segment[]
  /** The newest line that was cut off at the beginning; 0: none was. */
  readonly cut: number
  /** The newest line's sequence number; 0 for an empty log. */
  readonly head: number
  readonly end: number
}

const named = /^(\d{18})\.log$/

/** The segment in `dir` that begins with line `first`. */
export function segmentAt(dir: string, first: number): Segment {
  return { path: join(dir, `${String(first).padStart(18, '0')}.log`), first }
}

/** The segments in `dir`, oldest first. What is not named like one is none of ours. */
export async function listSegments(dir: string): Promise<Segment[]> {
  const names = await readdir(dir)
  return names
    .flatMap((name) => {
      const first = Number(named.exec(name)?.[1] ?? 0)
      return first > 0 ? [segmentAt(dir, first)] : []
    })
    .sort((a, b) => a.first - b.first)
}

/** The index of the segment that holds line `seq`: the last that begins at or before it. */
export function segmentOf(segments: readonly Segment[], seq: number): number {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((segments[middle]?.first ?? 0) <= seq) low = middle
    else high = middle - 1
  }
  return low
}
