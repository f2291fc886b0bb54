import { dirname } from 'node:path'
import { timeOf } from '../../bus/entry.ts'
import type { EventLog, LogBase } from '../../bus/log.ts'
import { readFileSidecar } from '../../bus/sidecar-file/sidecar.ts'
import type { LogConfig } from '../../config/log.ts'
import { disclosuresOf } from '../data-folder.ts'

/** A site's record for those who only read it: no hub is needed, and one that runs is not disturbed. */
export interface Source {
  readonly read: EventLog['read']
  /** What stands in the place of what was trimmed; null, or absent, for nothing. */
  base?(): Promise<LogBase | null>
  /** What is kept beside it, by commitment; absent: nothing that can be had. */
  texts?(): Promise<ReadonlyMap<string, string>>
  /** Where it is, for people; no secret. */
  readonly name: string
  close(): Promise<void>
}

/** What of a config says where the record is. */
export interface Whereabouts {
  readonly site: string
  readonly log: { readonly engine: 'file' } | Exclude<LogConfig, { engine: 'file' }>
}

/** Personal values of a record that are at hand, by commitment. */
export async function textsOf({
  texts,
}: Pick<Source, 'texts'>): Promise<ReadonlyMap<string, string>> {
  return (await texts?.()) ?? new Map()
}

/** Opens the record that a config means; `journal` is its folder, where it is kept in files. @throws LogError */
export async function openSource({ site, log }: Whereabouts, journal: string): Promise<Source> {
  // where the log has no place for it, a hub keeps it in its own data folder
  const beside = disclosuresOf(dirname(journal))
  // each engine is loaded only where it is used
  switch (log.engine) {
    case 'file': {
      const { readFileLog } = await import('../../bus/log-file/read.ts')
      return {
        ...readFileLog(journal, timeOf),
        texts: () => readFileSidecar(beside),
        name: journal,
        close: () => Promise.resolve(),
      }
    }
    case 'redis': {
      const [{ readRedisLog }, { redisOptions }, { addressOf, keyOf }] = await Promise.all([
        import('../../bus/log-redis/view.ts'),
        import('./redis.ts'),
        import('../../bus/log-redis/options.ts'),
      ])
      const options = redisOptions({ site }, log)
      const name = `the stream ${keyOf(site)} of ${addressOf(options.servers)}`
      return { ...readRedisLog(options), name }
    }
    case 'kurrent': {
      const [{ openKurrentLog }, { kurrentOptions }, { streamOf }] = await Promise.all([
        import('../../bus/log-kurrent/log.ts'),
        import('./kurrent.ts'),
        import('../../bus/log-kurrent/stream.ts'),
      ])
      const opened = await openKurrentLog(kurrentOptions({ site }, log))
      const read: Source['read'] = (after, signal) => opened.read(after, signal)
      return {
        read,
        texts: () => readFileSidecar(beside),
        name: `the stream ${streamOf(site)}`,
        close: () => opened.close(),
      }
    }
    default:
      return log satisfies never
  }
}
