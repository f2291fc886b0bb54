import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import type { Policy } from '../check/policy.ts'
import { checkHead, judge, readHead, type FoundHead } from './audit.ts'
import { beginScans } from './parallel.ts'
import type { AuditVerdict } from './verdict.ts'

export interface AuditOptions {
  /** Whom the auditor trusts. */
  readonly policy: Policy
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
  const { policy, strict, threads } = options
  const segments = join(folder, 'segments')
  const names = existsSync(segments)
    ? readdirSync(segments).filter((name) => /^\d{6,}\.ndjson$/.test(name))
    : []
  const published = publishedSizes(folder)
  let scans: ReturnType<typeof beginScans> | null = null
  try {
    const others = [...newestOf(folder), ...options.heads].map(readHead)
    if (names.length === 0 && published.length === 0 && others.length === 0)
      return unreadable(`nothing is sealed in ${folder}`)
    const asked = new Set([...published, ...others.map(({ size }) => size)])
    const sizes = [...asked].toSorted((a, b) => a - b)
    const tasks = names
      .map((name) => ({ file: join(segments, name), first: Number.parseInt(name, 10) * fileLines }))
      .toSorted((a, b) => a.first - b.first)
      .map(({ file, first }) => ({
        file,
        first,
        strict,
        sizes: sizes.filter((size) => size > first && size <= first + fileLines),
      }))
    scans = beginScans(tasks, threads)
    // while other threads scan; one by one, because a long log has many
    const checked = published.map((size) => checkHead(readPublished(folder, size), policy))
    checked.push(...others.map((head) => checkHead(head, policy)))
    return judge(await scans.finish(), checked, policy)
  } catch (error) {
    scans?.cancel()
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
}

const headsIn = (folder: string) => join(folder, 'checkpoints')

/** The sizes of all heads that were published there, by the names of their files. */
function publishedSizes(folder: string): readonly number[] {
  const all = headsIn(folder)
  const names = existsSync(all) ? readdirSync(all) : []
  return names.filter((name) => /^(0|[1-9]\d{0,14})$/.test(name)).map(Number)
}

/** @throws NoteError where it is no head, or one of another size than its name says */
function readPublished(folder: string, size: number): SignedCheckpoint {
  const path = join(headsIn(folder), String(size))
  const head = readHead({ name: path, note: readFileSync(path) })
  if (head.size !== size) throw new NoteError(`${path} is a head of ${head.size} lines`)
  return head
}

/** The newest head, which others fetch by this name. */
function newestOf(folder: string): readonly FoundHead[] {
  const path = join(folder, 'checkpoint')
  return existsSync(path) ? [{ name: path, note: readFileSync(path) }] : []
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
    unsealed: 0,
    redacted: 0,
  }
}
