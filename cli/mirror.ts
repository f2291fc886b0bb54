import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { Stop, type Exit } from './exit.ts'
import type { Mirrored } from '../hub/site/mirror.ts'
import { mirrorStored } from './offline.ts'
import { note, plain, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

/** Once a second is often enough to see that it moves. */
const sayEveryMs = 1000

interface Options {
  readonly to?: string
  readonly from: string
  readonly config?: string
  readonly site?: string
  readonly once?: boolean
  readonly follow?: boolean
}

export function addMirror(program: Command): void {
  const mirror = program
    .command('mirror')
    .summary('copy the journal to EventStoreDB or KurrentDB')
    .description(
      'Copy the journal of a data folder, or with --config of the log on a server that it means, to an EventStoreDB or KurrentDB server, every entry byte for byte and once; a hub may be running. Broken off, it goes on where it was. Ends with 5 where another journal is mirrored there.',
    )
    .option(
      '--to <url>',
      'the server (or KURRENTDB_URL): esdb://user:password@host:2113; without TLS esdb://host:2113?tls=false',
    )
    .option('--from <dir>', "the hub's data folder", 'data')
    .option('--config <file>', 'copy the journal that this config means')
    .option('--site <site>', "the site's name on the server (default: the config's)")
    .option('--once', 'end when all is copied (the default)')
    .option('--follow', 'go on with what comes, until Ctrl-C')
  example(
    jsonOption(mirror),
    "infra mirror --to 'esdb://127.0.0.1:2113?tls=false'",
    'infra mirror --to esdb://db.example:2113 --config infra.yaml --follow',
    'infra mirror --to esdb://db.example:2113 --from /srv/infra --site studio-a --follow',
  ).action(async (options: Options) => {
    const done = await run(options)
    if (!done.ok) throw stopOf(done)
    if (wantsJson(mirror)) printJson(done)
    else
      print(`mirrored  ${done.lines} entries in ${plain(done.stream)}, ${done.copied} of them now`)
  })
}

async function run({ to, from, config, site, once, follow }: Options): Promise<Mirrored> {
  if (once === true && follow === true)
    throw new Stop('usage', '--once and --follow exclude each other')
  const url = to ?? process.env['KURRENTDB_URL'] ?? ''
  if (url === '')
    throw new Stop('usage', 'where to? say --to or KURRENTDB_URL', {
      hint: "for example --to 'esdb://127.0.0.1:2113?tls=false'",
    })
  if (config === undefined && !existsSync(join(from, 'journal')))
    throw new Stop('usage', `there is no record in ${from}`, {
      hint: 'name the data folder of infra up with --from: the one in which there is a journal; where the log is on a server, --config',
    })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  let saidAt = Date.now()
  let away = false
  try {
    return await mirrorStored({
      data: from,
      config: config ?? null,
      url,
      site: site ?? null,
      follow: follow === true,
      signal: stop.signal,
      progress(lines, copied) {
        if (away) note('infra: the server is back')
        away = false
        if (Date.now() - saidAt < sayEveryMs) return
        saidAt = Date.now()
        note(`infra: ${copied} entries copied, ${lines} in the mirror`)
      },
      away(detail) {
        if (!away) note(`infra: ${plain(detail)}; trying again`)
        away = true
      },
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Stop('usage', error.message, { hint: 'say --site', cause: error })
  }
}

const exits: Readonly<Record<Extract<Mirrored, { ok: false }>['fault'], Exit>> = {
  unreachable: 'unreachable',
  different: 'unverified',
  foreign: 'failed',
  failed: 'failed',
}

function stopOf({ fault, detail }: Extract<Mirrored, { ok: false }>): Stop {
  return new Stop(exits[fault], detail)
}
