import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../check/checkpoint.ts'
import { lookAhead, NoteError } from '../check/note.ts'
import { judge, readHeads, type FoundHead, type Trust } from './audit.ts'
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
  let heads: readonly SignedCheckpoint[]
  try {
    const own = foundHeads(folder)
    heads = readHeads([...own, ...options.heads])
    const misnamed = own.findIndex(({ name }, i) => {
      const said = /[/\\]checkpoints[/\\](\d+)$/.exec(name)?.[1]
      return said !== undefined && said !== String(heads[i]?.size)
    })
    if (misnamed !== -1)
      return unreadable(`${own[misnamed]?.name} is a head of ${heads[misnamed]?.size} lines`)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
  if (names.length === 0 && heads.length === 0) return unreadable(`nothing is sealed in ${folder}`)
  const sizes = [...new Set(heads.map(({ size }) => size))].toSorted((a, b) => a - b)
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
  // while other threads scan: what is found is remembered, and most keys are known before the lines are
  const keys = [...(manifest ?? []).map(({ key }) => key), ...policy.logs]
  const trusted = [...keys, ...policy.witnesses.map(({ key }) => key)]
  for (const { note } of heads) lookAhead(note, trusted)
  return judge(await scans(), heads, { policy, manifest, hasAllHeads: true })
}

/** Every head that was published there; the newest is among them. */
function foundHeads(folder: string): readonly FoundHead[] {
  const all = join(folder, 'checkpoints')
  const names = existsSync(all) ? readdirSync(all).filter((name) => /^\d+$/.test(name)) : []
  const paths = [...names.map((name) => join(all, name)), join(folder, 'checkpoint')]
  return paths
    .filter((path) => existsSync(path))
    .map((path) => ({ name: path, note: readFileSync(path) }))
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
