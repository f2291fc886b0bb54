import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scanRecords } from '../../bus/log-file/scan.ts'
import { auditBundle } from '../../witness/audit/bundle.ts'
import { auditFolder } from '../../witness/audit/folder.ts'
import { readFileSidecar } from '../../bus/sidecar-file/sidecar.ts'
import { sealedBodies, sealedLines } from '../../witness/audit/bodies.ts'
import { commitmentsOf, disclosedLine } from '../../witness/audit/disclosed.ts'
import { auditExit, auditLines, type AuditVerdict } from '../../witness/audit/verdict.ts'
import type { FoundHead, Trust } from '../../witness/audit/audit.ts'
import { parsePolicy } from '../../witness/check/policy.ts'
import { trimIn } from '../../witness/trim.ts'
import { parseVkey } from '../../witness/check/vkey.ts'
import { manifestIn, vkeyOf } from '../seal/manifest.ts'
import { disclosuresOf, journalOf } from '../data-folder.ts'

export interface SealAuditOptions {
  /** Keys of the log that the auditor trusts, each a vkey or a file with one; none: the folder's own, which proves less. */
  readonly keys: readonly string[]
  /** A file with the policy: logs, witnesses, quorum. */
  readonly policy: string | null
  /** The log's root key, a vkey or a file with it, and the manifest that it signed: then its keys count, and no others. */
  readonly root?: string | null
  readonly manifest?: string | null
  /** Files with heads that the auditor has from elsewhere: a witness, an earlier visit. */
  readonly heads: readonly string[]
  readonly strict: boolean
}

/** What an audit of a data folder's seal says. */
export interface SealAudit {
  readonly verdict: AuditVerdict
  /** 0 where all is good, else what `infra witness verify` ends with. */
  readonly exit: number
  /** For people: a word, and what it is about. */
  readonly lines: readonly (readonly [word: string, text: string])[]
}

/** Two: as many as the smallest machine that a hub runs on has. */
const threads = 2

/**
 * Audits the seal in a data folder, and whether the journal beside it is what was sealed. Null where nothing is sealed.
 * @throws KeyError, PolicyError, RangeError for what the auditor gave; Node's own error for a file that is not there
 */
export async function auditSeal(
  data: string,
  options: SealAuditOptions,
): Promise<SealAudit | null> {
  const folder = join(data, 'witness')
  if (!existsSync(join(folder, 'sign-state')) && !existsSync(join(folder, 'checkpoint')))
    return null
  const { isOwn, ...trust } = trustedOf(folder, options)
  const heads = foundHeads(options.heads)
  const { strict } = options
  let verdict = await auditFolder(folder, { ...trust, strict, threads, heads })
  if (verdict.ok && verdict.sealed !== null && existsSync(journalOf(data)))
    verdict = await withJournal(verdict, verdict.sealed.size, data)
  if (verdict.ok)
    verdict = withDisclosures(verdict, await readFileSidecar(disclosuresOf(data)), folder)
  return auditOf(verdict, isOwn)
}

/** What is kept beside the journal must be what the lines commit to; what is not there is erased. */
function withDisclosures(
  verdict: AuditVerdict,
  texts: ReadonlyMap<string, string>,
  folder: string,
): AuditVerdict {
  const committed = new Set<string>()
  for (const line of sealedLines(join(folder, 'segments'), verdict.to))
    for (const commitment of commitmentsOf(line, 0, line.length)) committed.add(commitment)
  for (const [commitment, text] of texts) {
    // as a bundle discloses it
    const line = disclosedLine(
      Buffer.from(`{"disclosed":{"commitment":"${commitment}",${text.slice(1)}}`),
    )
    const detail = line === null ? 'a kept value is not as it must be' : line.fault
    if (detail !== null) return { ...verdict, ok: false, fault: 'disclosure', detail }
  }
  return { ...verdict, redacted: [...committed].filter((one) => !texts.has(one)).length }
}

/**
 * Audits a bundle. There is no key to be taken from it: whom the auditor trusts must be given.
 * @throws KeyError, PolicyError, RangeError for what the auditor gave; Node's own error for a file that is not there
 */
export function auditBundleFile(file: string, options: SealAuditOptions): Promise<SealAudit> {
  return auditBundleBytes(createReadStream(file) as AsyncIterable<Buffer>, file, options)
}

