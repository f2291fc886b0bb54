import type { Command } from 'commander'
import { isObject, type Json } from '../intents/json.ts'
import type { SiteState } from './answers.ts'
import { ask } from './client.ts'
import { replayStored } from './offline.ts'
import { plain, print, printJson } from './output.ts'
import { valuePhrase } from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'

/** The data folder that `infra up` uses where nobody says otherwise. */
const defaultData = 'data'
/** Two minutes: a whole long journal is folded at several hundred thousand entries a second. */
const replayWithinMs = 120_000

export function addReplay(program: Command): void {
  const replay = program
    .command('replay')
    .summary('the state at a moment')
    .description(
      'The state at a moment, folded from the record: of the running hub, of a data folder, or of the log that a config means.',
    )
    .option('--to <moment>', 'a position, or a time such as 2026-03-01T14:05:00 (default: now)')
    .option('--data <dir>', 'read this data folder, without a hub')
    .option('--config <file>', 'read the record that this config means, without a hub')
  example(
    hubOptions(replay),
    'infra replay --to 2026-03-01T14:05:00',
    'infra replay --data ./data --json',
    'infra replay --config infra.yaml',
  ).action(async ({ to, data, config }: { to?: string; data?: string; config?: string }) => {
    const moment = to === undefined ? null : momentOf(to)
    const state =
      data === undefined && config === undefined
        ? await ask<SiteState>(
            hubOf(replay),
            {
              method: 'GET',
              path: `/api/v1/replay${moment === null ? '' : `?to=${encodeURIComponent(moment)}`}`,
              withinMs: replayWithinMs,
            },
            [],
          )
        : await replayStored(data ?? defaultData, config ?? null, moment)
    if (wantsJson(replay)) printJson(state)
    else for (const line of outline(state)) print(line)
  })
}

/** A date and time without a zone is meant in local time; the hub may stand elsewhere, so it gets UTC. */
export function momentOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}([T ]|$)/.test(text)) return text
  const time = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text)
  return Number.isNaN(time.getTime()) ? text : time.toISOString()
}

/** A value as an outline: a key and what is in it, indented by two. */
function outline(value: Json, indent = ''): string[] {
  const entries = isObject(value) || Array.isArray(value) ? Object.entries(value) : []
  return entries.flatMap(([key, part]: [string, Json]) => {
    const name = `${indent}${plain(key)}`
    if (typeof part !== 'object' || part === null) return [`${name}: ${plain(valuePhrase(part))}`]
    const inner = outline(part, `${indent}  `)
    return inner.length === 0 ? [`${name}: none`] : [name, ...inner]
  })
}
