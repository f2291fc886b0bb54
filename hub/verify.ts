import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EventLog } from '../bus/log.ts'
import { verifyChains, type ChainVerdict, type StoredLine } from '../witness/verify.ts'

/** Verifies the journal in `data` in another process. Rejects where it cannot be read. */
export function verifyApart(data: string): Promise<ChainVerdict> {
  const file = import.meta.url.endsWith('.ts') ? './verify-process.ts' : './verify-process.js'
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [data])
    child.once('message', (verdict) => resolve(verdict as ChainVerdict)) // from verify-process.ts, which sends nothing else
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the verification ended with code ${code} and without a verdict`)),
    )
  })
}

/** Verifies a log on a server, a page at a time in this process: between two pages presses are served. */
export function verifyLog(log: Pick<EventLog, 'read'>): Promise<ChainVerdict> {
  return verifyChains(linesOf(log))
}

/** The engine has found the bytes to be UTF-8, so encoding them again gives the same ones. */
async function* linesOf(log: Pick<EventLog, 'read'>): AsyncGenerator<StoredLine> {
  for await (const { position, body } of log.read(null, new AbortController().signal))
    yield { position, file: 'the log', offset: 0, body: Buffer.from(body), crc: 'ok' }
}
