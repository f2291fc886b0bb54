import { once } from 'node:events'
import type { Command } from 'commander'
import type { Status } from './answers.ts'
import { ask, type Hub } from './client.ts'
import { entryLines } from './entry-line.ts'
import { givenOf, noteTrust, recordOptions, type GivenWords } from './given.ts'
import { journal } from './journal.ts'
import { entriesOf } from './record.ts'
import { note, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'

export function addTail(program: Command): void {
  const tail = program
    .command('tail')
    .summary('follow the live journal')
    .description(
      'Follow the journal: one line for each entry, until Ctrl-C. A broken connection is made again, and it goes on where it was. Of a bundle, a data folder or the log of a config: all that is there, and then it ends.',
    )
    .option(
      '--after <position>',
      'begin after this position; "start" for all of it (default: now; of a record that is read without a hub, its start)',
    )
  example(
    recordOptions(hubOptions(tail)),
    'infra tail',
    'infra tail --json --after start | jq .event',
    'infra tail --bundle evening.ifw.ndjson',
  ).action(async ({ after, ...words }: GivenWords & { after?: string }) => {
    const given = givenOf(words)
    if (given !== null) noteTrust(given)
    const json = wantsJson(tail)
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    process.once('SIGTERM', () => stop.abort())
    const line = entryLines()
    const entries =
      given === null
        ? await followed(hubOf(tail), after, stop.signal)
        : entriesOf(given, after === 'start' ? null : (after ?? null), stop.signal)
    for await (const entry of entries) {
      if (json) printJson(entry)
      else print(line(entry))
      if (process.stdout.writableNeedDrain) await drained(stop.signal)
    }
  })
}

async function followed(hub: Hub, after: string | undefined, signal: AbortSignal) {
  const from = after === 'start' ? null : (after ?? (await head(hub)))
  return journal(hub, from, signal, (what) => note(`infra: ${what}`))
}

/** Now, as a position: unlike a word for it, it still means the same after a reconnect. Null for an empty log. */
async function head(hub: Hub): Promise<string | null> {
  const { log } = await ask<Status>(hub, { method: 'GET', path: '/api/v1/status' }, ['log'])
  return log.head
}

/** A slow reader slows the reading, it does not fill the memory. */
async function drained(signal: AbortSignal): Promise<void> {
  // aborted: the journal ends, and with it the loop that waits here
  await once(process.stdout, 'drain', { signal }).catch(() => undefined)
}
