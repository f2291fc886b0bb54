import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { timeOf } from '../../bus/entry.ts'
import { readFileLog } from '../../bus/log-file/read.ts'
import { readFileSidecar } from '../../bus/sidecar-file/sidecar.ts'
import { auditFolder } from '../../witness/audit/folder.ts'
import { trustedOf, type Trusted } from './audit.ts'
import { openBundle } from './bundle-record.ts'
import { usableConfig } from '../configure.ts'
import { disclosuresOf, journalOf } from '../data-folder.ts'
import { folderSeal, RecordError } from '../seal/seal.ts'
import { sealedSource } from '../seal/sealed-source.ts'
import type { Given, SiteRecord } from './site-record.ts'
import { openSource, type Source } from '../site/source.ts'

/**
 * Opens what was given, to read it: a hub may run beside, or be long gone.
 * @throws RecordError where it does not verify; RangeError, ConfigError, LogError where it is not there
 */
export async function openRecord(given: Given): Promise<SiteRecord> {
  const { bundle, config, data } = given
  const trusted = trustedOf(bundle === null ? join(data, 'witness') : '', given)
  if (bundle !== null) return openBundle(bundle, trusted)
  const journal = journalOf(data)
  const usable = config === null ? null : await usableConfig(config)
  if (usable !== null && usable.log.engine !== 'file')
    return whole(await openSource(usable, journal), data, trusted)
  if (existsSync(journal)) {
    const { read, base } = readFileLog(journal, timeOf)
    const texts = () => readFileSidecar(disclosuresOf(data))
    const close = () => Promise.resolve()
    return whole({ read, base, texts, name: journal, close }, data, trusted)
  }
  if (!existsSync(join(data, 'witness', 'segments')))
    throw new RangeError(
      statSync(data, { throwIfNoEntry: false })?.isFile() === true
        ? `${data} is a file: name it with --bundle`
        : `there is no record in ${data}: name the data folder of infra up with --data, a bundle with --bundle, or with --config the config that says where it is`,
    )
  return sealedAlone(data, trusted)
}

function whole(source: Source, data: string, trusted: Trusted): SiteRecord {
  return { ...source, known: null, seal: () => folderSeal(data, trusted), unread: () => 0 }
}

/** A data folder of which somebody has kept the seal alone: its lines are the entries, byte for byte. */
async function sealedAlone(data: string, trusted: Trusted): Promise<SiteRecord> {
  const folder = join(data, 'witness')
  const { policy, manifest } = trusted
  const options = { policy, manifest, strict: false, threads: 1, heads: [] }
  const audited = await auditFolder(folder, options)
  if (audited.fault !== null) throw new RecordError(audited.fault, audited.detail)
  const seal = folderSeal(data, trusted)
  if (seal === null) throw new RecordError('unreadable', `nothing is signed in ${folder}`)
  return {
    name: folder,
    known: null,
    seal: () => seal,
    ...sealedSource(folder, seal.lines),
    close: () => Promise.resolve(),
  }
}

/** Opens what was given, asks, and closes it. */
export async function ofRecord<Answer>(
  given: Given,
  ask: (record: SiteRecord) => Promise<Answer>,
): Promise<Answer> {
  const record = await openRecord(given)
  try {
    return await ask(record)
  } finally {
    await record.close()
  }
}
