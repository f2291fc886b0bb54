import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEntry } from '../../bus/entry.ts'
import type { Position, Stored } from '../../bus/log.ts'
import type { ChainTip } from '../../intents/custody-event.ts'
import { baseText, tipsOfBase } from '../../projections/base.ts'
import { foldInto, fromBase } from '../../projections/runner.ts'
import { writeDurably } from '../../witness/durable.ts'
import { maxBodyBytes } from '../../witness/seal/line.ts'
import { readLines } from '../../witness/seal/segments.ts'
import { journalOf } from '../data-folder.ts'
import { openRoom } from '../room.ts'
import { openSource, type Whereabouts } from '../site/source.ts'

/** What a process is told that makes what stands in the place of all entries up to `upTo`. */
export interface BaseTask {
  readonly config: Whereabouts
  /** The data folder. */
  readonly data: string
  readonly upTo: string
}

export interface TrimBase {
  readonly text: string
  readonly tips: readonly ChainTip[]
}

/**
 * Folds a site's record up to an entry, and keeps for good what the seal has by its hash only. @throws LogError; RangeError
 * where there is no such entry
 */
export async function baseUpTo({ config, data, upTo }: BaseTask): Promise<TrimBase> {
  const source = await openSource(config, journalOf(data))
  try {
    const before = (await source.base?.()) ?? null
    const room = openRoom()
    const from = await fromBase(room, before, archiveOf(data))
    const known = before === null ? [] : tipsOfBase(before.text)
    const tips = new Map(known.map((tip) => [tip.hub, tip]))
    for await (const stored of source.read(from, new AbortController().signal)) {
      const recorded = decodeEntry(stored)
      foldInto(room, recorded)
      const { hub, hseq, position } = recorded
      tips.set(hub, { hub, hseq, head: hash('sha256', stored.body, 'base64') })
      if (Buffer.byteLength(stored.body) > maxBodyBytes) keepBody(data, stored.body)
      if (position === upTo) {
        const all = [...tips.values()]
        return { text: baseText(room.all, all), tips: all }
      }
    }
  } finally {
    await source.close()
  }
  throw new RangeError(`the record has no entry at ${upTo}`)
}

/** Bodies that are too long for a line of the seal: after a trim the seal has their hash only. */
function bodiesOf(data: string): string {
  return join(data, 'witness', 'bodies')
}

function keepBody(data: string, body: string): void {
  mkdirSync(bodiesOf(data), { recursive: true })
  const path = join(bodiesOf(data), hash('sha256', body, 'hex'))
  if (!existsSync(path)) writeDurably(path, body)
}

/** The entries of a data folder's seal, which stay when the journal is trimmed. */
export function archiveOf(data: string) {
  return async function* archive(upTo: Position): AsyncGenerator<Stored> {
    for (const line of readLines(join(data, 'witness', 'segments'), 0, Infinity)) {
      const text = line.toString()
      const body = bodyIn(text, data)
      if (body === null) return // not whole: whoever reads it says so
      const position = text.slice(text.lastIndexOf(',"rid":"') + 8, -2) as Position
      yield { position, body }
      if (position === upTo) return
    }
  }
}

/** In canonical JSON `body` comes first and `rid` last, and the body stands as it was stored. */
function bodyIn(line: string, data: string): string | null {
  const start = line.indexOf(',"body":')
  if (start !== -1 && start < 120) return line.slice(start + 8, line.lastIndexOf(',"rid":"'))
  const { bodyHash = '' } = JSON.parse(line) as { readonly bodyHash?: string } // one that was too long
  const path = join(bodiesOf(data), Buffer.from(bodyHash, 'base64').toString('hex'))
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
