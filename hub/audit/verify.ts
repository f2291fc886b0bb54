import { LogError, type EventLog } from '../../bus/log.ts'
import { verifyChains, type ChainVerdict, type StoredLine } from '../../witness/verify.ts'
import { apart } from '../apart.ts'
import type { Whereabouts } from '../site/source.ts'

/** What the process that verifies is told. Secrets are references, which it resolves itself. */
export interface VerifyTask {
  readonly config: Whereabouts
  /** The data folder. */
  readonly data: string
}

/**
 * Verifies a site's record in another process: hashing all of it must not delay a press. Rejects where it cannot be read.
 */
export function verifyApart(task: VerifyTask): Promise<ChainVerdict> {
  return apart('verify-process', task)
}

/** Verifies a log on a server, a page at a time. `name` stands for the file in what it says. */
export async function verifyLog(
  log: Pick<EventLog, 'read'>,
  name = 'the log',
): Promise<ChainVerdict> {
  let last = 'none'
  async function* lines(): AsyncGenerator<StoredLine> {
    for await (const { position, body } of log.read(null, new AbortController().signal)) {
      // the engine has found the bytes to be UTF-8, so encoding them again gives the same ones
      yield { position, file: name, offset: 0, body: Buffer.from(body), crc: 'ok' }
      last = position
    }
  }
  try {
    return await verifyChains(lines())
  } catch (error) {
    if (!(error instanceof LogError) || error.code !== 'corrupt') throw error
    const position = `after ${last}`
    return { ok: false, fault: 'malformed', position, file: name, offset: 0, detail: error.message }
  }
}
