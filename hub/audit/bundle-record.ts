import { createReadStream, statSync } from 'node:fs'
import { linesOf } from '../../witness/audit/bodies.ts'
import { auditBundle } from '../../witness/audit/bundle.ts'
import type { BundleHead } from '../../witness/bundle.ts'
import { hashesOver } from '../../witness/line-tree.ts'
import { hashBytes, leafHash } from '../../witness/merkle/hash.ts'
import type { Trusted } from './audit.ts'
import type { SiteRecord } from './site-record.ts'
import { headOf, isTrusted, RecordError, type Seal } from '../seal/seal.ts'
import { sealedSource } from '../seal/sealed-source.ts'

/**
 * A bundle as a record: nothing of it is shown before its bytes were found to be what its head was signed over.
 * @throws RecordError where they are not; RangeError where there is no such file
 */
export async function openBundle(file: string, trusted: Trusted): Promise<SiteRecord> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new RangeError(`there is no bundle ${file}: infra witness export writes one`)
  const chunks = createReadStream(file) as AsyncIterable<Buffer>
  const { policy, manifest } = trusted
  const options = { policy, manifest, strict: false, name: file }
  const { fault, detail, at } = await auditBundle(chunks, options)
  // without a key nobody knows who signed it; that its lines are what was signed is looked at below
  if (fault !== null && !(fault === 'signature' && trusted.isOwn))
    throw new RecordError(
      fault,
      at === null ? detail : `${detail}, line ${at.seq} (byte ${at.offset} of ${file})`,
    )
  const seal = sealIn(file, trusted)
  const { from, size, origin } = headLine(file)
  return {
    name: file,
    known: { origin, from, to: seal.to, size },
    seal: () => seal,
    ...sealedSource(file, seal.lines),
    close: () => Promise.resolve(),
  }
}

/** The audit has looked at its form. */
function headLine(file: string): BundleHead {
  for (const line of linesOf(file)) return JSON.parse(line.toString()) as BundleHead
  throw new RecordError('unreadable', `${file} is empty`)
}

/** What proves the lines of a bundle. @throws RecordError where its head is over other lines */
function sealIn(file: string, trusted: Trusted): Seal & { readonly to: number } {
  const { from, to, size, left, right } = headLine(file)
  const leaves = Buffer.alloc((to - from) * hashBytes)
  let seen = -1
  let note = ''
  for (const line of linesOf(file)) {
    if (seen >= 0 && seen < to - from) leafHash(line).copy(leaves, seen * hashBytes)
    else if (seen >= 0) note ||= checkpointIn(line)
    seen++
  }
  const bytes = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'))
  const hashOf = hashesOver({ from, to, size, left: bytes(left), right: bytes(right) }, leaves)
  const head = headOf(note, file)
  if (head.size !== size || !hashOf({ start: 0, end: size }).equals(head.root))
    throw new RecordError('root', `the head in ${file} is over other lines than those in it`)
  return {
    head,
    note,
    from,
    to,
    lines: () => bundleLines(file, to - from),
    hashOf,
    isTrusted: isTrusted(head, trusted, file, () => bundleLines(file, to - from), from),
  }
}

function checkpointIn(line: Buffer): string {
  const { checkpoint = '' } = JSON.parse(line.toString()) as { readonly checkpoint?: string } // the audit has looked at its form
  return checkpoint
}

function* bundleLines(file: string, count: number): Generator<Buffer> {
  let seen = -1
  for (const line of linesOf(file)) {
    if (seen >= count) return
    if (seen >= 0) yield line
    seen++
  }
}
