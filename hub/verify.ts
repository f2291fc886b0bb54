import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { decodeEntry, type Recorded } from '../bus/entry.ts'
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

/** What the record says of itself that a reader must know: when a hub acted alone, what a server lost. */
interface Remark {
  readonly position: string
  readonly hub: string
  readonly detail: string
}

/** Verifies a log on a server, a page at a time in this process: between two pages presses are served. */
export async function verifyLog(log: Pick<EventLog, 'read'>) {
  const remarks: Remark[] = []
  const verdict = await verifyChains(linesOf(log, remarks))
  return verdict.ok ? { ...verdict, remarks } : verdict
}

/** The engine has found the bytes to be UTF-8, so encoding them again gives the same ones. */
async function* linesOf(
  log: Pick<EventLog, 'read'>,
  remarks: Remark[],
): AsyncGenerator<StoredLine> {
  for await (const stored of log.read(null, new AbortController().signal)) {
    const { position, body } = stored
    if (noteworthy.some((type) => body.includes(type)))
      remarks.push(...remarksOn(decodeEntry(stored)))
    yield { position, file: 'the log', offset: 0, body: Buffer.from(body), crc: 'ok' }
  }
}

const noteworthy = ['"type":"WentAlone"', '"type":"Rejoined"', '"type":"LogGap"']

function remarksOn({ position, hub, event }: Recorded): readonly Remark[] {
  const time = (at: number) => new Date(at).toISOString()
  switch (event.type) {
    case 'WentAlone':
      return [{ position, hub, detail: `acted alone from ${time(event.since)} on` }]
    case 'Rejoined': {
      const lost =
        event.lost.length === 0 ? '' : `; another hub took ${event.lost.join(', ')} meanwhile`
      const detail = `had acted alone until ${time(event.until)}: ${event.entries} entries before this one were recorded later${lost}`
      return [{ position, hub, detail }]
    }
    case 'LogGap':
      return [{ position, hub, detail: `found entries lost up to ${event.until}: ${event.detail}` }]
    default:
      return []
  }
}
