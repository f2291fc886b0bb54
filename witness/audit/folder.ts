import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NoteError } from '../check/note.ts'
import { followChanges } from '../check/range.ts'
import { Judgement, readHead, type FoundHead, type Trust } from './audit.ts'
import { lookAtPublished, newestIn, publishedIn } from './heads.ts'
import { workOff } from './parallel.ts'
import { isLookedAt, keysOf, lookAt } from './signed.ts'
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
/** Published heads that are looked at in one go: few enough that all threads end at the same time. */
const headsTogether = 64

/** Verifies a folder `witness` from its bytes alone; what cannot be read at all is a verdict, too. */
export async function auditFolder(folder: string, options: AuditOptions): Promise<AuditVerdict> {
  const segments = join(folder, 'segments')
  const names = existsSync(segments)
    ? readdirSync(segments).filter((name) => /^\d{6,}\.ndjson$/.test(name))
    : []
  const published = publishedIn(folder)
  const newest = newestIn(folder)
  let others
  try {
    others = [...(newest === null ? [] : [newest]), ...options.heads].map(readHead)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return unreadable(error.message)
  }
  if (names.length + published.length + others.length === 0)
    return unreadable(`nothing is sealed in ${folder}`)
  const sizes = [
    ...new Set([...published.map(Number), ...others.map(({ size }) => size)]),
  ].toSorted((a, b) => a - b)
  const scans = names
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
  const keys = keysOf(manifest ?? followChanges(policy.logs, []), policy)
  const heads = Array.from({ length: Math.ceil(published.length / headsTogether) }, (_, i) => ({
    folder,
    names: published.slice(i * headsTogether, (i + 1) * headsTogether),
    keys,
  }))
  const done = await workOff({ scans, heads }, threads)
  const judgement = new Judgement(done.scans, { policy, manifest, hasAllHeads: true })
  const { trusted } = judgement
  const looked = []
  for (const found of done.heads) {
    // the lines may say of more keys than were known before they were read
    const again =
      'unreadable' in found || isLookedAt(found.head, trusted)
        ? found
        : lookAtPublished(folder, found.name, trusted)
    if ('unreadable' in again) return unreadable(again.unreadable)
    looked.push(again.head)
  }
  const all = [...looked, ...others.map((head) => lookAt(head, trusted))]
  for (const head of all.toSorted((a, b) => a.size - b.size)) judgement.add(head)
  return judgement.verdict(others.at(-1)?.origin ?? looked.at(-1)?.origin ?? null)
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
