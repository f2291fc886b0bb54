import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { lookAhead, NoteError } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { Judgement, type FoundHead, type Trust } from './audit.ts'
import { headsIn, type FolderHeads, type HeadToRead } from './heads.ts'
import { scanAll } from './parallel.ts'
import type { AuditVerdict } from './verdict.ts'

export interface AuditOptions extends Pick<Trust, 'policy'>, Partial<Pick<Trust, 'manifest'>> {
  /** Each line must be its own canonical form. */
  readonly strict: boolean
  /** In how many threads, this one among them. With more than one, signatures are verified in the runtime's own. */
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
  const trust = { policy, manifest, hasAllHeads: true }
  const judgement = new Judgement(await scanAll(tasks, threads), trust)
  const trusted = [...judgement.keys, ...policy.witnesses].map(({ key }) => key)
  try {
    const ahead = threads > 1 ? trusted : []
    let next = readAhead(heads.bySize, 0, ahead)
    for (let from = headsTogether; next.heads.length > 0; from += headsTogether) {
      const { heads: read, looked } = next
      // while these are judged here the next are verified elsewhere
      next = readAhead(heads.bySize, from, ahead)
      await looked
      for (const head of read) judgement.add(head)
    }
    return judgement.verdict(heads.last?.read().origin ?? null)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
}

/** As many heads as are looked at together: enough to keep several cores busy, and little to remember. */
const headsTogether = 64

function readAhead(all: readonly HeadToRead[], from: number, keys: readonly VerifierKey[]) {
  const heads = all.slice(from, from + headsTogether).map((head) => head.read())
  const looked =
    keys.length === 0 ? null : Promise.all(heads.map(({ note }) => lookAhead(note, keys)))
  return { heads, looked }
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
