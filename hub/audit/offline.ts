import { setTimeout } from 'node:timers/promises'
import { scanRecords } from '../../bus/log-file/scan.ts'
import { verifyChains, type ChainVerdict } from '../../witness/verify.ts'
import { usableConfig } from '../configure.ts'
import { openSource, type Whereabouts } from '../site/source.ts'
import { journalOf } from '../data-folder.ts'
import { verifyLog } from './verify.ts'

/** How often a line that is being written right now is looked at again, and after how long. Milliseconds. */
const looks = 3
const againMs = 150

/**
 * Verifies the record in a data folder from its stored bytes alone: no hub, no lock, no network.
 * @throws Error where there is no journal in that folder
 */
export async function verifyJournal(data: string): Promise<ChainVerdict> {
  const folder = journalOf(data)
  for (let look = 1; ; look++) {
    const verdict = await verifyChains(scanRecords(folder, new AbortController().signal))
    // of a running hub's journal the last line may be half written at this moment
    if (verdict.ok || verdict.fault !== 'truncated' || look === looks) return verdict
    await setTimeout(againMs)
  }
}

/**
 * Verifies a site's record where its config says that it is: in the data folder, or on a server, read a page at a time.
 * @throws LogError, Error where it cannot be read
 */
export async function verifyRecord(config: Whereabouts, data: string): Promise<ChainVerdict> {
  if (config.log.engine === 'file') return verifyJournal(data)
  const source = await openSource(config, journalOf(data))
  try {
    return await verifyLog(source, source.name)
  } finally {
    await source.close()
  }
}

/** As {@link verifyRecord}, for a config file. @throws ConfigError, too */
export async function verifyConfigured(file: string, data: string): Promise<ChainVerdict> {
  return verifyRecord(await usableConfig(file), data)
}
