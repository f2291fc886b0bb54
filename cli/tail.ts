import { once } from 'node:events'
import type { Command } from 'commander'
import type { Status } from './answers.ts'
import { ask, type Hub } from './client.ts'
import { entryLines } from './entry-line.ts'
import { journal } from './journal.ts'
import { note, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'

export function addTail(program: Command): void {
  const tail = program
    .command('tail')
    .summary('follow the live journal')
    .description(
      'Follow the journal: one line for each entry, until Ctrl-C. A broken connection is made again, and it goes on where it was.',
    )
    .option('--after <position>', 'begin after this position; "start" for all of it (default: now)')
  example(hubOptions(tail), 'infra tail', 'infra tail --json --after start | jq .event').action(
    async ({ after }: { after?: string }) => {
      const hub = hubOf(tail)
      const json = wantsJson(tail)
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort())
      process.once('SIGTERM', () => stop.abort())
      const line = entryLines()
      const from = after === 'start' ? null : (after ?? (await head(hub)))
      for await (const entry of journal(hub, from, stop.signal, (what) => note(`infra: ${what}`))) {
        if (json) printJson(entry)
        else print(line(entry))
        if (process.stdout.writableNeedDrain) await drained(stop.signal)
      }
    },
  )
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
