import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { auditProof } from '../../witness/audit/proof.ts'
import { isTlogProof } from '../../witness/check/tlog-proof.ts'
import { auditOf, trustedOf, type SealAudit, type SealAuditOptions } from './audit.ts'
import { proofAt } from './proofs.ts'
import { ofRecord } from './record.ts'
import type { Given } from './site-record.ts'
import { proofText } from '../seal/seal.ts'

/** What proves one line: the text of a `.tlog-proof`. */
export interface Proven {
  readonly index: number
  readonly origin: string
  readonly size: number
  readonly text: string
  /** The line, as it is stored. */
  readonly line: string
}

/** @throws RecordError, RangeError where the line is not sealed, or is not proven */
export function proveGiven(
  given: Given,
  wanted: { readonly seq: number } | { readonly position: string },
  files: { readonly proof: string | null; readonly line: string | null },
): Promise<Proven> {
  return ofRecord(given, (record) => {
    const seal = record.seal()
    if (seal === null)
      throw new RangeError(
        `nothing is signed beside ${record.name}: name the data folder of a hub that seals, or a bundle`,
      )
    const proof = proofAt(seal, wanted)
    if (!proof.isGood)
      throw new RangeError(
        `line ${proof.index} is not the one that was signed: infra witness verify says more`,
      )
    const text = proofText(seal, proof)
    if (files.proof !== null) writeFileSync(files.proof, text)
    if (files.line !== null) writeFileSync(files.line, proof.line)
    const { origin, size } = seal.head
    return Promise.resolve({ index: proof.index, origin, size, text, line: proof.line.toString() })
  })
}

/** Whether a file says of itself that it is a proof of one line. */
export function isProofFile(file: string): boolean {
  const begin = Buffer.alloc(64)
  const fd = openSync(file, 'r')
  try {
    return isTlogProof(begin.subarray(0, readSync(fd, begin)))
  } finally {
    closeSync(fd)
  }
}

/**
 * Verifies a proof of one line: there is no key to be taken from it.
 * @throws KeyError, PolicyError, RangeError for what the auditor gave; Node's own error for a file that is not there
 */
export function auditProofFile(
  file: string,
  line: string | null,
  options: SealAuditOptions,
): SealAudit {
  if (line === null)
    throw new RangeError(
      `which line does ${file} prove? Give the line as it is stored with --line FILE: infra witness prove --line writes it`,
    )
  if (!existsSync(line)) throw new RangeError(`there is no file ${line}`)
  const trusted = trustedOf('', options)
  if (trusted.isOwn)
    throw new RangeError(
      `whose is ${file}? Give the log's public key with --key, or --policy: never take it from the file itself`,
    )
  const bytes = readFileSync(line)
  // a line has no line feed of its own, and editors and shells put one behind it
  const own = bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes
  return auditOf(auditProof(readFileSync(file), own, trusted), false)
}
