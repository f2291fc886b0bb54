// @ts-check
/** @import { RunView, UnderView } from '../surfaces/http/run-view.js' */
import { make } from './element.js'
import { duration, short, who } from './sentence.js'

/**
 * What a person can say to a run that is under way: `say` is the name of the intent, `cancel` for that verb.
 *
 * @typedef {{ say: 'run.pause' | 'run.resume' | 'run.step' | 'run.skip' | 'run.answer' | 'cancel', run: string, at?: string, choice?: string }} Said
 */

/** Names what was said, so that its button is found again in a card that was drawn anew. @param {Said} said */
export function saidKey({ say, run, at = '', choice = '' }) {
  return [say, run, at, choice].join(' ')
}

/** @param {RunView} run @param {number} now the hub's @returns {string} */
export function runText(run, now) {
  const by = `by ${who(run.startedBy)}`
  const where = `step ${Math.min(run.step + 1, Math.max(1, run.steps))} of ${run.steps}`
  if (run.state !== 'running')
    return `${run.state} at ${where}, ${by}, took ${duration(Math.max(0, run.changedAt - run.startedAt))}`
  if (run.queued) return `waits for its turn, ${by}`
  const how = run.undoing ? ', being undone' : run.paused ? ', paused' : ''
  return `${where}${how}, ${by}, for ${duration(Math.max(0, now - run.startedAt))}`
}

/** @param {UnderView} under @param {number} now @returns {string} */
export function underText({ name, what, phase, wakeAt, tries, count }, now) {
  const parts = [`${name}: ${what}`]
  if (count !== null)
    parts.push(
      count.unit === 'round'
        ? `round ${count.at}${count.of === null ? '' : ` of ${count.of}`}`
        : `${count.at} of ${count.of} branches over`,
    )
  if (phase === 'ready') parts.push('is next')
  if (phase === 'instead') parts.push('failed, another macro takes its place')
  if (phase === 'retry') parts.push('failed, is tried again')
  else if (tries > 0) parts.push(`try ${tries + 1}`)
  if (wakeAt !== null && wakeAt > now) parts.push(`${duration(wakeAt - now)} left`)
  return parts.join(', ')
}

/** @param {string} at how deep a step lies in others */
function depthOf(at) {
  return at.split('/').length - 1
}

/**
 * A run as a card, with the runs that it has started inside it.
 *
 * @param {RunView} run
 * @param {{ now: number, isAsked: (said: Said) => boolean, inner: (run: string) => readonly RunView[] }} parts
 * @returns {HTMLLIElement}
 */
export function runCard(run, { now, isAsked, inner }) {
  const isRunning = run.state === 'running'
  /** @param {Said} said @param {string} text @param {string} label */
  function button(said, text, label) {
    const waits = isAsked(said)
    return make('button', {
      type: 'button',
      'data-said': saidKey(said),
      disabled: waits,
      'aria-label': label,
      text: waits ? 'asked…' : text,
    })
  }
  /** @type {HTMLElement[]} */
  const parts = [
    make('div', { class: 'card-line' }, [
      make('b', { text: run.macro }),
      make('code', { class: 'quiet-text', text: short(run.run) }),
      make('span', {
        class: `card-end state-${run.state}`,
        text: isRunning && run.paused ? 'paused' : run.state,
      }),
    ]),
    make('p', { class: 'quiet-text', text: runText(run, now) }),
  ]
  if (run.detail)
    parts.push(
      make('p', { class: run.state === 'stopped' ? 'failure' : 'quiet-text', text: run.detail }),
    )
  if (!isRunning) return make('li', { class: 'card', 'data-run': run.run }, parts)
  parts.push(
    make('progress', {
      max: Math.max(1, run.steps),
      value: run.step,
      'aria-label': `${run.macro}: ${run.step} of ${run.steps} steps done`,
    }),
  )
  if (run.under.length > 0)
    parts.push(
      make(
        'ul',
        { class: 'under' },
        run.under.map((under) =>
          make('li', {
            class: `depth-${Math.min(3, depthOf(under.at))}`,
            text: underText(under, now),
          }),
        ),
      ),
    )
  for (const { at, text, choices, otherwise, until } of run.questions) {
    const left = until === null ? '' : `${duration(Math.max(0, until - now))} left`
    const silent = otherwise === null ? 'no answer is a failure' : `no answer is “${otherwise}”`
    parts.push(
      make('div', { class: 'question', role: 'group', 'aria-label': text }, [
        make('p', {}, [make('strong', { text })]),
        make('p', { class: 'quiet-text', text: [left, silent].filter(Boolean).join(', ') }),
        make(
          'p',
          { class: 'run-buttons' },
          choices.map((choice) =>
            button({ say: 'run.answer', run: run.run, at, choice }, choice, `${text} ${choice}`),
          ),
        ),
      ]),
    )
  }
  /** @param {Exclude<Said['say'], 'run.answer'>} say @param {string} text @param {string} [at] */
  const offer = (say, text, at) =>
    button({ say, run: run.run, ...(at === undefined ? {} : { at }) }, text, `${text} ${run.macro}`)
  const leaves = run.under.filter(({ phase }) => phase !== 'inside' && phase !== 'asked')
  const isAfterCrash = run.under.some(({ phase }) => phase === 'asked')
  parts.push(
    make('p', { class: 'run-buttons' }, [
      ...(run.undoing || run.queued
        ? []
        : run.paused
          ? [
              ...(isAfterCrash ? [] : [offer('run.resume', 'Resume')]),
              ...(leaves.some(({ phase }) => phase === 'ready') ? [offer('run.step', 'Step')] : []),
            ]
          : [offer('run.pause', 'Pause')]),
      ...leaves.map(({ at, name }) =>
        offer('run.skip', leaves.length === 1 ? 'Skip' : `Skip ${name}`, at),
      ),
      ...(run.undoing ? [] : [offer('cancel', 'Cancel')]),
    ]),
  )
  const children = inner(run.run)
  if (children.length > 0)
    parts.push(
      make(
        'ul',
        { class: 'inner-runs' },
        children.map((child) => runCard(child, { now, isAsked, inner })),
      ),
    )
  return make('li', { class: 'card', 'data-run': run.run }, parts)
}
