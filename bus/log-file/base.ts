import { open, readFile, rename, unlink } from 'node:fs/promises'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { LogError, type LogBase } from '../log.ts'
import { syncFolder } from './folder.ts'
import { positionOf, seqOf } from './position.ts'
import { listSegments, type Segment } from './segment.ts'

// The file `base` in a journal's folder: how far the journal was cut, and what stands in the place of that. Two lines: a head in
// JSON, and the text that its SHA-256 is of.

const fileName = 'base'

interface Head {
  readonly after: number
  readonly sha256: string
}

/** How far the journal in `dir` was cut: a line's number; 0: not at all. @throws LogError `corrupt` */
export async function cutOf(dir: string): Promise<number> {
  return (await readBase(dir))?.after ?? 0
}

/** What stands in the place of what was cut; null for nothing. @throws LogError `corrupt` */
export async function baseOf(dir: string): Promise<LogBase | null> {
  const found = await readBase(dir)
  return found === null ? null : { after: positionOf(found.after), text: found.text }
}

async function readBase(
  dir: string,
): Promise<{ readonly after: number; readonly text: string } | null> {
  const path = join(dir, fileName)
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw cause
  }
  const end = content.indexOf('\n')
  const text = content.slice(end + 1)
  const head = headOf(content.slice(0, Math.max(0, end)))
  if (head === null || hash('sha256', text) !== head.sha256)
    throw new LogError(
      'corrupt',
      `${path}: what stands in the place of the beginning of this log is damaged; bring this file back from a copy`,
    )
  return { after: head.after, text }
}

function headOf(line: string): Head | null {
  try {
    const { after, sha256 } = JSON.parse(line) as Partial<Head> // looked at in the next line
    return Number.isSafeInteger(after) && typeof sha256 === 'string'
      ? { after: Number(after), sha256 }
      : null
  } catch {
    return null // the caller says so
  }
}

/** Puts a base in the place of the one before, durably. */
export async function writeBase(dir: string, { after, text }: LogBase): Promise<void> {
  const head: Head = { after: seqOf(after), sha256: hash('sha256', text) }
  const path = join(dir, fileName)
  const file = await open(`${path}.new`, 'w', 0o640)
  try {
    await file.writeFile(`${JSON.stringify(head)}\n${text}`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(dir)
}

/** Removes the segments that hold nothing after line `cut`, oldest first. The newest stays, whatever it holds. */
export async function removeUpTo(dir: string, cut: number): Promise<void> {
  const gone = cutSegments(await listSegments(dir), cut)
  for (const { path } of gone) await unlink(path)
  if (gone.length > 0) await syncFolder(dir)
}

/** Of these, oldest first, those that hold nothing after line `cut`. */
export function cutSegments(segments: readonly Segment[], cut: number): readonly Segment[] {
  return segments.filter((_, i) => (segments[i + 1]?.first ?? Infinity) <= cut + 1)
}
