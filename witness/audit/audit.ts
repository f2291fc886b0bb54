import type { Policy } from '../check/policy.ts'
import {
  parseCheckpoint,
  verifyCheckpoint,
  type Checkpoint,
  type SignedCheckpoint,
} from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import { addPeaks, noPeaks, nothingBefore, rootOf } from './lines.ts'
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

/** @throws NoteError that names the head which cannot be read */
export function readHead({ name, note }: FoundHead): SignedCheckpoint {
  try {
    return parseCheckpoint(note)
  } catch (cause) {
    if (cause instanceof NoteError) throw new NoteError(`${name}: ${cause.message}`, { cause })
    throw cause
  }
}

/** A head, and what its signatures are worth. */
export interface CheckedHead {
  readonly head: Checkpoint
  readonly signed: ReturnType<typeof verifyCheckpoint> | NoteError
}

/** Looks at a head's signatures. `policy` holds the keys that the auditor trusts: they never come from what is verified. */
export function checkHead(head: SignedCheckpoint, policy: Policy): CheckedHead {
  const trusted = [...policy.logs, ...policy.witnesses.map(({ key }) => key)]
  const { origin, size, root } = head // and not its text: a long log has many
  try {
    return { head: { origin, size, root }, signed: verifyCheckpoint(head, trusted) }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return { head: { origin, size, root }, signed: error }
  }
}

/** The verdict over scanned lines and the heads that were found. Pure. */
export function judge(
  scans: readonly Scan[],
  heads: readonly CheckedHead[],
  policy: Policy,
): AuditVerdict {
  const chain = follow(scans)
  let fault: Fault | null = chain.fault
  let sealed: Checkpoint | null = null
  let witnessed: AuditVerdict['witnessed'] = null
  const worst = (found: Fault) => (fault ??= found)

  for (const { head, signed } of heads.toSorted((a, b) => a.head.size - b.head.size)) {
    const { origin, size, root } = head
    if (signed instanceof NoteError) {
      worst({ fault: 'signature', detail: `the head of ${size} lines: ${signed.message}` })
      continue
    }
    if (size > chain.lines) {
      const detail = `a head of ${size} lines was signed, and there are ${chain.lines}`
      worst({ fault: 'truncated', detail })
      continue
    }
    if (chain.roots.get(size) !== root.toString('base64')) {
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
    origin: sealed?.origin ?? heads.at(-1)?.head.origin ?? null,
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
  /** By the size of the tree, base64. */
  readonly roots: ReadonlyMap<number, string>
  readonly fault: Fault | null
} {
  let expected: string = nothingBefore
  let peaks = noPeaks
  let lines = 0
  const roots = new Map([[0, rootOf(noPeaks)]])
  const end = (fault: Fault | null) => ({ lines, roots, fault })
  for (const { first, begins, ends, lines: count, heads: inside, peaks: own, broken } of scans) {
    if (first !== lines)
      return end({ fault: 'integrity', detail: `the lines ${lines} to ${first - 1} are missing` })
    if (begins !== null && begins !== expected)
      return end({
        fault: 'integrity',
        detail: `line ${first} does not follow the one before: one of the two was changed`,
      })
    for (const { size, peaks: some } of inside) roots.set(size, rootOf(addPeaks(peaks, some)))
    peaks = addPeaks(peaks, own)
    expected = ends ?? expected
    lines += count
    if (broken !== null) {
      const { seq, file, offset, detail } = broken
      return end({ fault: 'integrity', detail, at: { seq, file, offset } })
    }
  }
  return end(null)
}
