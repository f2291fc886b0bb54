import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Status, Verdict } from './answers.ts'
import { ask } from './client.ts'
import { Stop } from './exit.ts'
import { defaultData, more } from './given.ts'
import {
  auditFile,
  auditFolder,
  auditReport,
  auditServed,
  verifyStored,
  type SealAudit,
} from './offline.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { table } from './table.ts'
import { addCorrect, addLegalHold, addRedact } from './custody.ts'
import { addProve } from './prove.ts'
import { sealAges } from './seal-ages.ts'
import { sealLines, unsealed } from './seal-lines.ts'
import { addManifest } from './witness-keys.ts'
import { addReport } from './witness-report.ts'
import { addExport, addKey, addServe } from './witness-tools.ts'

/** Four minutes: one for each 100 million bytes on the slowest disk we expect; offline there is no limit. */
const verifyWithinMs = 240_000

export function addWitness(program: Command): void {
  const witness = program.command('witness').summary('prove the record')
  witness.description('The witness: proof that nothing in the record was changed or left out.')
  example(witness, 'infra witness verify')
  const version = program.version() ?? ''
  addExport(witness)
  addReport(witness, version)
  addProve(witness)
  addKey(witness)
  addManifest(witness)
  addServe(witness)
  addCorrect(witness)
  addLegalHold(witness)
  addRedact(witness)
  const verify = witness
    .command('verify [path]')
    .summary('verify the record from its stored bytes')
    .description(
      'Verify every chain of the record from the stored bytes, without the hub: of the data folder PATH, else of ./data; of a bundle, a report or a proof of one line; of a running hub whose URL is given, as it serves its sealed log; with --config where that says that the record is, on a server, too. Where there is no record, the running hub is asked to verify its own. Ends with 5 where the record does not verify.',
    )
    .option('--config <file>', 'read the record that this config means')
    .option(
      '--key <vkey>',
      'a key of the log that you trust, or a file with it; again for more',
      more,
      [],
    )
    .option('--policy <file>', 'the logs and witnesses that you trust, and how many it takes')
    .option(
      '--head <file>',
      'a checkpoint that you have from a witness or an earlier visit; again for more',
      more,
      [],
    )
    .option('--line <file>', 'the line that a .tlog-proof is to prove, as it is stored')
    .option('--root <vkey>', 'the root key of the log, or a file with it; with --manifest')
    .option('--manifest <file>', 'which keys sign the log and which sizes, signed by --root')
    .option('--strict', 'require that each sealed line is its own canonical form')
  example(
    hubOptions(verify),
    'infra witness verify',
    'infra witness verify /srv/infra',
    'infra witness verify --config infra.yaml',
    'infra witness verify 40.tlog-proof --line 40.line --key studio-a.vkey',
    'infra witness verify http://10.0.0.5:7700 --key studio-a.vkey',
  ).action(async (path: string | undefined, options: VerifyOptions) => {
    const { config = null, key, policy = null, head, line = null, strict = false } = options
    const { root = null, manifest = null } = options
    const asked = { keys: key, policy, heads: head, strict, root, manifest }
    if (path !== undefined && /^https?:\/\//.test(path)) {
      const { token } = hubOf(verify)
      showSeal(await auditServed(path, token, asked), verify)
      return
    }
    if (path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
      const audit = path.endsWith('.html')
        ? await auditReport(path, { ...asked, version })
        : await auditFile(path, line, asked)
      showSeal(audit, verify)
      return
    }
    const verdict = await verdictOf(path, config, verify)
    const isFolder = config === null && (path !== undefined || hasJournal(defaultData))
    const seal = isFolder ? await auditFolder(path ?? defaultData, asked) : null
    const isAsked = key.length > 0 || policy !== null || head.length > 0 || root !== null
    if (seal === null && isAsked)
      throw new Stop('usage', `nothing is sealed in ${path ?? defaultData}`, {
        hint: 'name the data folder of a hub that seals: the one in which there is a folder witness',
      })
    if (wantsJson(verify)) printJson({ ...verdict, seal: seal?.verdict ?? null })
    else {
      for (const line of verdictLines(verdict)) print(line)
      const more =
        seal !== null
          ? sealLines(seal.lines)
          : isFolder
            ? [unsealed]
            : await unseenSeal(path, config, verify)
      for (const line of ['', ...more]) print(line)
    }
    if (!verdict.ok) end('unverified')
    else if (seal !== null && seal.exit !== 0) process.exitCode = seal.exit
  })
}

