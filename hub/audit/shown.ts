import type { Recorded } from '../../bus/entry.ts'
import type { IntentId } from '../../intents/id.ts'
import { handsIn, lifeIn, type RecordedLife } from './lives.ts'
import { shownWith } from '../privacy/personal.ts'
import { proofsOf, saveProofs, type EntryProof } from './proofs.ts'
import { ofRecord } from './record.ts'
import type { Given, SiteRecord } from './site-record.ts'
import type { Seal } from '../seal/seal.ts'
import { textsOf } from '../site/source.ts'

/** What proves an entry, for who reads it. */
export interface ProofView {
  readonly index: number
  readonly leafHash: string
  /** Base64, from the leaf's sibling up. */
  readonly path: readonly string[]
  /** `good`: the line is proven, and is what is shown. */
  readonly state: 'good' | 'not proven' | 'not what was sealed'
}

export interface ShownEntry extends Recorded {
  /** null: not sealed, or nothing here says so. */
  readonly proof: ProofView | null
}

export interface ShownLife extends Omit<RecordedLife, 'entries'> {
  readonly entries: readonly ShownEntry[]
}

/** Lives, and the head that their entries are proven by. */
export interface Shown {
  readonly lives: readonly ShownLife[]
  readonly seal: SealView | null
  /** Of a bundle that is only part of the record: its first line's number. */
  readonly since: number | null
  /** The files that were written. */
  readonly files: readonly string[]
}

export interface SealView {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** Whether a key that was given signed it. */
  readonly isTrusted: boolean
}

/** One intent, first, and all that it led to; `folder`: where proofs are written. @throws RecordError, RangeError */
export function showGiven(given: Given, id: IntentId, folder: string | null): Promise<Shown> {
  return ofRecord(given, async (record) => {
    const tree = await lifeIn(record, id)
    if (tree === null) throw new RangeError(`${record.name} has no intent ${id}${partName(record)}`)
    return shownWith(shownOf(record, [tree.life, ...tree.steps], folder), await textsOf(record))
  })
}

/** What a control led to, newest first. @throws RecordError, RangeError */
export function whoGiven(
  given: Given,
  control: string,
  limit: number,
  folder: string | null,
): Promise<Shown> {
  return ofRecord(given, async (record) =>
    shownWith(
      shownOf(record, await handsIn(record, control, limit), folder),
      await textsOf(record),
    ),
  )
}

function partName({ known }: SiteRecord): string {
  return known === null || known.from === 0
    ? ''
    : `: it begins with line ${known.from} of ${known.size}, and what was accepted before is not in it`
}

function shownOf(record: SiteRecord, lives: readonly RecordedLife[], folder: string | null): Shown {
  const seal = record.seal()
  if (seal === null && folder !== null)
    throw new RangeError(`nothing is signed beside ${record.name}, so there is no proof to write`)
  const bodies = lives.flatMap(({ entries }) =>
    entries.map(({ position, body }): [string, string] => [position, body]),
  )
  const proofs: ReadonlyMap<string, EntryProof> =
    seal === null ? new Map() : proofsOf(seal, new Map(bodies))
  return {
    lives: lives.map((life) => ({
      ...life,
      entries: life.entries.map(({ position, hub, hseq, at, event }) => ({
        ...{ position, hub, hseq, at, event },
        proof: proofView(proofs.get(position)),
      })),
    })),
    seal: seal === null ? null : sealView(seal),
    since: record.known === null || record.known.from === 0 ? null : record.known.from,
    files: seal === null || folder === null ? [] : saveProofs(seal, proofs.values(), folder),
  }
}

function sealView({ head, isTrusted }: Seal): SealView {
  return { origin: head.origin, size: head.size, root: head.root.toString('base64'), isTrusted }
}

function proofView(proof: EntryProof | undefined): ProofView | null {
  if (proof === undefined) return null
  const { index, leaf, path, isGood, isSame } = proof
  return {
    index,
    leafHash: leaf.toString('base64'),
    path: path.map((hash) => hash.toString('base64')),
    state: !isGood ? 'not proven' : isSame ? 'good' : 'not what was sealed',
  }
}
