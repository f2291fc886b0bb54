import { createHash } from 'node:crypto'
import { open as openFile } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { cutOf, removeUpTo } from './base.ts'
import { syncFolder } from './folder.ts'
import { corrupt } from './records.ts'
import { endOfLine, type Line, type Mark, scanLines } from './scan.ts'
import { listSegments, type Segment, segmentAt } from './segment.ts'

const openFd = promisify(openFile)

/** What a crash left behind the last good record of an append that nobody was told had succeeded. */
export interface Recovered {
  readonly cutBytes: number
  /** Of the cut bytes, hex. */
  readonly sha256: string
}

export interface Tail {
  /** The newest good record's number (that before the segment where there is none), and where it ends. */
  readonly end: Mark
  /** Whether something that is no good record comes after it. */
  readonly torn: boolean
}

/**
 * Where the good records of the newest segment end. What follows is a torn tail only if no good record comes after it.
 * @throws LogError `corrupt`
 */
export async function tailOf(segment: Segment): Promise<Tail> {
  let end: Mark = { seq: segment.first - 1, offset: 0 }
  let bad: Line | null = null
  for await (const lines of scanLines(segment, { seq: segment.first, offset: 0 }, null)) {
    for (const line of lines) {
      if (line.crc !== 'ok') bad ??= line
      else if (bad !== null) throw corrupt(segment, bad)
    }
    const good = bad === null ? lines.at(-1) : lines[lines.indexOf(bad) - 1]
    if (good !== undefined) end = { seq: good.seq, offset: endOfLine(good) }
  }
  return { end, torn: bad !== null }
}

/** A journal folder that is ready for its writer. */
export interface OpenSegments {
  readonly dir: string
  /** The newest segment, for writing. */
  readonly fd: number
  readonly segments: readonly Segment[]
  readonly cut: number
  readonly end: Mark
  readonly recovered: Recovered | null
}

/**
 * Makes the folder's first segment, or reads its newest one and cuts a torn tail off. No other segment is touched, so
 * the time it takes does not grow with the log. The caller holds the lock.
 * @throws LogError `corrupt`
 */
export async function openSegments(dir: string): Promise<OpenSegments> {
  const cut = await cutOf(dir)
  await removeUpTo(dir, cut) // what a crash has left
  const segments = await listSegments(dir)
  const newest = segments.at(-1) ?? (await firstSegment(dir, cut + 1))
  if (segments.length === 0) segments.push(newest)
  const { end, torn } = await tailOf(newest)
  const recovered = torn ? await cutTail(newest, end.offset) : null
  return { dir, fd: await openFd(newest.path, 'r+'), segments, cut, end, recovered }
}

async function firstSegment(dir: string, first: number): Promise<Segment> {
  const segment = segmentAt(dir, first)
  const file = await open(segment.path, 'wx', 0o640)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await syncFolder(dir)
  return segment
}

async function cutTail(segment: Segment, from: number): Promise<Recovered> {
  const file = await open(segment.path, 'r+')
  try {
    const hash = createHash('sha256')
    let cutBytes = 0
    for await (const chunk of file.createReadStream({ start: from, autoClose: false })) {
      const bytes = chunk as Buffer // no encoding is set
      hash.update(bytes)
      cutBytes += bytes.length
    }
    await file.truncate(from)
    await file.sync()
    return { cutBytes, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}
