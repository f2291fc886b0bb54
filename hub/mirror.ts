import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { timeOf } from '../bus/entry.ts'
import { readFileLog } from '../bus/log-file/read.ts'
import type { EventLog } from '../bus/log.ts'
import { type Mirrored, mirror } from '../bus/log-kurrent/mirror.ts'
import { checkConfig } from './configure.ts'
import { journalOf } from './offline.ts'

export interface MirrorJournal {
  /** The data folder whose journal is copied; a hub may be running in it. */
  readonly data: string
  /** The server. */
  readonly url: string
  /** Null: the one that the config says, in the data folder or here. */
  readonly site: string | null
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly progress: (lines: number, copied: number) => void
  readonly away: (detail: string) => void
}

/** Copies a journal to an EventStoreDB or KurrentDB server. @throws RangeError where nothing says which site it is */
export async function mirrorJournal(options: MirrorJournal): Promise<Mirrored> {
  const { data, url, follow, signal, progress, away } = options
  const site = options.site ?? (await siteOf(data))
  return mirror(openSource(data), { url, site, follow, signal, progress, away })
}

/** The journal to copy, for reading alone: here the embedded log of a data folder, with or without a running hub. */
function openSource(data: string): Pick<EventLog, 'read'> {
  return readFileLog(journalOf(data), timeOf)
}

async function siteOf(data: string): Promise<string> {
  const file = [join(data, 'infra.yaml'), 'infra.yaml'].find((path) => existsSync(path))
  const loaded = file === undefined ? null : await checkConfig(file)
  if (loaded?.ok === true) return loaded.config.site
  throw new RangeError(
    file === undefined
      ? `no config says whose journal ${data} has`
      : `${file} is not valid, so it does not say whose journal ${data} has`,
  )
}
