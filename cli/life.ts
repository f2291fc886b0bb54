import type { Command } from 'commander'
import { isId, type IntentId } from '../intents/id.ts'
import type { Attempt, Life } from './answers.ts'
import type { Shown, ShownLife } from '../hub/audit/shown.ts'
import { ask, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { proofGiven, proofOption, recordOptions, type ProofWords } from './given.ts'
import { showRecord, whoRecord } from './record.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import {
  actorPhrase,
  clock,
  failurePhrase,
  intentPhrase,
  lifePhrase,
  moment,
  outcomeTone,
  span,
} from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { isProven, proofPhrase, sealLines, shownLines } from './shown-lines.ts'
import { table, type Cell } from './table.ts'
import { controlPath } from './words.ts'

/** 100: more steps than a macro that a person reads; the rest is counted, and in `--json`. */
const shownChildren = 100

/** `infra who`: what a control led to, newest first. */
export function addWho(program: Command): void {
  const who = program
    .command('who <place>')
    .summary('who pressed a control, and what became of it')
    .description('Who pressed the control at PAGE/ROW/COL, newest first, and what became of it.')
    .option('--limit <count>', 'how many, 1 to 1000', '20')
  example(
    proofOption(recordOptions(hubOptions(who))),
    'infra who 1/0/0',
    'infra who 1/0/0 --bundle evening.ifw.ndjson --key studio-a.vkey',
  ).action(async (place: string, { limit, proof, ...words }: ProofWords & { limit: string }) => {
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1000)
      throw new Stop('usage', `--limit is a number from 1 to 1000, not "${limit}"`, {
        hint: `infra who ${place} --limit 50`,
      })
    const given = proofGiven(words, proof)
    if (given !== null)
      return printHands(
        place,
        await whoRecord(given, controlPath(place), Number(limit), proof ?? null),
        wantsJson(who),
      )
    const query = new URLSearchParams({ control: controlPath(place), limit })
    const { intents } = await ask<{ readonly intents: readonly Life[] }>(
      hubOf(who),
      { method: 'GET', path: `/api/v1/intents?${query.toString()}` },
      ['intents'],
    )
    if (wantsJson(who)) printJson(intents)
    else if (intents.length === 0) print(`nobody has pressed ${place}`)
    else
      for (const line of table(['when', 'who', 'what', 'outcome', '', 'id'], intents.map(row)))
        print(line)
  })
}

/** What a control led to, as a record has it, each with the proof of its first entry. */
function printHands(place: string, shown: Shown, json: boolean): void {
  if (!isProven(shown)) end('unverified')
  if (json) return printJson(shown)
  const { lives } = shown
  if (lives.length === 0) print(`nobody has pressed ${place}`)
  else
    for (const line of table(
      ['when', 'who', 'what', 'outcome', '', 'id', 'position'],
      lives.map((life) => [...row(life), life.position]),
    ).map((line, i) => (i === 0 ? `${line}  proof` : `${line}  ${firstProof(lives[i - 1])}`)))
      print(line)
  for (const line of ['', ...sealLines(shown)]) print(line)
}

function firstProof(life: ShownLife | undefined): string {
  const [first] = life?.entries ?? []
  return first === undefined ? '' : proofPhrase(first)
}

function row(life: Life): Cell[] {
  const { outcome } = life
  return [
    moment(life.at),
    actorPhrase(life.actor),
    intentPhrase(life.intent),
    outcome === null ? life.status : { text: outcome.type, tone: outcomeTone(outcome.type) },
    outcome === null
      ? ''
      : outcome.failure === undefined
        ? span(outcome.at - life.at)
        : failurePhrase(outcome.failure),
    life.corrections?.length ? `${life.id}  corrected: infra show` : life.id,
  ]
}

