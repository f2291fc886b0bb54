import { hash } from 'node:crypto'
import { aloneIn, type RecordedAlone } from './alone.ts'
import { isTrimmed, trimIn, type LateBeginning, type RecordedTrim } from './trim.ts'
import { explains, gapIn, type ChainGap, type Jump, type RecordedGap } from './gap.ts'

// Verification of a journal's chains from its stored bytes. It shares no code with what writes them, and knows an entry
// only as bytes with three members: whose it is, its number, and the hash of the one before; and of one kind what it says
// that was lost.

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
      /** What the record itself says that its storage lost: everything else is there and unchanged. */
      readonly gaps: readonly ChainGap[]
      /** When hubs acted alone, as they say themselves. */
      readonly alone: readonly RecordedAlone[]
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
  /** How many of its entries are there: fewer than its newest number where some were lost. */
  readonly count: number
  readonly head: string
  readonly position: string
}

/** `hprev` of a hub's first entry: 32 zero bytes, base64. */
const nothingBefore = `${'A'.repeat(43)}=`

/** How many gaps, jumps and times alone are kept: a record with more has another trouble. */
const mostGaps = 1000

/** What is known after the lines so far. */
interface Walk {
  readonly tips: Map<string, Tip>
  readonly gaps: RecordedGap[]
  readonly alone: RecordedAlone[]
  /** Where numbers are missing: whether a gap explains it may only be known at the end. */
  readonly jumps: {
    readonly jump: Jump
    readonly line: StoredLine
    readonly detail: string
    /** Where a chain begins in its middle: null elsewhere. */
    readonly late: LateBeginning | null
  }[]
  /** What the record says that was cut off its beginning. Of one that is cut for ever the newest. */
  readonly trims: RecordedTrim[]
}

/**
 * Follows every hub's chain through all lines and names the first fault. Numbers that are missing are none where the record
 * says that they were lost there. Constant memory.
 */
export async function verifyChains(lines: AsyncIterable<StoredLine>): Promise<ChainVerdict> {
  const walk: Walk = { tips: new Map(), gaps: [], alone: [], jumps: [], trims: [] }
  let start: string | null = null
  let entries = 0
  let broken: ({ readonly line: StoredLine } & Fault) | null = null
  for await (const line of lines) {
    start ??= line.position
    const fault = follow(line, walk)
    if (fault !== null) {
      broken = { line, ...fault }
      break
    }
    entries++
  }
  const { tips, gaps, alone, jumps, trims } = walk
  const isCut = (late: LateBeginning | null) =>
    late !== null && trims.some((trim) => isTrimmed(trim, late, start ?? ''))
  const unexplained = jumps.find(
    ({ jump, late }) => !isCut(late) && !gaps.some((gap) => explains(gap, jump)),
  )
  const first = unexplained === undefined ? broken : { fault: 'gap' as const, ...unexplained }
  if (first !== null) {
    const { fault, detail, line } = first
    return {
      ok: false,
      position: line.position,
      file: line.file,
      offset: line.offset,
      fault,
      detail,
    }
  }
  const hubs = [...tips].map(([hub, { count, head }]) => ({ hub, entries: count, head }))
  return { ok: true, entries, hubs, gaps: explained(gaps, jumps), alone }
}

/** Each gap with what is missing because of it: a jump belongs to the first that explains it. */
function explained(gaps: readonly RecordedGap[], jumps: Walk['jumps']): readonly ChainGap[] {
  return gaps.map((gap) => ({
    ...gap,
    missing: jumps.flatMap(({ jump }) =>
      gaps.find((one) => explains(one, jump)) === gap ? [jump.missing] : [],
    ),
  }))
}

interface Fault {
  readonly fault: ChainFault
  readonly detail: string
}

function follow(line: StoredLine, { tips, gaps, alone, jumps, trims }: Walk): Fault | null {
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
  const { hub, hseq, hprev, event } = link
  const { position } = line
  const before = tips.get(hub)
  const expected = (before?.hseq ?? 0) + 1
  if (hseq !== expected) {
    const detail = `entry ${hseq} of hub ${hub} stands where its entry ${expected} belongs`
    if (!(hseq > expected) || !Number.isSafeInteger(hseq) || jumps.length === mostGaps)
      return { fault: 'gap', detail }
    const missing = { hub, from: expected, to: hseq - 1 }
    // what it is chained to is missing, too: from here on the chain begins anew
    const late = before === undefined ? { hub, hseq, hprev } : null
    jumps.push({ jump: { missing, after: before?.position ?? null, position }, line, detail, late })
  } else if (hprev !== (before?.head ?? nothingBefore)) {
    const other =
      before === undefined ? 'the beginning' : `the entry at position ${before.position}`
    return { fault: 'prev', detail: `it does not follow ${other}: one of the two was changed` }
  }
  const count = (before?.count ?? 0) + 1
  tips.set(hub, { hseq, count, head: hash('sha256', line.body, 'base64'), position })
  const gap = gapIn(event, position, hub)
  if (gap !== null && gaps.length < mostGaps) gaps.push(gap)
  const trim = trimIn(event)
  if (trim !== null) {
    if (trims.length === mostGaps) trims.shift()
    trims.push(trim)
  }
  const solo = aloneIn(event, position, hub)
  if (solo !== null && alone.length < mostGaps) alone.push(solo)
  return null
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

interface Link {
  readonly hub: string
  readonly hseq: number
  readonly hprev: string
  readonly event: unknown
}

function linkOf(body: Uint8Array): Link | null {
  try {
    const entry: unknown = JSON.parse(utf8.decode(body))
    if (typeof entry !== 'object' || entry === null) return null
    if (!('hub' in entry && 'hseq' in entry && 'hprev' in entry)) return null
    const { hub, hseq, hprev } = entry
    const event = 'event' in entry ? entry.event : undefined
    return typeof hub === 'string' && typeof hseq === 'number' && typeof hprev === 'string'
      ? { hub, hseq, hprev, event }
      : null
  } catch {
    return null // not UTF-8 or not JSON: malformed, as the caller says
  }
}