/** As {@link auditBundleFile}, of a bundle's bytes; `file` is what it is called. */
export async function auditBundleBytes(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  file: string,
  options: SealAuditOptions,
): Promise<SealAudit> {
  const { keys, policy: policyFile, root = null, heads, strict } = options
  if (keys.length === 0 && policyFile === null && root === null)
    throw new RangeError(
      `whose is ${file}? Give the log's public key with --key, or --policy, or --root: never take it from the file itself`,
    )
  const { policy, manifest } = trustedOf('', options)
  const verdict = await auditBundle(bytes, {
    policy,
    manifest,
    strict,
    name: file,
    heads: foundHeads(heads),
  })
  return auditOf(verdict, false)
}

function foundHeads(files: readonly string[]): readonly FoundHead[] {
  return files.map((name) => ({ name, note: readFileSync(name) }))
}

/** A verdict, for people and for what the command ends with. `isOwn`: by the key that lies beside it. */
export function auditOf(verdict: AuditVerdict, isOwn: boolean): SealAudit {
  const lines = auditLines(verdict).map(([word, text]): readonly [string, string] =>
    word === 'SIGNED' && isOwn && verdict.sealed !== null
      ? [word, `${text}, by the key that lies beside it: give --key to know whose`]
      : [word, text],
  )
  return { verdict, exit: verdict.fault === null ? 0 : auditExit[verdict.fault], lines }
}

/** Whom a reader trusts. */
export interface Trusted extends Pick<Trust, 'policy' | 'manifest'> {
  /** Nobody was named: of a folder the key that lies beside it stands in, of a bundle none does. */
  readonly isOwn: boolean
}

/** @throws KeyError, PolicyError, RangeError; Node's own error for a file that is not there */
export function trustedOf(
  folder: string,
  {
    keys,
    policy,
    root = null,
    manifest = null,
  }: Pick<SealAuditOptions, 'keys' | 'policy' | 'root' | 'manifest'>,
): Trusted {
  if ((root === null) !== (manifest === null))
    throw new RangeError(
      '--root and --manifest belong together: a manifest is worth what its root key is',
    )
  if (root !== null && keys.length > 0)
    throw new RangeError(
      'with --root and --manifest the keys are those of the manifest: leave --key out',
    )
  const base =
    policy === null ? parsePolicy('quorum none') : parsePolicy(readFileSync(policy, 'utf8'))
  if (root !== null && manifest !== null)
    return { policy: base, manifest: manifestIn(manifest, root).keys, isOwn: false }
  const given = keys.map((key) => parseVkey(vkeyOf(key)))
  const own = join(folder, 'log.vkey')
  const isOwn = policy === null && given.length === 0
  const logs = isOwn && existsSync(own) ? [parseVkey(readFileSync(own, 'utf8'))] : given
  return { policy: { ...base, logs: [...base.logs, ...logs] }, manifest: null, isOwn }
}

/**
 * The journal that the hub goes on with must be what was sealed: an insider may have made only one of the two anew. What was
 * trimmed is in the seal only, and an entry says so.
 */
async function withJournal(
  verdict: AuditVerdict,
  size: number,
  data: string,
): Promise<AuditVerdict> {
  const broken = (detail: string, at: AuditVerdict['at'] = null): AuditVerdict => {
    return { ...verdict, ok: false, fault: 'integrity', detail, at }
  }
  const journal = scanRecords(journalOf(data), new AbortController().signal)
  let found = await journal.next()
  /** The newest of those that are not in the journal, before its first. */
  let skipped: string | null = null
  let begun = false
  const trims = new Set<string>()
  let seq = 0
  for (const sealed of sealedBodies(join(data, 'witness', 'segments'), size)) {
    const entry = found.done === true ? null : found.value
    if (entry?.position === sealed.rid && sealed.isBody(entry.body)) {
      begun = true
      noteTrim(entry.body, trims)
      found = await journal.next()
    } else if (!begun && entry !== null && entry.position !== sealed.rid) skipped = sealed.rid
    else {
      const at = entry === null ? null : { seq, file: entry.file, offset: entry.offset }
      return broken(`the journal's entry ${sealed.rid} is not what was sealed as line ${seq}`, at)
    }
    seq++
  }
  for (; found.done !== true; found = await journal.next()) noteTrim(found.value.body, trims)
  if (skipped !== null && !trims.has(skipped))
    return broken(
      `the journal begins after ${skipped}, and no entry says that it was trimmed there`,
    )
  return verdict
}

const trimType = Buffer.from('"type":"LogTrimmed"')

function noteTrim(body: Buffer, trims: Set<string>): void {
  if (!body.includes(trimType)) return
  try {
    const trim = trimIn((JSON.parse(body.toString()) as { readonly event?: unknown }).event)
    if (trim !== null) trims.add(trim.upTo)
  } catch {
    // not an entry: the chain says so
  }
}
