import type { Policy } from '../check/policy.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { keyChangeIn, type KeyChange } from '../check/key-change.ts'
import { NoteError } from '../check/note.ts'
import { followChanges, type KeyRange } from '../check/range.ts'
import { signedBy } from './signed.ts'
import { laterThan } from './later.ts'
import { nothingBefore } from './lines.ts'
import { addPeaks, noPeaks, rootOf } from './peaks.ts'
import type { Scan } from './scan.ts'
import type { Silent } from './silence.ts'
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

/** @throws NoteError that names the one which cannot be read */
export function readHead({ name, note }: FoundHead): SignedCheckpoint {
  try {
    return parseCheckpoint(note)
  } catch (cause) {
    if (cause instanceof NoteError) throw new NoteError(`${name}: ${cause.message}`, { cause })
    throw cause
  }
}

/** Whom the auditor trusts; it never comes from what is verified. */
export interface Trust {
  readonly policy: Policy
  /** The log's keys and their ranges in the words of its root key; null: the policy's, and what the lines say of them. */
  readonly manifest: readonly KeyRange[] | null
  /** Whether `heads` are all that were ever published, so that the last of a key that was changed is among them. */
  readonly hasAllHeads: boolean
}

/** The verdict over scanned lines and the heads that were found, in any order. Pure. */
export function judge(
  scans: readonly Scan[],
  heads: readonly SignedCheckpoint[],
  trust: Trust,
): AuditVerdict {
  const bySize = heads.toSorted((a, b) => a.size - b.size)
  return judgeBySize(scans, bySize, trust, heads.at(-1)?.origin ?? null)
}

/**
 * As {@link judge}: `heads` are looked at one after the other, the smallest first, and none is kept. `lastOrigin`: the log's name
 * where no head is good.
 */
export function judgeBySize(
  scans: readonly Scan[],
  heads: Iterable<SignedCheckpoint>,
  { policy, manifest, hasAllHeads }: Trust,
  lastOrigin: string | null,
): AuditVerdict {
  const chain = follow(scans)
  const keys = manifest ?? followChanges(policy.logs, changesIn(scans, chain.lines))
  const good = new Set<number>()
  let fault: Fault | null = chain.fault
  let sealed: SignedCheckpoint | null = null
  let witnessed: AuditVerdict['witnessed'] = null
  let count = 0
  const worst = (found: Fault) => (fault ??= found)

  for (const head of heads) {
    const { origin, size, root } = head
    count++
    let signed
    try {
      signed = signedBy(head, keys, policy, hasAllHeads ? good : null)
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
    if (chain.roots.get(size) !== root.toString('base64')) {
      const detail = `the head of ${size} lines of ${origin} was signed over other lines`
      worst({ fault: 'root', detail })
      continue
    }
    sealed = head
    good.add(size)
    const by = signed.witnesses.map(({ key, at }) => ({ name: key.name, at: at ?? 0 }))
    const isQuorum = policy.isQuorum(new Set(signed.witnesses.map(({ key }) => key.raw)))
    if (isQuorum || witnessed === null || !witnessed.isQuorum)
      witnessed = { size, by, quorum: policy.quorum, isQuorum }
  }
  const torn = scans.some((scan) => scan.torn > 0)
  if (count === 0 && torn)
    worst({
      fault: 'truncated',
      detail: 'the last line has no end, and no head says how much there was',
    })
  if (count > 0 && witnessed !== null && !witnessed.isQuorum)
    worst({ fault: 'unwitnessed', detail: `the policy asks for ${policy.quorum} of the witnesses` })
  const silent = scans.find(({ marks }) => marks.silent !== null)
  if (silent?.marks.silent != null) worst(silence(silent.marks.silent))
  const origin = sealed?.origin ?? lastOrigin
  const inside = scans.flatMap(({ marks }) => marks.heads)
  const witnesses = policy.witnesses.map(({ key }) => key)
  return {
    ok: fault === null,
    fault: fault?.fault ?? null,
    detail: fault?.detail ?? '',
    at: fault?.at ?? null,
    origin,
    from: 0,
    to: chain.lines,
    sealed: sealed === null ? null : { size: sealed.size, root: sealed.root.toString('base64') },
    heads: count,
    witnessed,
    later: origin === null ? [] : laterThan(inside, chain.lines, origin, witnesses),
    unsealed: chain.lines - (sealed?.size ?? 0),
    redacted: 0,
  }
}

/** Of the first `lines`: what stands behind a fault is not believed. */
function changesIn(scans: readonly Scan[], lines: number): readonly KeyChange[] {
  return scans.flatMap(({ marks }) =>
    marks.changes.flatMap(({ seq, event }) => (seq < lines && keyChangeIn(event, seq)) || []),
  )
}

function silence({ seq, hub, from, to }: Silent): Fault {
  const [since, until] = [from, to].map((at) => new Date(at).toISOString())
  return {
    fault: 'silent',
    detail: `nothing was recorded from ${since} to ${until}, before line ${seq}, although the hub ${hub} ran`,
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
  for (const {
    file,
    first,
    begins,
    ends,
    lines: count,
    heads: inside,
    peaks: own,
    broken,
  } of scans) {
    if (first !== lines)
      return end({ fault: 'integrity', detail: `the lines ${lines} to ${first - 1} are missing` })
    if (begins !== null && begins !== expected)
      return end({
        fault: 'integrity',
        detail: `it does not follow line ${first - 1}: one of the two was changed`,
        at: { seq: first, file, offset: 0 },
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
