import type { Policy } from '../check/policy.ts'
import { parseCheckpoint, verifyCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import { addPeaks, nothingBefore, rootOf, type Peak } from './lines.ts'
import type { Scan } from './scan.ts'
import type { AuditFault, AuditVerdict } from './verdict.ts'

/** A head as it was found: bytes that may be anything. */
export interface FoundHead {
  /** Where it was found, for the verdict. */
  readonly name: string
  readonly note: Uint8Array
}

interface Fault {
  readonly fault: AuditFault
  readonly detail: string
  readonly at?: AuditVerdict['at']
}

/** The heads that can be read, by size. @throws NoteError that names the one which cannot */
export function readHeads(found: readonly FoundHead[]): readonly SignedCheckpoint[] {
  return found.map(({ name, note }) => {
    try {
      return parseCheckpoint(note)
    } catch (cause) {
      if (cause instanceof NoteError) throw new NoteError(`${name}: ${cause.message}`, { cause })
      throw cause
    }
  })
}

/**
 * The verdict over scanned lines and the heads that were found. Pure. `policy` holds the keys that the auditor trusts: they
 * never come from what is verified.
 */
export function judge(
  scans: readonly Scan[],
  heads: readonly SignedCheckpoint[],
  policy: Policy,
): AuditVerdict {
  const chain = follow(scans)
  const roots = new Map(chain.heads.map(({ size, peaks }) => [size, rootOf(peaks)]))
  const trusted = [...policy.logs, ...policy.witnesses.map(({ key }) => key)]
  let fault: Fault | null = chain.fault
  let sealed: SignedCheckpoint | null = null
  let witnessed: AuditVerdict['witnessed'] = null
  const worst = (found: Fault) => (fault ??= found)

  for (const head of heads.toSorted((a, b) => a.size - b.size)) {
    const { origin, size, root } = head
    let signed
    try {
      signed = verifyCheckpoint(head, trusted)
    } catch (error) {
      if (!(error instanceof NoteError)) throw error
      worst({ fault: 'signature', detail: `the head of ${size} lines: ${error.message}` })
      continue
    }
    if (size > chain.lines) {
      const detail = `a head of ${size} lines was signed, and there are ${chain.lines}`
      worst({ fault: 'truncated', detail })
      continue
    }
    if (roots.get(size) !== root.toString('base64')) {
      const detail = `the head of ${size} lines of ${origin} was signed over other lines`
      worst({ fault: 'root', detail })
      continue
    }
    sealed = head
    const by = signed.witnesses.map(({ key, at }) => ({ name: key.name, at: at ?? 0 }))
    const isQuorum = policy.isQuorum(new Set(signed.witnesses.map(({ key }) => key.raw)))
    if (isQuorum || witnessed === null || !witnessed.isQuorum)
      witnessed = { size, by, quorum: policy.quorum, isQuorum }
  }
  const torn = scans.some((scan) => scan.torn > 0)
  if (heads.length === 0 && torn)
    worst({
      fault: 'truncated',
      detail: 'the last line has no end, and no head says how much there was',
    })
  if (heads.length > 0 && witnessed !== null && !witnessed.isQuorum)
    worst({ fault: 'unwitnessed', detail: `the policy asks for ${policy.quorum} of the witnesses` })
  return {
    ok: fault === null,
    fault: fault?.fault ?? null,
    detail: fault?.detail ?? '',
    at: fault?.at ?? null,
    origin: sealed?.origin ?? heads.at(-1)?.origin ?? null,
    from: scans[0]?.first ?? 0,
    to: chain.lines,
    sealed: sealed === null ? null : { size: sealed.size, root: sealed.root.toString('base64') },
    heads: heads.length,
    witnessed,
    unsealed: chain.lines - (sealed?.size ?? 0),
    redacted: 0,
  }
}

/** Puts what was scanned file by file together: one chain, one tree. */
function follow(scans: readonly Scan[]): {
  readonly lines: number
  readonly heads: readonly { readonly size: number; readonly peaks: readonly Peak[] }[]
  readonly fault: Fault | null
} {
  let expected: string = nothingBefore
  let peaks: readonly Peak[] = []
  let lines = 0
  const heads: { size: number; peaks: readonly Peak[] }[] = [{ size: 0, peaks: [] }]
  for (const { first, begins, ends, lines: count, heads: inside, peaks: own, broken } of scans) {
    if (first !== lines)
      return {
        lines,
        heads,
        fault: { fault: 'integrity', detail: `the lines ${lines} to ${first - 1} are missing` },
      }
    if (begins !== null && begins !== expected)
      return {
        lines,
        heads,
        fault: {
          fault: 'integrity',
          detail: `line ${first} does not follow the one before: one of the two was changed`,
        },
      }
    heads.push(...inside.map(({ size, peaks: some }) => ({ size, peaks: addPeaks(peaks, some) })))
    peaks = addPeaks(peaks, own)
    expected = ends ?? expected
    lines += count
    if (broken !== null) {
      const { seq, file, offset, detail } = broken
      return { lines, heads, fault: { fault: 'integrity', detail, at: { seq, file, offset } } }
    }
  }
  return { lines, heads, fault: null }
}
