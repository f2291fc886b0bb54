import type { Command } from 'commander'
import type { RoomState } from '../hub/audit/room-state.ts'
import { ask } from './client.ts'
import { givenOf, noteTrust, recordOptions, type GivenWords } from './given.ts'
import { replayRecord } from './record.ts'
import { print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { stateLines } from './state-lines.ts'

/** Two minutes: a whole long journal is folded at several hundred thousand entries a second. */
const replayWithinMs = 120_000

export function addReplay(program: Command): void {
  const replay = program
    .command('replay')
    .summary('the room at a moment')
    .description(
      'The room at a moment, folded from the record: devices, open intents, runs, the panel, leases, the panic stop. Of the running hub, of a data folder, of the log that a config means, or of a bundle.',
    )
    .option('--to <moment>', 'a position, or a time such as 2026-03-01T14:05:00 (default: now)')
  example(
    recordOptions(hubOptions(replay)),
    'infra replay --to 2026-03-01T14:05:00',
    'infra replay --data ./data --json',
    'infra replay --bundle evening.ifw.ndjson --key studio-a.vkey --to 2026-03-01T20:14:07',
  ).action(async ({ to, ...words }: GivenWords & { to?: string }) => {
    const moment = to === undefined ? null : momentOf(to)
    const given = givenOf(words)
    if (given !== null) noteTrust(given)
    const state =
      given === null
        ? await ask<RoomState>(
            hubOf(replay),
            {
              method: 'GET',
              path: `/api/v1/replay${moment === null ? '' : `?to=${encodeURIComponent(moment)}`}`,
              withinMs: replayWithinMs,
            },
            ['position', 'held', 'open', 'devices', 'runs', 'panel', 'leases', 'hubs', 'activity'],
          )
        : await replayRecord(given, moment)
    if (wantsJson(replay)) printJson(state)
    else for (const line of stateLines(state)) print(line)
  })
}

/** A date and time without a zone is meant in local time; the hub may stand elsewhere, so it gets UTC. */
export function momentOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}([T ]|$)/.test(text)) return text
  const time = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text)
  return Number.isNaN(time.getTime()) ? text : time.toISOString()
}
