import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LogError, type EventLog } from '../../bus/log.ts'
import { Unclear } from '../../bus/log-kurrent/fault.ts'
import { type Mirrored, mirror } from '../../bus/log-kurrent/mirror.ts'
import { checkConfig, usableConfig } from '../configure.ts'
import { journalOf } from '../data-folder.ts'
import { openSource } from './source.ts'

export type { Mirrored }

export interface MirrorJournal {
  /** The data folder whose journal is copied; a hub may be running in it. */
  readonly data: string
  /** The config that says where the journal is; null: in the data folder. */
  readonly config: string | null
  /** The server. */
  readonly url: string
  /** Null: the one that the config says, in the data folder or here. */
  readonly site: string | null
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly progress: (lines: number, copied: number) => void
  readonly away: (detail: string) => void
}

/**
 * Copies a journal to an EventStoreDB or KurrentDB server.
 * @throws RangeError where nothing says which site it is; ConfigError; LogError where the journal's server is not there
 */
export async function mirrorJournal(options: MirrorJournal): Promise<Mirrored> {
  const { data, url, follow, signal, progress, away } = options
  const config = options.config === null ? null : await usableConfig(options.config)
  const site = options.site ?? config?.site ?? (await siteOf(data))
  const log = config?.log ?? { engine: 'file' }
  if (log.engine === 'file' && !existsSync(journalOf(data)))
    throw new RangeError(`there is no record in ${data}`)
  const source = await openSource({ site: config?.site ?? site, log }, journalOf(data))
  try {
    return await mirror(waitedFor(source), { url, site, follow, signal, progress, away })
  } finally {
    await source.close()
  }
}

/** A source on a server that is away is waited for, as the mirror's own server is. */
function waitedFor(source: Pick<EventLog, 'read'>): Pick<EventLog, 'read'> {
  return {
    async *read(after, signal) {
      try {
        yield* source.read(after, signal)
      } catch (error) {
        if (error instanceof LogError && error.code === 'io')
          throw new Unclear('io', error.message, { cause: error })
        throw error
      }
    },
  }
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
