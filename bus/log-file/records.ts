import { LogError, type Position, type Stored } from '../log.ts'
import { positionOf } from './position.ts'
import { type Line, scanLines } from './scan.ts'
import { seek } from './seek.ts'
import { type Extent, type Segment, segmentOf } from './segment.ts'

/**
 * The lines of `extent` after line `after`, in order, a chunk's worth at a time. Ends early when `signal` aborts.
 * @throws LogError `corrupt` at the first line that is bad or missing, once all before it are yielded.
 */
export async function* readBatches(
  extent: Extent,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Stored[]> {
  const seen = after === 0 ? extent.cut : after
  if (seen < extent.cut) throw trimmed(seen, extent.cut)
  if (seen >= extent.head) return
  let next = seen + 1
  for (const segment of extent.segments.slice(segmentOf(extent.segments, next))) {
    if (segment.first > next) throw gap(segment, next)
    const from = await seek(extent, segment, next).catch(gone)
    for await (const lines of scanLines(segment, from, endOf(extent, segment))) {
      if (signal.aborted) return
      const bad = lines.find((line) => line.crc !== 'ok')
      const batch: Stored[] = []
      for (const line of lines) {
        if (line === bad) break
        if (line.seq < next) continue
        batch.push(storedOf(line))
        next = line.seq + 1
      }
      yield batch
      if (bad !== undefined) throw corrupt(segment, bad)
    }
  }
  if (next <= extent.head) throw gap(extent.segments.at(-1), next)
}

/** A file that was cut off while somebody was still reading in it. */
function gone(cause: unknown): never {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
    throw new LogError('position', 'the log was cut while it was read; start again', { cause })
  throw cause
}

function trimmed(seq: number, cut: number): LogError {
  return new LogError(
    'position',
    `what came after position ${seq} is not there any more: the log was cut up to ${cut}, and what was there is in the sealed lines only`,
  )
}

/** A reader's place: what there is, and the line it has seen. */
export interface Start {
  readonly extent: Extent
  readonly after: number
}

/** As {@link readBatches}, line by line; `start` is asked when the first line is. */
export async function* readRecords(
  start: () => Start,
  signal: AbortSignal,
): AsyncGenerator<Stored> {
  const { extent, after } = start()
  for await (const batch of readBatches(extent, after, signal)) {
    for (const stored of batch) {
      if (signal.aborted) return
      yield stored
    }
  }
}

/** The newest `count` lines, oldest first: only the segments that hold them are opened. */
export async function readTail(extent: Extent, count: number): Promise<readonly Stored[]> {
  const lines: Stored[] = []
  const after = Math.max(extent.cut, extent.head - Math.max(0, Math.floor(count)))
  for await (const batch of readBatches(extent, after, new AbortController().signal))
    lines.push(...batch)
  return lines
}

/**
 * The newest position whose lines were all stamped before `at` (ms since the epoch): a binary search over the segments
 * by their first lines, then a scan in one. Right because stamps never go back (`bus/clock.ts`).
 */
export async function newestBefore(
  extent: Extent,
  at: number,
  timeOf: (body: string) => number,
): Promise<Position | null> {
  const never = new AbortController().signal
  let low = 0
  let high = extent.segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    const seq = extent.segments[middle]?.first ?? 0
    const first = await firstAfter(extent, seq - 1)
    if (first !== null && timeOf(first.body) < at) low = middle
    else high = middle - 1
  }
  let newest: Position | null = null
  for await (const batch of readBatches(extent, (extent.segments[low]?.first ?? 1) - 1, never)) {
    for (const { position, body } of batch) {
      if (timeOf(body) >= at) return newest
      newest = position
    }
  }
  return newest
}

async function firstAfter(extent: Extent, after: number): Promise<Stored | null> {
  for await (const [first] of readBatches(extent, after, new AbortController().signal))
    if (first !== undefined) return first
  return null
}

/** The bytes of `segment` that may be read; null: all. */
export function endOf(extent: Extent, segment: Segment): number | null {
  return segment === extent.segments.at(-1) ? extent.end : null
}

export function storedOf(line: Line): Stored {
  return { position: positionOf(line.seq), body: line.body.toString() }
}

/** What is thrown for a bad line before the tail. */
export function corrupt(segment: Segment, line: Line): LogError {
  return new LogError(
    'corrupt',
    `${segment.path}: the record at byte ${line.offset}, position ${line.seq}, is damaged; run 'infra witness verify' to see how much is, and bring this file back from a copy`,
  )
}

function gap(segment: Segment | undefined, seq: number): LogError {
  return new LogError(
    'corrupt',
    `${segment?.path ?? 'the log'}: position ${seq}, expected before byte 0, is missing; bring the file that holds it back from a copy`,
  )
}
