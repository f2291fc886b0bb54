import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../check/checkpoint.ts'
import { lookAhead, NoteError } from '../check/note.ts'
import { judgeBySize, type FoundHead, type Trust } from './audit.ts'
import { headsIn, type FolderHeads } from './heads.ts'
import { beginScans } from './parallel.ts'
import type { AuditVerdict } from './verdict.ts'

export interface AuditOptions extends Pick<Trust, 'policy'>, Partial<Pick<Trust, 'manifest'>> {
  /** Each line must be its own canonical form. */
  readonly strict: boolean
  /** In how many threads, this one among them. */
  readonly threads: number
  /** Heads that the auditor has from elsewhere: a witness, an earlier visit. */
  readonly heads: readonly FoundHead[]
}

/** Lines in a file: a contract with the sealer, which this does not share code with. */
const fileLines = 65_536

/** Verifies a folder `witness` from its bytes alone; what cannot be read at all is a verdict, too. */
export async function auditFolder(folder: string, options: AuditOptions): Promise<AuditVerdict> {
  const segments = join(folder, 'segments')
  const names = existsSync(segments)
    ? readdirSync(segments).filter((name) => /^\d{6,}\.ndjson$/.test(name))
    : []
  let heads: FolderHeads
  try {
    heads = headsIn(folder, options.heads)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
  if (names.length === 0 && heads.last === null) return unreadable(`nothing is sealed in ${folder}`)
  const sizes = [...new Set(heads.bySize.map(({ size }) => size))]
  const tasks = names
    .map((name) => ({ file: join(segments, name), first: Number.parseInt(name, 10) * fileLines }))
    .toSorted((a, b) => a.first - b.first)
    .map(({ file, first }, i, all) => ({
      file,
      first,
      later: all.slice(i + 1).map((next) => next.file),
      strict: options.strict,
      sizes: sizes.filter((size) => size > first && size <= first + fileLines),
    }))
  const { policy, manifest = null, threads } = options
  const scans = beginScans(tasks, threads)
  const trust = { policy, manifest, hasAllHeads: true }
  try {
    // alone there is nothing to wait for, and each head is forgotten before the next one is read
    const early = threads > 1 ? lookAtHeads(heads, trust) : null
    const found = await scans.all()
    return judgeBySize(found, early ?? readInTurn(heads), trust, heads.last?.read().origin ?? null)
  } catch (error) {
    scans.stop()
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
}

/** While other threads scan: what is found of the heads is remembered, and most keys are known before the lines are. */
function lookAtHeads(heads: FolderHeads, { policy, manifest }: Trust): readonly SignedCheckpoint[] {
  const keys = [...(manifest ?? []).map(({ key }) => key), ...policy.logs]
  const trusted = [...keys, ...policy.witnesses.map(({ key }) => key)]
  const all = [...readInTurn(heads)]
  for (const { note } of all) lookAhead(note, trusted)
  return all
}

function* readInTurn({ bySize }: FolderHeads): Generator<SignedCheckpoint> {
  for (const head of bySize) yield head.read()
}

export function unreadable(detail: string): AuditVerdict {
  return {
    ok: false,
    fault: 'unreadable',
    detail,
    at: null,
    origin: null,
    from: 0,
    to: 0,
    sealed: null,
    heads: 0,
    witnessed: null,
    later: [],
    unsealed: 0,
    redacted: 0,
  }
}
