import type { Policy } from '../check/policy.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../check/checkpoint.ts'
import { keyChangeIn, type KeyChange } from '../check/key-change.ts'
import { NoteError } from '../check/note.ts'
import { followChanges, type KeyRange } from '../check/range.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { keysOf, lookAt, signedBy, type LookedHead } from './signed.ts'
import { laterThan } from './later.ts'
import { nothingBefore } from './lines.ts'
import { addPeaks, noPeaks, rootOf, rootWith } from './peaks.ts'
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
  const judgement = new Judgement(scans, trust)
  for (const head of heads.toSorted((one, other) => one.size - other.size))
    judgement.add(lookAt(head, judgement.trusted))
  return judgement.verdict(heads.at(-1)?.origin ?? null)
}

/** As {@link judge}, one head after the other; none of them is kept. */
export class Judgement {
  readonly #scans: readonly Scan[]
  readonly #trust: Trust
  readonly #chain: Chain
  /** Of the log, as far as the auditor's trust goes. */
  readonly #keys: readonly KeyRange[]
  /** The keys with which heads are looked at: those of the log, then the witnesses'. */
  readonly trusted: readonly VerifierKey[]
  /** The sizes of the heads that are good. */
  readonly #good = new Set<number>()
  #fault: Fault | null
  #sealed: LookedHead | null = null
  #witnessed: AuditVerdict['witnessed'] = null
  #count = 0

  constructor(scans: readonly Scan[], trust: Trust) {
    const { policy, manifest } = trust
    this.#scans = scans
    this.#trust = trust
    this.#chain = follow(scans)
    this.#fault = this.#chain.fault
    this.#keys = manifest ?? followChanges(policy.logs, changesIn(scans, this.#chain.lines))
    this.trusted = keysOf(this.#keys, policy)
  }

  /** The next head, not smaller than the one before, looked at with the keys that are `trusted`. */
  add(head: LookedHead): void {
    const { lines, roots } = this.#chain
    const { policy, hasAllHeads } = this.#trust
    const { origin, size, root } = head
    this.#count++
    let signed
    try {
      signed = signedBy(head, this.#keys, policy, hasAllHeads ? this.#good : null)
    } catch (error) {
      if (!(error instanceof NoteError)) throw error
      this.#worst('signature', `the head of ${size} lines: ${error.message}`)
      return
    }
    if (size > lines) {
      this.#worst('truncated', `a head of ${size} lines was signed, and there are ${lines}`)
      return
    }
    if (roots.get(size) !== root) {
      this.#worst('root', `the head of ${size} lines of ${origin} was signed over other lines`)
      return
    }
    this.#sealed = head
    this.#good.add(size)
    const by = signed.witnesses.map(({ key, at }) => ({ name: key.name, at: at ?? 0 }))
    const isQuorum = policy.isQuorum(new Set(signed.witnesses.map(({ key }) => key.raw)))
    if (isQuorum || this.#witnessed === null || !this.#witnessed.isQuorum)
      this.#witnessed = { size, by, quorum: policy.quorum, isQuorum }
  }

  #worst(fault: AuditFault, detail: string): void {
    this.#fault ??= { fault, detail }
  }

  /** `lastOrigin`: the log's name where no head is good; null where there is none at all. */
  verdict(lastOrigin: string | null): AuditVerdict {
    const { policy } = this.#trust
    const scans = this.#scans
    const { lines } = this.#chain
    const sealed = this.#sealed
    const witnessed = this.#witnessed
    const torn = scans.some((scan) => scan.torn > 0)
    if (this.#count === 0 && torn)
      this.#worst('truncated', 'the last line has no end, and no head says how much there was')
    if (witnessed !== null && !witnessed.isQuorum)
      this.#worst('unwitnessed', `the policy asks for ${policy.quorum} of the witnesses`)
    const silent = scans.find(({ marks }) => marks.silent !== null)
    if (silent?.marks.silent != null) this.#worst('silent', silence(silent.marks.silent))
    const origin = sealed?.origin ?? lastOrigin
    const inside = scans.flatMap(({ marks }) => marks.heads)
    const witnesses = policy.witnesses.map(({ key }) => key)
    const fault = this.#fault
    return {
      ok: fault === null,
      fault: fault?.fault ?? null,
      detail: fault?.detail ?? '',
      at: fault?.at ?? null,
      origin,
      from: 0,
      to: lines,
      sealed: sealed === null ? null : { size: sealed.size, root: sealed.root },
      heads: this.#count,
      witnessed,
      later: origin === null ? [] : laterThan(inside, lines, origin, witnesses),
      unsealed: lines - (sealed?.size ?? 0),
      redacted: 0,
    }
  }
}

/** Of the first `lines`: what stands behind a fault is not believed. */
function changesIn(scans: readonly Scan[], lines: number): readonly KeyChange[] {
  return scans.flatMap(({ marks }) =>
    marks.changes.flatMap(({ seq, event }) => (seq < lines && keyChangeIn(event, seq)) || []),
  )
}

function silence({ seq, hub, from, to }: Silent): string {
  const [since, until] = [from, to].map((at) => new Date(at).toISOString())
  return `nothing was recorded from ${since} to ${until}, before line ${seq}, although the hub ${hub} ran`
}

interface Chain {
  readonly lines: number
  /** By the size of the tree, base64. */
  readonly roots: ReadonlyMap<number, string>
  readonly fault: Fault | null
}

/** Puts what was scanned file by file together: one chain, one tree. */
function follow(scans: readonly Scan[]): Chain {
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
    // a file has at most as many lines as any subtree before it: its first line is a multiple of what a file may have
    for (const { size, root } of inside) roots.set(size, rootWith(peaks, root))
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
