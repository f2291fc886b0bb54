import type { Command } from 'commander'
import { isId } from '../intents/id.ts'
import type { Actor } from '../intents/intent.ts'
import type { JsonObject } from '../intents/json.ts'
import { ask } from './client.ts'
import { timePhrase } from './custody-phrase.ts'
import { Stop } from './exit.ts'
import { operator } from './operator.ts'
import { plain, print, printJson } from './output.ts'
import { actorPhrase, moment } from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { table } from './table.ts'

interface Kept {
  readonly position: string
}

interface LegalHold {
  readonly name: string
  readonly from: number | null
  readonly to: number | null
  readonly reason: string
  readonly placedBy: Actor
  readonly placedAt: number
  readonly released: {
    readonly by: Actor
    readonly at: number
    readonly writtenRelease: string
  } | null
}

interface SubjectWords {
  readonly intent?: string
  readonly position?: string
}

/** `infra witness correct`: what is right, beside what was recorded. */
export function addCorrect(witness: Command): void {
  const command = subjectOptions(witness.command('correct'))
    .summary('say beside an entry what is right; the entry stays')
    .description(
      'Record a correction with your name. What was recorded stays as it is; infra show and the console show both.',
    )
    .requiredOption('--text <text>', 'what is right')
  example(
    hubOptions(command),
    'infra witness correct --intent 01a1ff29-4262-7000-ae34-915ec5c554a8 --text "cue 12 was meant"',
  ).action(async ({ text, ...words }: SubjectWords & { text: string }) => {
    const body = { ...subjectOf(words), text }
    await keep(command, '/api/v1/witness/corrections', body, 'corrected')
  })
}

/** `infra witness redact`: erases personal text that the record only commits to. */
export function addRedact(witness: Command): void {
  const command = subjectOptions(witness.command('redact'))
    .summary('erase the personal text of an intent; all proofs stay good')
    .description(
      'Erase what stands behind the commitments of an entry: arguments that the config calls personal. Who asked and why is recorded, and the proof of everything else stays good. It cannot be undone. Not while the intent is open, or a legal hold covers it.',
    )
    .requiredOption('--reason <text>', 'why, for the record')
  example(
    hubOptions(command),
    'infra witness redact --intent 01a1ff29-4262-7000-ae34-915ec5c554a8 --reason "erasure asked for by the caller"',
  ).action(async ({ reason, ...words }: SubjectWords & { reason: string }) => {
    const body = { ...subjectOf(words), reason }
    await keep(command, '/api/v1/witness/redactions', body, 'redacted')
  })
}

/** `infra witness legal-hold`: what must stay as it is. */
export function addLegalHold(witness: Command): void {
  const hold = witness
    .command('legal-hold')
    .alias('hold')
    .summary('keep entries from being trimmed or redacted')
    .description(
      'Legal holds: while one is in force, nothing of its time is trimmed from the record or redacted. Released in writing only.',
    )
  example(hold, 'infra witness legal-hold list')
  addPlace(hold)
  addRelease(hold)
  const list = hold.command('list').summary('what is held, and what was')
  example(hubOptions(list), 'infra witness legal-hold list').action(async () => {
    const request = { method: 'GET', path: '/api/v1/witness/legal-holds' } as const
    const { holds } = await ask<{ readonly holds: readonly LegalHold[] }>(hubOf(list), request, [
      'holds',
    ])
    if (wantsJson(list)) printJson(holds)
    else if (holds.length === 0) print('there is no legal hold')
    else
      for (const line of table(['name', 'over', 'why', 'placed', 'released'], holds.map(row)))
        print(line)
  })
}

function addPlace(hold: Command): void {
  const command = hold
    .command('place <name>')
    .summary('place a legal hold')
    .option('--from <time>', 'of the first entry (default: from the start)')
    .option('--to <time>', 'of the last entry (default: all that comes, too)')
    .requiredOption('--reason <text>', 'why, for the record')
  example(
    hubOptions(command),
    'infra witness legal-hold place case-7 --from 2026-11-20T00:00:00Z --to 2026-11-22T00:00:00Z --reason "complaint of the 21st"',
  ).action(async (name: string, words: { from?: string; to?: string; reason: string }) => {
    await keep(command, '/api/v1/witness/legal-holds', { name, ...words }, 'held')
  })
}

function addRelease(hold: Command): void {
  const command = hold
    .command('release <name>')
    .summary('release a legal hold, in writing')
    .requiredOption('--written-release <text>', 'where the release in writing is to be found')
  example(
    hubOptions(command),
    'infra witness legal-hold release case-7 --written-release "letter of 3 December, file 12"',
  ).action(async (name: string, { writtenRelease }: { writtenRelease: string }) => {
    const path = `/api/v1/witness/legal-holds/${encodeURIComponent(name)}/release`
    await keep(command, path, { writtenRelease }, 'released')
  })
}

function row({ name, from, to, reason, placedBy, placedAt, released }: LegalHold): string[] {
  return [
    name,
    timePhrase({ from, to }),
    plain(reason),
    `${moment(placedAt)} by ${actorPhrase(placedBy)}`,
    released === null
      ? 'in force'
      : `${moment(released.at)} by ${actorPhrase(released.by)}: ${plain(released.writtenRelease)}`,
  ]
}

function subjectOptions(command: Command): Command {
  return command
    .option('--intent <id>', 'the intent that it is about')
    .option('--position <position>', 'or the entry at that position')
}

/** @throws Stop (usage) where not exactly one is given */
function subjectOf({ intent, position }: SubjectWords): SubjectWords {
  if ((intent === undefined) === (position === undefined))
    throw new Stop('usage', 'give either --intent or --position', {
      hint: 'infra who and infra tail print the ids',
    })
  if (intent === undefined) return { position: position ?? '' }
  if (!isId(intent))
    throw new Stop('usage', `"${intent}" is not the id of an intent`, {
      hint: 'press, fire, set, who and tail print it',
    })
  return { intent }
}

/** Has the hub record it, under the name of whoever is at this machine. */
async function keep(
  command: Command,
  path: string,
  body: JsonObject | SubjectWords,
  done: string,
): Promise<void> {
  const said = { ...body, operator: operator() } as JsonObject // words and nothing else
  const kept = await ask<Kept>(hubOf(command), { method: 'POST', path, body: said }, ['position'])
  if (wantsJson(command)) printJson({ ...kept })
  else print(`${done}  recorded at ${plain(kept.position)}`)
}
