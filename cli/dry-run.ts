import type { Command } from 'commander'
import type { DryRun } from '../hub/runs/dry-run.ts'
import type { DryStep } from '../hub/runs/dry-steps.ts'
import type { Intent } from '../intents/intent.ts'
import { isObject } from '../intents/json.ts'
import { succeeded } from '../intents/outcome.ts'
import { Stop } from './exit.ts'
import { defaultData, noteTrust, recordOptions, type GivenWords } from './given.ts'
import { dryRunOf } from './record.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import { failurePhrase, intentPhrase, moment, outcomeTone, span, valuePhrase } from './phrase.ts'
import { momentOf } from './replay.ts'

/** The config that `infra up` uses where nobody says otherwise. */
const defaultConfig = 'infra.yaml'

export interface DryRunWords extends GivenWords {
  readonly dryRun?: boolean
  readonly at?: string
}

/** `infra run … --dry-run` and what belongs to it. */
export function dryRunOptions(run: Command): Command {
  recordOptions(
    run
      .option('--dry-run', 'send nothing: show what it would send, in the room as it was recorded')
      .option('--at <moment>', 'with --dry-run: a position or a time (default: the newest entry)'),
  )
  for (const option of run.options)
    if (option.long === '--config')
      option.description =
        'with --dry-run: the macros and devices, and where nothing else is named the record, too (default: infra.yaml)'
  return run
}

type Run = Extract<Intent, { verb: 'run' }>

/** Runs a macro with every output cut off, and shows what would have left. */
export async function runDry(intent: Run, words: DryRunWords, json: boolean): Promise<void> {
  const { bundle = null, data, config = defaultConfig, key: keys, policy = null, at } = words
  if (bundle !== null && data !== undefined)
    throw new Stop('usage', 'a bundle is all there is: --data names another record', {
      hint: 'give --bundle, or --data',
    })
  const given = {
    bundle,
    config: bundle === null && data === undefined ? config : null,
    data: data ?? defaultData,
    keys,
    policy,
  }
  noteTrust(given)
  const { macro, args } = intent
  const found = await dryRunOf({
    macro,
    args: isObject(args) ? args : {},
    at: at === undefined ? null : momentOf(at),
    config,
    given,
  })
  if (json) printJson(found)
  else for (const line of dryLines(found)) print(line)
  if (!succeeded(found.outcome)) end('failed')
}

function dryLines(run: DryRun): readonly string[] {
  const { macro, position, at, since, held, config } = run
  const about = (word: string, text: string) => `${word.padEnd(10)}${text}`
  return [
    paint('strong', `dry run of ${plain(macro)}: nothing is sent, and nothing is recorded`),
    about(
      'room',
      at === null || position === null
        ? 'nothing is recorded'
        : `as at ${moment(at)}, position ${plain(position)}`,
    ),
    ...(since === null
      ? []
      : [
          about(
            'known',
            paint('warn', `only from line ${since.line} on: what was set before is not here`),
          ),
        ]),
    about('config', configPhrase(config)),
    ...(held === true ? [about('hold', paint('bad', 'on: devices get nothing'))] : []),
    ...(held === null ? [about('hold', paint('warn', 'not known: taken to be off'))] : []),
    '',
    ...carriedLines(run),
  ]
}

/** The steps in their order, and how it ended. */
export function carriedLines({
  steps,
  outcome,
  failure,
  tookMs,
}: Pick<DryRun, 'steps' | 'outcome' | 'failure' | 'tookMs'>): readonly string[] {
  const word = paint(outcomeTone(outcome), outcome)
  return [
    ...steps.flatMap(stepLines),
    '',
    `${word}  ${failure === null ? '' : `${failurePhrase(failure)}  `}after ${span(tookMs)} of its own time`,
  ]
}

function configPhrase({ hash, then, isSame }: DryRun['config']): string {
  const short = (text: string) => plain(text.slice(0, 12))
  if (isSame) return `${short(hash)}, the one that was in use then`
  const was = then.length === 0 ? 'is not known' : `was ${then.map(short).join(', ')}`
  return paint(
    'warn',
    `${short(hash)}, as it is now; the one in use then ${was}, and is not at hand`,
  )
}

function stepLines(one: DryStep): readonly string[] {
  const { depth, macro, place, what, atMs, sent } = one
  const indent = '  '.repeat(depth)
  const name = depth === 0 ? '' : `${plain(macro)} `
  return [
    `${`+${span(atMs)}`.padEnd(10)}${indent}${name}${place}  ${whatPhrase(what)}  ${endPhrase(one)}`,
    ...sent.flatMap(({ intent, protocol, to, text, bytes }) => [
      `${' '.repeat(12)}${indent}${'device' in intent ? plain(intent.device) : ''} (${plain(protocol)}) to ${plain(to)}`,
      ...text.split('\n').map((line) => `${' '.repeat(14)}${indent}${plain(line)}`),
      ...(bytes === null ? [] : [`${' '.repeat(14)}${indent}${paint('faint', bytes)}`]),
    ]),
  ]
}

function whatPhrase(what: DryStep['what']): string {
  if ('do' in what) return intentPhrase(what.do)
  if ('waitMs' in what) return `wait ${span(what.waitMs)}`
  if ('time' in what) return plain(`wait until ${what.time} ${what.zone ?? 'UTC'}`)
  if ('together' in what) return `together ${what.together.length}, ${what.finish}`
  if ('repeat' in what) return plain(`repeat ${roundsPhrase(what.repeat)}`)
  if ('ask' in what) return plain(`ask ${what.ask}`)
  if ('note' in what) return plain(`note ${what.note}`)
  if ('abort' in what) return plain(`abort ${what.abort}`)
  if (!('until' in what)) return Object.keys(what)[0] ?? ''
  const { until, withinMs } = what
  const holds =
    'expr' in until
      ? until.expr
      : 'up' in until
        ? `the link to ${until.device} is ${until.up ? 'up' : 'down'}`
        : `${until.device} ${until.path} is ${valuePhrase(until.equals)}`
  return plain(`until ${holds}, at most ${span(withinMs)}`)
}

function roundsPhrase(repeat: Extract<DryStep['what'], { repeat: unknown }>['repeat']): string {
  if ('times' in repeat)
    return typeof repeat.times === 'number' ? `${repeat.times} times` : repeat.times.expr
  if ('each' in repeat) return `for each ${repeat.as}`
  return 'expr' in repeat.while
    ? `while ${repeat.while.expr}`
    : `while ${repeat.while.device} says so`
}

function endPhrase({ what, outcome, detail, tookMs }: DryStep): string {
  const why = detail === '' ? '' : `: ${plain(detail)}`
  if (outcome !== null)
    return paint(outcomeTone(outcome), outcome === 'sent' ? 'would be sent' : outcome) + why
  if ('waitMs' in what || 'time' in what) return `over after ${span(tookMs)}`
  if ('ask' in what) return `answered ${plain(what.choices[0] ?? '')}`
  if ('do' in what) return `not over${why}`
  if (!('until' in what)) return why.slice(2)
  return why === ''
    ? paint('good', tookMs === 0 ? 'it was so' : `it was reported after ${span(tookMs)}`)
    : paint('bad', `never${why}`)
}