/** What is said of a seal that was not looked at. A hub that vouches for itself proves nothing. */
async function unseenSeal(
  path: string | undefined,
  config: string | null,
  verify: Command,
): Promise<readonly string[]> {
  if (config !== null)
    return [
      'its seal was not looked at: it lies in the data folder of each hub',
      `  infra witness verify ${plain(path ?? defaultData)} --key VKEY`,
    ]
  const { url, ...hub } = hubOf(verify)
  const asked = { method: 'GET', path: '/api/v1/status' } as const
  const { witness, now } = await ask<Status>({ url, ...hub }, asked, ['witness'])
  return [
    ...sealAges(witness.seal, now).map(([word, text]) => `${word.padEnd(11)}${text}`),
    'that is what the hub says of itself; the seal was not verified',
    `  infra witness verify ${plain(url)} --key VKEY`,
  ]
}

function showSeal({ verdict, lines, exit }: SealAudit, verify: Command): void {
  if (wantsJson(verify)) printJson(verdict)
  else for (const line of sealLines(lines)) print(line)
  process.exitCode = exit
}

interface VerifyOptions {
  readonly root?: string
  readonly manifest?: string
  readonly config?: string
  readonly key: readonly string[]
  readonly policy?: string
  readonly head: readonly string[]
  readonly line?: string
  readonly strict?: boolean
}

async function verdictOf(
  path: string | undefined,
  config: string | null,
  verify: Command,
): Promise<Verdict> {
  if (config !== null) {
    const verdict = await verifyStored(path ?? defaultData, config)
    // nothing to verify is no good news: more likely it is another site, or another server
    if (verdict.ok && verdict.entries === 0)
      throw new Stop('usage', `the log that ${config} names has no entries`, {
        hint: 'check site and log in it; where the log is in files, name the data folder',
      })
    return verdict
  }
  if (path !== undefined && !hasJournal(path))
    throw new Stop('usage', `there is no record in ${path}`, {
      hint: 'name the data folder of infra up: the one in which there is a journal; where the log is on a server, --config',
    })
  if (path !== undefined || hasJournal(defaultData)) return verifyStored(path ?? defaultData, null)
  const request = {
    method: 'POST',
    path: '/api/v1/witness/verify',
    withinMs: verifyWithinMs,
  } as const
  return ask<Verdict>(hubOf(verify), request, ['ok'])
}

/** `data` may be there without a record of its own: the demo's is in data/demo. */
const hasJournal = (data: string) => existsSync(join(data, 'journal'))

/** The verdict for people: what was verified, or exactly where it breaks. */
function verdictLines(verdict: Verdict): string[] {
  if (verdict.ok)
    return [
      `${paint('good', 'verified')}  ${verdict.entries} entries${gapCount(verdict.gaps.length)}`,
      '',
      ...table(
        ['hub', 'entries', 'head (SHA-256)'],
        verdict.hubs.map(({ hub, entries, head }) => [hub, String(entries), head]),
      ),
      ...(verdict.gaps.length === 0 ? [] : ['', ...gapTable(verdict.gaps)]),
      ...(verdict.alone.length === 0 ? [] : ['', ...aloneTable(verdict.alone)]),
    ]
  return [
    `${paint('bad', 'BROKEN')}  ${plain(`${verdict.fault}: ${verdict.detail}`)}`,
    `position  ${plain(verdict.position)}`,
    `file      ${plain(verdict.file)}`,
    `offset    ${verdict.offset} bytes`,
  ]
}

type Times = Extract<Verdict, { ok: true }>['alone']

/** When hubs acted while they were cut off, in their own words. */
function aloneTable(times: Times): string[] {
  return table(
    ['acted alone', 'from', 'to', 'recorded later', 'at position'],
    times.map(({ hub, since, until, entries, position }) => [
      hub,
      new Date(since).toISOString(),
      new Date(until).toISOString(),
      `${entries} entries`,
      position,
    ]),
  )
}

type Gaps = Extract<Verdict, { ok: true }>['gaps']

function gapCount(count: number): string {
  if (count === 0) return ''
  return `, ${paint('warn', count === 1 ? 'but for a recorded gap' : `but for ${count} recorded gaps`)}`
}

/** What the log's server lost, in the words of the record itself. */
function gapTable(gaps: Gaps): string[] {
  return table(
    ['gap after', 'up to', 'recorded by', 'at position', 'missing'],
    gaps.map(({ after, until, hub, position, missing }) => [
      after ?? 'the start',
      until,
      hub,
      position,
      missing.map((one) => `${one.hub} ${one.from} to ${one.to}`).join(', ') || '–',
    ]),
  )
}
