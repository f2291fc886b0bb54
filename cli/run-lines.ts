import type { RunAnswer } from './answers.ts'
import { paint, plain, type Tone } from './output.ts'
import { actorPhrase, span, valuePhrase } from './phrase.ts'
import { table } from './table.ts'

// How runs are said on the command line.

const tones: Readonly<Record<RunAnswer['state'], Tone>> = {
  running: 'warn',
  done: 'good',
  stopped: 'bad',
  cancelled: 'faint',
}

export function runTable(runs: readonly RunAnswer[], now: number): readonly string[] {
  return table(
    ['run', 'macro', 'state', 'where', 'by', 'for'],
    runs.map((run) => [
      run.run,
      run.macro,
      { text: stateWord(run), tone: tones[run.state] },
      whereText(run),
      actorPhrase(run.startedBy),
      span(Math.max(0, (run.state === 'running' ? now : run.changedAt) - run.startedAt)),
    ]),
  )
}

function stateWord({ state, paused, queued, undoing, questions }: RunAnswer): string {
  if (state !== 'running') return state
  if (questions.length > 0) return 'asks'
  if (queued) return 'queued'
  return undoing ? 'undoing' : paused ? 'paused' : state
}

function whereText({ step, steps }: RunAnswer): string {
  return `step ${Math.min(step + 1, Math.max(1, steps))} of ${steps}`
}

/** Everything that is known of a run. */
export function runLines(run: RunAnswer, now: number): readonly string[] {
  const about = (word: string, text: string) => `${word.padEnd(10)}${text}`
  const { detail, parent, startedBy, startedAt, taken } = run
  return [
    `${paint(tones[run.state], stateWord(run))}  ${plain(run.macro)}, ${whereText(run)}  ${run.run}`,
    about('by', actorPhrase(startedBy)),
    about('for', `${span(Math.max(0, now - startedAt))}, ${taken} steps taken`),
    ...(parent === null ? [] : [about('inside', parent)]),
    ...(detail === '' ? [] : [about('says', plain(detail))]),
    ...run.under.map((under) => about('', underPhrase(under, now))),
    ...run.questions.flatMap(({ at, text, choices, otherwise, until }) => [
      about('asks', paint('warn', plain(text))),
      about('', plain(`${choices.join(' | ')}    (at ${at})`)),
      about('', silencePhrase(otherwise, until === null ? null : until - now)),
    ]),
  ]
}

function underPhrase(under: RunAnswer['under'][number], now: number): string {
  const { at, name, what, phase, wakeAt, tries, count, run } = under
  const indent = '  '.repeat(at.split('/').length - 1)
  const parts = [
    `${name}: ${what}`,
    ...(count === null
      ? []
      : [`${count.unit} ${count.at}${count.of === null ? '' : ` of ${count.of}`}`]),
    ...(phase === 'ready' ? ['is next'] : phase === 'retry' ? ['is tried again'] : []),
    ...(tries > 0 ? [`${tries} failed`] : []),
    ...(wakeAt === null || wakeAt <= now ? [] : [`${span(wakeAt - now)} left`]),
    ...(run === null ? [] : [`run ${run}`]),
  ]
  return plain(`${indent}${parts.join(', ')}`)
}

function silencePhrase(otherwise: string | null, leftMs: number | null): string {
  const silence =
    otherwise === null ? 'no answer is a failure' : `no answer is ${valuePhrase(otherwise)}`
  return plain(leftMs === null ? silence : `${silence}, in ${span(Math.max(0, leftMs))}`)
}
