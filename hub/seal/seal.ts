import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditExit, type AuditFault } from '../../witness/audit/verdict.ts'
import { signaturesOn } from '../../witness/audit/signed.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../../witness/check/checkpoint.ts'
import { keyChangeIn, type KeyChange } from '../../witness/check/key-change.ts'
import { NoteError } from '../../witness/check/note.ts'
import { isIncluded } from '../../witness/check/proof.ts'
import { covers, followChanges, namesKey } from '../../witness/check/range.ts'
import { leafHash } from '../../witness/merkle/hash.ts'
import { inclusionPath, type Range } from '../../witness/merkle/proof.ts'
import { readLines } from '../../witness/seal/segments.ts'
import { Tiles } from '../../witness/seal/tiles.ts'
import { tlogProof } from '../../witness/tlog-proof.ts'
import type { Trusted } from '../audit/audit.ts'

/** What proves the lines of a record that somebody has before them. */
export interface Seal {
  readonly head: SignedCheckpoint
  /** The head as it stands. */
  readonly note: string
  /** The sealed lines that are at hand, from number `from` on. */
  readonly from: number
  lines(): Iterable<Buffer>
  /** For proofs about these lines. @throws RangeError where the hashes are not there */
  readonly hashOf: (range: Range) => Buffer
  /** Whether the reader has given a key, and it signed the head; where no key was given nobody knows whose it is. */
  readonly isTrusted: boolean
}

/** A line of the seal with its proof. */
export interface ProvenLine {
  readonly index: number
  /** As it is stored, without its line feed. */
  readonly line: Buffer
  /** Its hash, as a leaf of the tree. */
  readonly leaf: Buffer
  /** From the leaf's sibling up to the root of the newest head. */
  readonly path: readonly Buffer[]
  /** Whether it holds. */
  readonly isGood: boolean
}

/** A record that must not be shown as one: it does not verify. `exit` is what `infra witness verify` ends with. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly fault: AuditFault
  readonly exit: number
  constructor(fault: AuditFault, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.fault = fault
    this.exit = auditExit[fault]
  }
}

/** The seal in a data folder; null where nothing is signed. @throws RecordError where the head is not what was asked for */
export function folderSeal(data: string, trusted: Trusted): Seal | null {
  const folder = join(data, 'witness')
  const newest = join(folder, 'checkpoint')
  if (!existsSync(newest)) return null
  const note = readFileSync(newest, 'utf8')
  const head = headOf(note, newest)
  const tiles = new Tiles(join(folder, 'tile'))
  return {
    head,
    note,
    from: 0,
    lines: () => readLines(join(folder, 'segments'), 0, head.size),
    hashOf: (range) => tiles.hashOf(range),
    isTrusted: isTrusted(head, trusted, newest, () =>
      readLines(join(folder, 'segments'), 0, head.size),
    ),
  }
}

/** @throws RecordError for what is no head */
export function headOf(note: string, name: string): SignedCheckpoint {
  try {
    return parseCheckpoint(Buffer.from(note))
  } catch (cause) {
    throw asRecordError('unreadable', name, cause)
  }
}

/** @throws RecordError where keys were given, and they did not sign it, or too few witnesses did */
export function isTrusted(
  head: SignedCheckpoint,
  { policy, manifest, isOwn }: Trusted,
  name: string,
  lines: () => Iterable<Buffer>,
  from = 0,
): boolean {
  if (isOwn) return false
  const known = manifest ?? followChanges(policy.logs, [])
  const isKnown = known.some(
    (range) => covers(range, head.size) && namesKey(head.note.signatures, range.key),
  )
  // a record is read for changes of its key only where the head is by another key than was given
  const keys =
    isKnown || manifest !== null ? known : followChanges(policy.logs, changesIn(lines(), from))
  let signed
  try {
    signed = signaturesOn(head, keys, policy)
  } catch (cause) {
    throw asRecordError('signature', name, cause)
  }
  if (!policy.isQuorum(new Set(signed.witnesses.map(({ key }) => key.raw))))
    throw new RecordError(
      'unwitnessed',
      `${name}: the policy asks for ${policy.quorum} of the witnesses`,
    )
  return true
}

function changesIn(lines: Iterable<Buffer>, from: number): readonly KeyChange[] {
  const found: KeyChange[] = []
  let seq = from - 1
  for (const line of lines) {
    seq++
    if (!line.includes('"type":"KeyChanged"')) continue
    const { body } = JSON.parse(line.toString()) as { readonly body?: { readonly event?: unknown } } // sealed lines are JSON
    const change = keyChangeIn(body?.event, seq)
    if (change !== null) found.push(change)
  }
  return found
}

function asRecordError(fault: AuditFault, name: string, cause: unknown): unknown {
  return cause instanceof NoteError
    ? new RecordError(fault, `${name}: ${cause.message}`, { cause })
    : cause
}

/**
 * A line's proof, and whether it holds: it is checked as anybody would, against the head alone.
 * @throws RangeError where the hashes for it are not there
 */
export function prove({ head, hashOf }: Seal, index: number, line: Buffer): ProvenLine {
  const path = inclusionPath(index, head.size).map(hashOf)
  const leaf = leafHash(line)
  return { index, line, leaf, path, isGood: isIncluded(index, head.size, leaf, path, head.root) }
}

/** The text of a `.tlog-proof` file. */
export function proofText({ note }: Seal, { index, path }: ProvenLine): string {
  return tlogProof(index, path, note)
}
