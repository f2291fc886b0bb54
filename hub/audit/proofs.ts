import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealedBody } from '../../witness/audit/bodies.ts'
import { prove, proofText, type ProvenLine, type Seal } from '../seal/seal.ts'

/** What proves an entry: the line that it was sealed in, and that line's place in the log. */
export interface EntryProof extends ProvenLine {
  /** Whether the line has what the record shows: a journal that was changed after it was sealed has something else. */
  readonly isSame: boolean
}

/** What was shown, by position: the entry's stored text. */
type Shown = ReadonlyMap<string, string>

/** The proofs of entries, by position; those that have none are not sealed yet. @throws RangeError where hashes are missing */
export function proofsOf(seal: Seal, shown: Shown): ReadonlyMap<string, EntryProof> {
  const proofs = new Map<string, EntryProof>()
  let index = seal.from
  for (const line of seal.lines()) {
    const { rid, isBody } = sealedBody(line)
    const body = shown.get(rid)
    if (body !== undefined)
      proofs.set(rid, { ...prove(seal, index, line), isSame: isBody(Buffer.from(body)) })
    if (proofs.size === shown.size) break
    index++
  }
  return proofs
}

/** The line at a number, or that of a position of the journal, with its proof. @throws RangeError where it is not sealed */
export function proofAt(
  seal: Seal,
  wanted: { readonly seq: number } | { readonly position: string },
): ProvenLine {
  let index = seal.from
  for (const line of seal.lines()) {
    const isIt = 'seq' in wanted ? index === wanted.seq : sealedBody(line).rid === wanted.position
    if (isIt) return prove(seal, index, line)
    index++
  }
  const what = 'seq' in wanted ? `line ${wanted.seq}` : `the journal's position ${wanted.position}`
  throw new RangeError(
    `${what} is not among the sealed lines here: they are ${seal.from} to ${index - 1} of ${seal.head.size}`,
  )
}

/** Writes each proof as `<number>.tlog-proof`, with its line beside it as `<number>.line`. Gives the names of the proofs. */
export function saveProofs(
  seal: Seal,
  proofs: Iterable<ProvenLine>,
  folder: string,
): readonly string[] {
  mkdirSync(folder, { recursive: true })
  return [...proofs].map((proof) => {
    const name = join(folder, `${proof.index}.tlog-proof`)
    writeFileSync(name, proofText(seal, proof))
    writeFileSync(join(folder, `${proof.index}.line`), proof.line)
    return name
  })
}
