import type { Command } from 'commander'
import { isId } from '../intents/id.ts'
import { Stop } from './exit.ts'
import { exportSealed, exportServed, makeKey, runWitness } from './offline.ts'
import { plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, jsonOption, wantsJson } from './settings.ts'
import { addRotate } from './witness-keys.ts'

/** Which part of the sealed record is meant. */
export function partOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'the data folder of the hub', 'data')
    .option('--from <moment>', 'a position or a time: the first entry (default: of all)')
    .option(
      '--to <moment>',
      'a position or a time: the last entry (default: of all that is signed)',
    )
    .option('--around <id>', 'an intent: what was recorded around it')
    .option('--minutes <n>', 'how many whole minutes around it', '5')
}

/** `infra witness export`: part of the sealed record in a file that proves itself. */
export function addExport(witness: Command): void {
  const command = witness
    .command('export <file>')
    .summary('write part of the sealed record to a file that proves itself')
    .description(
      'Write a bundle: sealed entries as they are stored, what proves their place in the whole, and the newest signed head. Verify it anywhere with infra witness verify FILE --key VKEY. With --url a running hub serves them, and records who has read them; without, the files of a data folder are read, and no entry says so.',
    )
    .option(
      '--disclose <ids...>',
      'put in the personal values of these intents, or all; without it the file only commits to them',
    )
    .option('--config <file>', 'where the values are, if the log is on a server')
  example(
    hubOptions(partOptions(command)),
    'infra witness export evening.ifw.ndjson --from 2026-11-21T19:00:00Z --to 2026-11-21T22:00:00Z',
    'infra witness export incident.ifw.ndjson --around 01a1ff29-4262-7000-ae34-915ec5c554a8 --minutes 5',
    'infra witness export evening.ifw.ndjson --url http://10.0.0.5:7700',
  ).action(async (file: string, options: PartWords & DiscloseWords & { url?: string }) => {
    const { data, from = null, to = null, around: id = null, minutes } = options
    const around = aroundOf(id, from, to, minutes)
    const disclose = disclosingOf(options)
    const isServed = options.url !== undefined
    if (isServed && (disclose !== null || command.getOptionValueSource('data') === 'cli'))
      throw new Stop(
        'usage',
        'with --url it is made of what a hub serves: leave out --data and --disclose',
        {
          hint: 'personal values are not served: only who has the data folder can disclose them',
        },
      )
    const { url, token } = hubOf(command)
    const part = { from, to, around, out: file }
    const done = isServed
      ? await exportServed(url, token, part)
      : await exportSealed({ ...part, data, disclose })
    if (wantsJson(command)) printJson({ file, ...done })
    else {
      print(
        `written  ${file}: lines ${done.from} to ${done.to - 1} of the ${done.size} that are signed, of ${done.origin}${done.disclosed === 0 ? '' : `, with ${done.disclosed} personal values`}`,
      )
      const { cosigners } = done
      print(
        cosigners.length > 0
          ? plain(`head     cosigned by ${cosigners.join(', ')}`)
          : 'head     cosigned by nobody: for a policy that asks for a witness, export it again once one has signed (infra status)',
      )
    }
  })
}

interface DiscloseWords {
  readonly disclose?: readonly string[]
  readonly config?: string
}

/** @throws Stop (usage) */
function disclosingOf({ disclose, config: file }: DiscloseWords) {
  const config = file ?? null
  if (disclose === undefined) return null
  if (disclose.includes('all')) return { of: 'all' as const, config }
  const wrong = disclose.find((one) => !isId(one))
  if (wrong !== undefined)
    throw new Stop('usage', `--disclose takes ids of intents, or all, not "${wrong}"`)
  return { of: disclose, config }
}

/** What `--around` and `--minutes` say; null where they say nothing. @throws Stop (usage) */
export function aroundOf(
  id: string | null,
  from: string | null,
  to: string | null,
  minutes: string,
): { readonly id: string; readonly minutes: number } | null {
  if (id !== null && (from !== null || to !== null))
    throw new Stop('usage', '--around and --from, --to are two ways to say the same')
  if (id !== null && !isId(id))
    throw new Stop('usage', `--around is the id of an intent, not "${id}"`, {
      hint: 'infra who and infra tail show it',
    })
  if (!/^\d{1,5}$/.test(minutes))
    throw new Stop('usage', `--minutes is a whole number of minutes, not "${minutes}"`)
  return id === null ? null : { id, minutes: Number(minutes) }
}

/** What {@link partOptions} adds, as it comes. */
export interface PartWords {
  readonly data: string
  readonly from?: string
  readonly to?: string
  readonly around?: string
  readonly minutes: string
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
    .option(
      '--root',
      'a root key, for infra witness manifest: keep it on a machine without a network',
    )
  addRotate(command)
  example(
    jsonOption(command),
    'infra witness key studio.example/journal log.key',
    'infra witness key --witness auditor.example/w1 witness.key',
    'infra witness key --root studio.example/root root.key',
    'infra witness key rotate',
  ).action(async (name: string, file: string, options: { witness?: boolean; root?: boolean }) => {
    if (options.witness === true && options.root === true)
      throw new Stop('usage', '--witness and --root are two different keys')
    if (name.includes('://'))
      throw new Stop(
        'usage',
        `a key's name is a URL without its scheme: leave out ${name.slice(0, name.indexOf('://') + 3)}`,
      )
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
