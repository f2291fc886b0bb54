import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { reportFrom, reportHtml, type Claim } from '../../report/html.ts'
import { reportModel } from '../../report/model.ts'
import { readBundle } from '../../report/sealed-entry.ts'
import { verifierParts } from '../../verifier/made.ts'
import { auditBundleBytes, type SealAudit, type SealAuditOptions } from './audit.ts'
import { bundleOf, type PartOptions } from './export.ts'
import { vkeyOf } from '../seal/manifest.ts'

/** What a browser still shows at ease: about 40 MB of a report. */
const mostLines = 100_000
/** A bundle of as many of the longest lines would be larger; a report of it would open in no browser. Bytes. */
const mostBytes = 512 * 1024 * 1024

export interface ReportOptions extends PartOptions {
  /** A bundle to make it of, instead of a data folder. */
  readonly bundle: string | null
  /** Keys of the log that its maker trusts, each a vkey or a file with one; none: the data folder's own. */
  readonly keys: readonly string[]
  /** A file with the policy of its maker: logs, witnesses, quorum; null: none. */
  readonly policy: string | null
  /** The file to write. */
  readonly out: string
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly madeAt: number
}

/**
 * Writes a report of part of the sealed record: one HTML file that verifies itself. The answer is what its maker found.
 * @throws RangeError for a part that is none, or that is too large; KeyError
 */
export async function writeReport(
  options: ReportOptions,
): Promise<SealAudit & { readonly entries: number }> {
  const { data, bundle, keys: given, policy, out, version, madeAt } = options
  const bytes = bundle === null ? sealedPart(options) : readFileSync(bundle)
  const own = join(data, 'witness', 'log.vkey')
  const keys =
    given.length === 0 && policy === null && bundle === null && existsSync(own)
      ? [readFileSync(own, 'utf8').trim()]
      : given.map(vkeyOf)
  const name = bundle ?? 'the bundle in this report'
  const found = await auditBundleBytes([bytes], name, {
    keys,
    policy,
    heads: [],
    strict: false,
  })
  const { redacted } = found.verdict
  const named = [...keys, ...(policy === null ? [] : logsOf(policy))]
  const claim = { madeAt, version, verdict: found.lines, keys: named, redacted }
  writeFileSync(out, rendered(bytes, gzipSync(bytes), claim))
  const { from, to } = found.verdict
  return { ...found, entries: to - from }
}

/** The keys of logs in a policy that was read already, as it has them. */
function logsOf(policy: string): readonly string[] {
  const lines = readFileSync(policy, 'utf8').split('\n')
  return lines.flatMap((line) => /^\s*log\s+(\S+)/.exec(line)?.[1] ?? [])
}

function sealedPart(options: PartOptions): Buffer {
  const { from, to, parts } = bundleOf(options)
  if (to - from > mostLines)
    throw new RangeError(
      `a report shows at most ${mostLines} entries, and this part has ${to - from}: narrow it with --from and --to, or write a bundle with infra witness export`,
    )
  return Buffer.concat([...parts].map((part) => Buffer.from(part)))
}

function rendered(bundle: Buffer, gzip: Buffer, claim: Claim): string {
  const read = readBundle(bundle.toString())
  const model = reportModel(read.entries)
  return reportHtml({ bundle: read, model, claim, gzip, verifier: verifierParts() })
}

/**
 * Audits the bundle in a report, and whether the report's words are those that its lines give: it is made again of them.
 * @throws RangeError for what is no report; as `auditBundleFile`
 */
export async function auditReportFile(
  file: string,
  options: SealAuditOptions & { readonly version: string },
): Promise<SealAudit> {
  const html = readFileSync(file, 'utf8')
  const report = reportFrom(html)
  if (report === null) throw new RangeError(`${file} is no report of infra witness report`)
  const bundle = gunzipSync(report.gzip, { maxOutputLength: mostBytes })
  const audit = await auditBundleBytes([bundle], `the bundle in ${file}`, options)
  if (!audit.verdict.ok) return audit
  const { claim, gzip } = report
  const [text, isSame] =
    claim.version !== options.version
      ? [`made by version ${claim.version}: this one cannot make it again to compare`, true]
      : rendered(bundle, gzip, claim) === html
        ? ['what its lines give', true]
        : ['CHANGED: its words or its program are not what its lines give', false]
  const lines = [...audit.lines, ['TEXT', text] as const]
  return { verdict: audit.verdict, lines, exit: isSame ? audit.exit : 5 }
}
