// @ts-check
/** @import { RunView } from '../surfaces/http/run-view.js' */
/** @import { Said } from './run-card.js' */
import { byId, setText } from './element.js'
import { runCard, saidKey } from './run-card.js'

/** Ended runs kept in view: enough to see how the last ones went. */
const endedShown = 6

/** 1 s: how long something still takes is read in seconds. */
const tickMs = 1000

/**
 * The runs of macros: where each is, what it asks, and what can be said to it.
 *
 * @param {{ now: () => number, say: (said: Said) => void }} on `now`: the hub's
 */
export function createRuns({ now, say }) {
  const list = byId('runs', HTMLUListElement)
  const count = byId('runs-count', HTMLElement)
  /** @type {Map<string, RunView>} */
  const runs = new Map()
  /** @type {Map<string, Said>} what each button says */
  const offered = new Map()
  /** @type {Set<string>} said, and the run has not moved since */
  const asked = new Set()
  let frame = 0

  list.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    const said = offered.get(button?.dataset['said'] ?? '')
    if (said === undefined) return
    asked.add(saidKey(said))
    draw()
    say(said)
  })

  function forget() {
    const ended = [...runs.values()]
      .filter(({ state }) => state !== 'running')
      .sort((a, b) => b.startedAt - a.startedAt)
    for (const { run } of ended.slice(endedShown)) runs.delete(run)
  }

  function drawSoon() {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      draw()
    })
  }

  function draw() {
    const all = [...runs.values()].sort((a, b) => b.startedAt - a.startedAt)
    const running = all.filter(({ state }) => state === 'running')
    const isInside = (/** @type {RunView} */ { state, parent }) =>
      state === 'running' && parent !== null && runs.get(parent)?.state === 'running'
    const outer = [
      ...running.filter((run) => !isInside(run)),
      ...all.filter((run) => run.state !== 'running'),
    ]
    const waiting = running.reduce((sum, { questions }) => sum + questions.length, 0)
    const asks = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'asks' : 'ask'} a person`
    setText(count, running.length === 0 ? 'none running' : `${running.length} running${asks}`)
    const held = document.activeElement?.closest('[data-said]')
    const focused = held instanceof HTMLElement ? held.dataset['said'] : undefined
    offered.clear()
    const parts = {
      now: now(),
      inner: (/** @type {string} */ run) =>
        running.filter((child) => child.parent === run && isInside(child)),
      isAsked: (/** @type {Said} */ said) => {
        offered.set(saidKey(said), said)
        return asked.has(saidKey(said))
      },
    }
    list.replaceChildren(...outer.map((run) => runCard(run, parts)))
    const again = focused && list.querySelector(`[data-said="${CSS.escape(focused)}"]`)
    if (again instanceof HTMLElement) again.focus()
  }

  setInterval(() => {
    if ([...runs.values()].some(({ state }) => state === 'running')) drawSoon()
  }, tickMs)

  return {
    /** What was said could not be sent, or was refused. @param {Said} said */
    notDone(said) {
      asked.delete(saidKey(said))
      drawSoon()
    },
    /** @param {readonly RunView[]} all */
    set(all) {
      runs.clear()
      asked.clear()
      for (const run of all) runs.set(run.run, run)
      forget()
      drawSoon()
    },
    /** @param {RunView} run as it is now */
    changed(run) {
      runs.set(run.run, run)
      for (const key of asked) if (key.split(' ')[1] === run.run) asked.delete(key)
      forget()
      drawSoon()
    },
  }
}
