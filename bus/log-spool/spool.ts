import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errno } from '../log-file/disk.ts'
import { makeFolder, syncFolder } from '../log-file/folder.ts'
import { openFileLog, type FileLog } from '../log-file/log.ts'
import { LogError, type Position } from '../log.ts'

export interface SpoolOptions {
  /** Its folder: made when it is needed, gone when the shared log has everything. */
  readonly dir: string
  /** As in the file log's options. */
  readonly timeOf: (body: string) => number
  readonly segmentBytes?: number
}

/**
 * What one outage leaves on this machine: `base.json`, the position of the shared log that was seen last, and `log/`,
 * the lines written since, by the file engine and with its promises.
 */
export interface Spool {
  readonly base: Position | null
  readonly log: FileLog
  /** Every line is in the shared log: the folder goes, at once or not at all. */
  clear(): Promise<void>
}

/** Begins an empty one. @throws LogError as the file log's opening */
export async function beginSpool(options: SpoolOptions, base: Position | null): Promise<Spool> {
  const dir = resolve(options.dir)
  try {
    await makeFolder(dir)
    const path = join(dir, 'base.json')
    const file = await open(`${path}.new`, 'w')
    try {
      await file.write(JSON.stringify({ after: base }))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
    await syncFolder(dir)
  } catch (cause) {
    throw new LogError(
      'io',
      `${dir}: cannot be written; check the folder, its rights and its disk`,
      {
        cause,
      },
    )
  }
  return spoolIn(dir, options, base)
}

/** What the last process left of an outage; null for nothing. @throws LogError as the file log's opening */
export async function leftSpool(options: SpoolOptions): Promise<Spool | null> {
  const dir = resolve(options.dir)
  await rm(gone(dir), { recursive: true, force: true })
  const base = await baseIn(dir)
  if (base === undefined) return null
  const spool = await spoolIn(dir, options, base)
  if ((await spool.log.head()) !== null) return spool
  await spool.clear() // it died before the first line
  return null
}

/** Whether the last process left one, without opening it. */
export async function hasSpool(dir: string): Promise<boolean> {
  return (await baseIn(resolve(dir))) !== undefined
}

async function spoolIn(dir: string, options: SpoolOptions, base: Position | null): Promise<Spool> {
  const { timeOf, segmentBytes } = options
  const log = await openFileLog(join(dir, 'log'), {
    timeOf,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  return {
    base,
    log,
    async clear() {
      await log.close()
      // by one rename, so that a crash in the middle of removing files leaves no half of it
      await rename(dir, gone(dir))
      await syncFolder(dirname(dir))
      await rm(gone(dir), { recursive: true, force: true })
    },
  }
}

/** The name under which a spool that is done waits for its removal. */
function gone(dir: string): string {
  return `${dir}.done`
}

/** @throws LogError `corrupt` */
async function baseIn(dir: string): Promise<Position | null | undefined> {
  let text: string
  try {
    text = await readFile(join(dir, 'base.json'), 'utf8')
  } catch (cause) {
    if (errno(cause) === 'ENOENT' || errno(cause) === 'ENOTDIR') return undefined // nothing was written alone
    throw new LogError('io', `${dir}/base.json: cannot be read (${errno(cause)})`, { cause })
  }
  const after = /^\{"after":(null|"[^"]*")\}$/.exec(text)?.[1]
  if (after === undefined)
    throw new LogError('corrupt', `${dir}/base.json is damaged: keep a copy of the folder`)
  return JSON.parse(after) as Position | null // as beginSpool wrote it
}