/** `infra show`: one intent's whole life. */
export function addShow(program: Command): void {
  const show = program
    .command('show <id>')
    .summary("one intent's whole life")
    .description('Who wanted it, from where, each attempt, how it ended, and what it led to.')
  example(
    proofOption(recordOptions(hubOptions(show))),
    'infra show 019283b2-7c1e-7abc-8def-0123456789ab',
    'infra show 019283b2-7c1e-7abc-8def-0123456789ab --data /srv/infra --key studio-a.vkey --proof ./proofs',
  ).action(async (id: string, { proof, ...words }: ProofWords) => {
    if (!isId(id))
      throw new Stop('usage', `"${id}" is not the id of an intent`, {
        hint: 'press, fire, set, who and tail print it',
      })
    const given = proofGiven(words, proof)
    if (given !== null)
      return printLife(await showRecord(given, id, proof ?? null), wantsJson(show))
    const hub = hubOf(show)
    const life = await lifeOf(hub, id)
    if (wantsJson(show)) {
      printJson(life)
      return
    }
    for (const line of lifeLines(life)) print(line)
    if (life.children.length === 0) return
    print('')
    print('led to')
    const lines = await ledTo(hub, life, new Set([life.id]), '  ')
    for (const line of lines) print(line)
    if (lines.length >= shownChildren) print(`  and maybe more: infra show ${id} --json`)
  })
}

/** An intent as a record has it: its whole life, each entry with its proof. */
function printLife(shown: Shown, json: boolean): void {
  const [life] = shown.lives
  if (!isProven(shown)) end('unverified')
  if (json || life === undefined) return printJson(shown)
  for (const line of [...lifeLines(life), ...shownLines(shown)]) print(line)
}

/** What it led to, and what that led to: a macro that runs others is seen to its last step. */
async function ledTo(
  hub: Hub,
  { children }: Life,
  seen: Set<IntentId>,
  indent: string,
): Promise<readonly string[]> {
  const lines: string[] = []
  for (const child of children) {
    if (seen.size > shownChildren) break
    if (seen.has(child)) continue
    seen.add(child)
    const life = await lifeOf(hub, child)
    lines.push(`${indent}${lifePhrase(life)}`, ...(await ledTo(hub, life, seen, `${indent}  `)))
  }
  return lines
}

async function lifeOf(hub: Hub, id: IntentId): Promise<Life> {
  const fields = ['id', 'intent', 'actor', 'attempts', 'outcome', 'children'] as const
  return ask<Life>(hub, { method: 'GET', path: `/api/v1/intents/${id}` }, fields)
}

function lifeLines(life: Life): string[] {
  const { cause, expiresAt, outcome } = life
  const about = (word: string, text: string) => `${word.padEnd(10)}${plain(text)}`
  const then = (at: number, word: string, text: string) =>
    `${clock(at)}  ${word}  ${text}`.trimEnd()
  return [
    paint('strong', intentPhrase(life.intent)),
    about('id', life.id),
    about('who', actorPhrase(life.actor)),
    about('from', life.source),
    ...(life.trace === life.id ? [] : [about('trace', life.trace)]),
    ...(cause === null ? [] : [about('because', `step ${cause.step} of ${cause.intent}`)]),
    ...(expiresAt === null ? [] : [about('expires', moment(expiresAt))]),
    '',
    `${moment(life.at)}  recorded at ${plain(life.position)}`,
    ...life.attempts.flatMap((attempt) => attemptLines(attempt, then)),
    outcome === null
      ? `${life.status}: it has not ended yet`
      : then(
          outcome.at,
          paint(outcomeTone(outcome.type), outcome.type),
          [
            outcome.failure === undefined ? '' : failurePhrase(outcome.failure),
            outcome.by === undefined ? '' : `by ${outcome.by}`,
            `after ${span(outcome.at - life.at)}`,
          ]
            .filter((part) => part !== '')
            .join(', '),
        ),
    ...(life.corrections ?? []).map(({ at, actor, text }) =>
      then(at, 'corrected', `${plain(text)}  ${actorPhrase(actor)}`),
    ),
  ]
}

function attemptLines(
  { attempt, startedAt, endedAt, ack, failure, retryAt }: Attempt,
  then: (at: number, word: string, text: string) => string,
): string[] {
  const name = `attempt ${attempt}`
  const started = then(startedAt, name, 'started')
  if (endedAt === null) return [started]
  if (failure === null) return [started, then(endedAt, name, ack ?? 'ended')]
  const reached = { no: 'it got nowhere', maybe: 'it may have arrived', yes: 'it arrived' }
  const again = retryAt === null ? '' : `; again at ${clock(retryAt)}`
  const text = `failed: ${failurePhrase(failure)}; ${reached[failure.reached]}${again}`
  return [started, then(endedAt, name, text)]
}
