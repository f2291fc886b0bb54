// @ts-check
/** @import { RunView } from '../surfaces/http/console.js' */
import { byId, make, setText } from './element.js'
import { duration, short, who } from './sentence.js'

/** Ended runs kept in view: enough to see how the last ones went. */
const endedShown = 6

/** @param {RunView} run @param {number} now the hub's @returns {string} */
export function runText(run, now) {
  const by = `by ${who(run.startedBy)}`
  if (run.state !== 'running')
    return `${run.state} at step ${Math.min(run.step + 1, run.steps)} of ${run.steps}, ${by}, took ${duration(Math.max(0, run.changedAt - run.startedAt))}`
  const wait =
    run.wakeAt === null || run.wakeAt <= now ? '' : `, waits ${duration(run.wakeAt - now)}`
  return `step ${Math.min(run.step + 1, run.steps)} of ${run.steps}${wait}, ${by}, for ${duration(Math.max(0, now - run.startedAt))}`
}

/** @param {{ cancel: (run: string) => void }} on */
export function createRuns({ cancel }) {
  const list = byId('runs', HTMLUListElement)
  const count = byId('runs-count', HTMLElement)
  /** @type {Set<string>} */
  const asked = new Set()

  list.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    const run = button?.dataset['cancel']
    if (!button || !run) return
    asked.add(run)
    button.disabled = true
    setText(button, 'asked…')
    cancel(run)
  })

  /** @param {RunView} run @param {number} now */
  function card(run, now) {
    const running = run.state === 'running'
    /** @type {HTMLElement[]} */
    const parts = [
      make('div', { class: 'card-line' }, [
        make('b', { text: run.macro }),
        make('code', { class: 'quiet-text', text: short(run.run) }),
        make('span', { class: `card-end state-${run.state}`, text: run.state }),
      ]),
      make('p', { class: 'quiet-text', text: runText(run, now) }),
    ]
    if (run.detail)
      parts.push(
        make('p', { class: run.state === 'stopped' ? 'failure' : 'quiet-text', text: run.detail }),
      )
    if (running) {
      const label = `${run.macro}: ${run.step} of ${run.steps} steps done`
      parts.push(
        make('progress', { max: Math.max(1, run.steps), value: run.step, 'aria-label': label }),
      )
      const waits = asked.has(run.run)
      parts.push(
        make('button', {
          type: 'button',
          'data-cancel': run.run,
          disabled: waits,
          'aria-label': `Cancel ${run.macro}`,
          text: waits ? 'asked…' : 'Cancel',
        }),
      )
    }
    return make('li', { class: 'card', 'data-run': run.run }, parts)
  }

  return {
    /** The cancel could not be sent or was refused. @param {string} run */
    notCancelled(run) {
      asked.delete(run)
    },
    /** @param {readonly RunView[]} runs @param {number} now the hub's */
    show(runs, now) {
      const newest = [...runs].sort((a, b) => b.startedAt - a.startedAt)
      const running = newest.filter((run) => run.state === 'running')
      const ended = newest.filter((run) => run.state !== 'running').slice(0, endedShown)
      setText(count, running.length === 0 ? 'none running' : `${running.length} running`)
      const held = document.activeElement?.closest('[data-cancel]')
      const focused = held instanceof HTMLElement ? held.dataset['cancel'] : undefined
      list.replaceChildren(...[...running, ...ended].map((run) => card(run, now)))
      const again = focused && list.querySelector(`[data-cancel="${CSS.escape(focused)}"]`)
      if (again instanceof HTMLElement) again.focus()
    },
  }
}
