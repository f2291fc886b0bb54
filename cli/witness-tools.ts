import type { Command } from 'commander'
import { isId } from '../intents/id.ts'
import { Stop } from './exit.ts'
import { exportSealed, makeKey, runWitness } from './offline.ts'
import { print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

/** `infra witness export`: part of the sealed record in a file that proves itself. */
export function addExport(witness: Command): void {
  const command = witness
    .command('export <file>')
    .summary('write part of the sealed record to a file that proves itself')
    .description(
      'Write a bundle: sealed entries as they are stored, what proves their place in the whole, and the newest signed head. Verify it anywhere with infra witness verify FILE --key VKEY.',
    )
    .option('--data <dir>', 'the data folder of the hub', 'data')
    .option('--from <moment>', 'a position or a time: the first entry (default: of all)')
    .option(
      '--to <moment>',
      'a position or a time: the last entry (default: of all that is signed)',
    )
    .option('--around <id>', 'an intent: what was recorded around it')
    .option('--minutes <n>', 'how much around it', '5')
    .option(
      '--disclose <ids...>',
      'put in the personal values of these intents, or all; without it the file only commits to them',
    )
    .option('--config <file>', 'where the values are, if the log is on a server')
  example(
    jsonOption(command),
    'infra witness export evening.ifw.ndjson --from 2026-11-21T19:00:00Z --to 2026-11-21T22:00:00Z',
    'infra witness export incident.ifw.ndjson --around 01a1ff29-4262-7000-ae34-915ec5c554a8 --minutes 5',
  ).action(async (file: string, options: ExportWords) => {
    const { data, from = null, to = null, around: id = null, minutes } = options
    const { disclose: words, config = null } = options
    if (id !== null && (from !== null || to !== null))
      throw new Stop('usage', '--around and --from, --to are two ways to say the same')
    if (!/^\d{1,5}$/.test(minutes))
      throw new Stop('usage', `--minutes is a number, not "${minutes}"`)
    const around = id === null ? null : { id, minutes: Number(minutes) }
    const of = words?.includes('all') === true ? ('all' as const) : (words ?? [])
    const wrong = of === 'all' ? undefined : of.find((one) => !isId(one))
    if (wrong !== undefined)
      throw new Stop('usage', `--disclose takes ids of intents, or all, not "${wrong}"`)
    const disclose = words === undefined ? null : { of, config }
    const done = await exportSealed({ data, from, to, around, out: file, disclose } as const)
    if (wantsJson(command)) printJson({ file, ...done })
    else
      print(
        `written  ${file}: lines ${done.from} to ${done.to - 1} of the ${done.size} that are signed, of ${done.origin}${done.disclosed === 0 ? '' : `, with ${done.disclosed} personal values`}`,
      )
  })
}

interface ExportWords {
  readonly data: string
  readonly from?: string
  readonly to?: string
  readonly around?: string
  readonly minutes: string
  readonly disclose?: readonly string[]
  readonly config?: string
}

/** `infra witness key`: a key that signs. */
export function addKey(witness: Command): void {
  const command = witness
    .command('key <name> <file>')
    .summary('make a key that signs: of a log, or of a witness')
    .description(
      'Make an Ed25519 key, write it to FILE for its owner alone, and print its public half, which others verify with. NAME is what it is called to the world: a URL without its scheme.',
    )
    .option('--witness', 'a key that cosigns, for infra witness serve')
  example(
    jsonOption(command),
    'infra witness key studio.example/journal log.key',
    'infra witness key --witness auditor.example/w1 witness.key',
  ).action(async (name: string, file: string, options: { witness?: boolean }) => {
    const vkey = await makeKey(name, options.witness === true ? 'witness' : 'log', file)
    if (wantsJson(command)) printJson({ file, vkey })
    else print(vkey)
  })
}

/** `infra witness serve`: a witness for other machines' logs. */
export function addServe(witness: Command): void {
  const command = witness
    .command('serve')
    .summary('be a witness for logs of other machines, here, until Ctrl-C')
    .description(
      'Cosign the heads of logs, each only where it continues the one before (C2SP tlog-witness). Keep it on another machine than the hub, under another owner.',
    )
    .requiredOption('--key <file>', 'the private key, of infra witness key --witness')
    .requiredOption(
      '--logs <file...>',
      'files with the public keys of the logs it serves, one a line',
    )
    .requiredOption('--keep <dir>', 'where it remembers what it has cosigned')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--port <port>', 'and on which port', '7800')
  example(
    jsonOption(command),
    'infra witness serve --key witness.key --logs studio-a.vkey studio-b.vkey --keep /var/lib/witness --host 0.0.0.0',
  ).action(
    async (options: {
      key: string
      logs: readonly string[]
      keep: string
      host: string
      port: string
    }) => {
      if (!/^\d{1,5}$/.test(options.port) || Number(options.port) > 65_535)
        throw new Stop('usage', `--port is a number up to 65535, not "${options.port}"`)
      await runWitness({
        keyFile: options.key,
        logFiles: options.logs,
        folder: options.keep,
        host: options.host,
        port: Number(options.port),
        out: wantsJson(command) ? (line) => printJson({ line }) : print,
      })
    },
  )
}
