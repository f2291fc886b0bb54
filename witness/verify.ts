import { hash } from 'node:crypto'

// Verification of a journal's chains from its stored bytes. It shares no code with what writes them, and knows an entry
// only as bytes with three members: whose it is, its number, and the hash of the one before.

/** One stored line, as found. Everything in it is attacker-controlled. */
export interface StoredLine {
  readonly position: string
  readonly file: string
  /** Where its record begins in the file, in bytes. */
  readonly offset: number
  readonly body: Uint8Array
  /** `bad`: its checksum does not fit; `torn`: the last line of its file, without an end. */
  readonly crc: 'ok' | 'bad' | 'torn'
}

export type ChainFault =
  /** The bytes do not fit their checksum: they were changed, or the disk failed. */
  | 'hash'
  /** Not an entry of a journal. */
  | 'malformed'
  /** Numbers are missing or out of order: entries were removed, repeated or moved. */
  | 'gap'
  /** It does not follow the entry before it: one of the two was changed. */
  | 'prev'
  /** The last line has no end. */
  | 'truncated'

export type ChainVerdict =
  | {
      readonly ok: true
      readonly entries: number
      readonly hubs: readonly {
        readonly hub: string
        readonly entries: number
        readonly head: string
      }[]
    }
  | {
      readonly ok: false
      readonly fault: ChainFault
      readonly position: string
      readonly file: string
      readonly offset: number
      readonly detail: string
    }

interface Tip {
  readonly hseq: number
  readonly head: string
  readonly position: string
}

/** `hprev` of a hub's first entry: 32 zero bytes, base64. */
const nothingBefore = `${'A'.repeat(43)}=`

/** Follows every hub's chain through all lines; stops at the first fault. Constant memory. */
export async function verifyChains(lines: AsyncIterable<StoredLine>): Promise<ChainVerdict> {
  const tips = new Map<string, Tip>()
  let entries = 0
  for await (const line of lines) {
    const fault = follow(line, tips)
    if (fault !== null) {
      const { position, file, offset } = line
      return { ok: false, position, file, offset, ...fault }
    }
    entries++
  }
  const hubs = [...tips].map(([hub, { hseq, head }]) => ({ hub, entries: hseq, head }))
  return { ok: true, entries, hubs }
}

interface Fault {
  readonly fault: ChainFault
  readonly detail: string
}

function follow(line: StoredLine, tips: Map<string, Tip>): Fault | null {
  if (line.crc === 'bad')
    return { fault: 'hash', detail: 'the stored bytes do not fit their checksum' }
  if (line.crc === 'torn')
    return {
      fault: 'truncated',
      detail:
        'the last line has no end: a crash in the middle of an append that nobody was told of (the next start cuts and records it), or it was cut',
    }
  const link = linkOf(line.body)
  if (link === null) return { fault: 'malformed', detail: 'this line is no entry of a journal' }
  const { hub, hseq, hprev } = link
  const before = tips.get(hub)
  const expected = (before?.hseq ?? 0) + 1
  if (hseq !== expected)
    return {
      fault: 'gap',
      detail: `entry ${hseq} of hub ${hub} stands where its entry ${expected} belongs`,
    }
  if (hprev !== (before?.head ?? nothingBefore)) {
    const other =
      before === undefined ? 'the beginning' : `the entry at position ${before.position}`
    return { fault: 'prev', detail: `it does not follow ${other}: one of the two was changed` }
  }
  tips.set(hub, { hseq, head: hash('sha256', line.body, 'base64'), position: line.position })
  return null
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function linkOf(body: Uint8Array): { hub: string; hseq: number; hprev: string } | null {
  try {
    const entry: unknown = JSON.parse(utf8.decode(body))
    if (typeof entry !== 'object' || entry === null) return null
    if (!('hub' in entry && 'hseq' in entry && 'hprev' in entry)) return null
    const { hub, hseq, hprev } = entry
    return typeof hub === 'string' && typeof hseq === 'number' && typeof hprev === 'string'
      ? { hub, hseq, hprev }
      : null
  } catch {
    return null // not UTF-8 or not JSON: malformed, as the caller says
  }
}
