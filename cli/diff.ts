import type { Command } from 'commander'
import type { Change } from '../hub/audit/changes.ts'
import type { RecordDiff } from '../hub/audit/diff.ts'
import type { Intent } from '../intents/intent.ts'
import { isObject } from '../intents/json.ts'
import { givenOrHere, noteTrust, recordOptions, type GivenWords } from './given.ts'
import { diffRecord } from './record.ts'
import { paint, plain, print, printJson } from './output.ts'
import { actorPhrase, clock, intentPhrase, lifePhrase, moment, valuePhrase } from './phrase.ts'
import { momentOf } from './replay.ts'
import { example, jsonOption, wantsJson } from './settings.ts'
import { table } from './table.ts'

/** As many failures as a person reads; all of them are in `--json`. */
const shownFailures = 50

export function addDiff(program: Command): void {
  const diff = program
    .command('diff <from> <to>')
    .summary('what changed between two moments')
    .description(
      'What changed in the room between two moments, each a position or a time: values, links, leases, runs, the panic stop; and what was recorded in between: outcomes, failures, starts, changes of the config. Of ./data, or of what is named.',
    )
  example(
    recordOptions(jsonOption(diff)),
    'infra diff 2026-03-01T20:00:00 2026-03-01T20:15:00',
    'infra diff 1200 1300 --bundle evening.ifw.ndjson --key studio-a.vkey',
  ).action(async (from: string, to: string, words: GivenWords) => {
    const given = givenOrHere(words)
    noteTrust(given)
    const found = await diffRecord(given, momentOf(from), momentOf(to))
    if (wantsJson(diff)) printJson(found)
    else for (const line of diffLines(found)) print(line)
  })
}

function diffLines(diff: RecordDiff): readonly string[] {
  const { from, to, entries, since, changes, outcomes, failures, hubs } = diff
  const ended = Object.entries(outcomes).filter(([, count]) => count > 0)
  const about = (word: string, text: string) => `${word.padEnd(10)}${text}`
  return [
    about('from', placePhrase(from)),
    about('to', placePhrase(to)),
    about('between', `${entries} entries`),
    ...(since === null
      ? []
      : [
          about(
            'known',
            paint('warn', `only from line ${since.line} on: what was set before is not here`),
          ),
        ]),
    about('ended', ended.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'nothing'),
    '',
    ...(changes.length === 0
      ? ['nothing in the room is another than it was']
      : table(
          ['what', 'of', 'path', 'before', 'after'],
          changes.map(({ what, of, path, before, after }) => [
            what,
            of,
            path,
            valueText(what, before),
            valueText(what, after),
          ]),
        )),
    ...listed('failures', failures.slice(-shownFailures).map(lifePhrase)),
    ...(failures.length > shownFailures
      ? [`  and ${failures.length - shownFailures} before: --json has them`]
      : []),
    ...listed('hubs', hubs.map(hubPhrase)),
  ]
}

function placePhrase({ position, at }: RecordDiff['from']): string {
  return at === null || position === null
    ? 'before anything was recorded'
    : `${moment(at)}, position ${plain(position)}`
}

function valueText(what: Change['what'], value: Change['before']): string {
  if (value === null) return '–'
  if (what !== 'open' || !isObject(value)) return valuePhrase(value)
  const { status = '', intent } = value
  return `${valuePhrase(status)}: ${intentPhrase(intent as unknown as Intent)}` // as changes.ts made it
}

function listed(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)]
}

function hubPhrase({ at, position, hub, event }: RecordDiff['hubs'][number]): string {
  const when = `${at === null ? '' : clock(at)}  ${plain(position ?? '')}  ${plain(hub)}`
  switch (event.type) {
    case 'HubStarted':
      return `${when}  started, version ${plain(event.version)}, config ${event.config.slice(0, 12)}`
    case 'HubStopped':
      return `${when}  stopped: ${plain(event.reason)}`
    case 'ConfigChanged':
      return `${when}  ${plain(event.summary)} by ${actorPhrase(event.actor)}, config ${event.config.slice(0, 12)}`
    default:
      return event satisfies never
  }
}
