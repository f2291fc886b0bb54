import type { Command } from 'commander'
import { Stop } from './exit.ts'
import { makeReport } from './offline.ts'
import { print, printJson } from './output.ts'
import { sealLines } from './seal-lines.ts'
import { example, jsonOption, wantsJson } from './settings.ts'
import { aroundOf, partOptions, type PartWords } from './witness-tools.ts'

/** `infra witness report`: part of the sealed record as a page that verifies itself. */
export function addReport(witness: Command, version: string): void {
  const command = witness
    .command('report')
    .summary('write a report of the sealed record: a page that verifies itself')
    .description(
      'Write who did what, when, and what became of it, with gaps, a picture and the proofs, to one HTML file. The sealed entries are inside it: its reader pastes the public key of the log, and the page verifies them with no network. Ends as infra witness verify does where they do not verify.',
    )
  example(
    jsonOption(
      partOptions(command)
        .option('--bundle <file>', 'make it of a bundle, without the data folder')
        .option(
          '--key <vkey>',
          'a key of the log, or a file with it (default: that of the data folder)',
        )
        .option(
          '--policy <file>',
          'logs, witnesses and how many of these it takes, as infra witness verify takes it',
        )
        .option('--out <file>', 'the file to write', 'report.html'),
    ),
    'infra witness report --from 2026-11-21T19:00:00Z --to 2026-11-21T22:00:00Z',
    'infra witness report --around 01a1ff29-4262-7000-ae34-915ec5c554a8 --minutes 5 --out incident.html',
    'infra witness report --bundle evening.ifw.ndjson --key studio-a.vkey',
  ).action(async (options: ReportWords) => {
    const { data, from = null, to = null, around: id = null, minutes, out } = options
    const { bundle = null, key, policy = null } = options
    const around = aroundOf(id, from, to, minutes)
    if (bundle !== null && (around !== null || from !== null || to !== null))
      throw new Stop(
        'usage',
        'a report of a bundle is of all of it: leave out --from, --to and --around',
      )
    if (bundle !== null && key === undefined && policy === null)
      throw new Stop(
        'usage',
        `whose is ${bundle}? Give the public key of the log with --key, or --policy`,
      )
    const keys = key === undefined ? [] : [key]
    const done = await makeReport({ data, from, to, around, bundle, keys, policy, out, version })
    process.exitCode = done.exit
    if (wantsJson(command)) {
      printJson({ file: out, entries: done.entries, verdict: done.verdict })
      return
    }
    print(
      `written  ${out}: ${done.entries} entries. Its reader verifies it with a key that is not in it.`,
    )
    for (const line of ['', ...sealLines(done.lines)]) print(line)
  })
}

interface ReportWords extends PartWords {
  readonly bundle?: string
  readonly key?: string
  readonly policy?: string
  readonly out: string
}
