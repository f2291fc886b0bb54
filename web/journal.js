// @ts-check
/** @import { IntentView } from '../surfaces/http/intent-view.js' */
/** @import { EntryView } from '../surfaces/http/record-view.js' */
/** @import { Row } from './rows.js' */
import { byId, make, setText } from './element.js'
import { markIcon } from './mark.js'
import { createRows } from './rows.js'
import { duration } from './sentence.js'

/** 500 rows: a shift's worth of presses to scroll through, and still one cheap layout. */
const rowLimit = 500

/** @type {readonly (readonly [value: string, label: string])[]} */
const outcomeChoices = [
  ['', 'all outcomes'],
  ['bad', 'went wrong'],
  ['open', 'under way'],
  ['confirmed', 'confirmed'],
  ['sent', 'sent'],
  ['failed', 'failed'],
  ['unknown', 'unknown'],
  ['refused', 'refused'],
  ['expired', 'expired'],
  ['cancelled', 'cancelled'],
  ['note', 'devices and hub'],
]
const bad = new Set(['failed', 'unknown', 'refused', 'expired', 'trouble'])

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})

/**
 * Whether a row is wanted.
 *
 * @param {Row} row
 * @param {{ text: string, outcome: string, device: string }} filter
 */
export function wanted(row, { text, outcome, device }) {
  if (device !== '' && row.device !== device) return false
  if (outcome === 'bad' ? !bad.has(row.mark) : !ofOutcome(row, outcome)) return false
  if (text === '') return true
  const all = `${row.who} ${row.what} ${row.device} ${row.mark} ${row.detail}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

/** @param {Row} row @param {string} outcome */
function ofOutcome(row, outcome) {
  if (outcome === '') return true
  if (outcome === 'note') return row.id === null
  return row.mark === outcome || (outcome === 'cancelled' && row.mark === 'superseded')
}

/** @param {{ open: (id: string) => void }} on somebody wants an intent's whole life */
export function createJournal({ open }) {
  const list = byId('journal-rows', HTMLOListElement)
  const count = byId('journal-count', HTMLElement)
  const pause = byId('journal-pause', HTMLButtonElement)
  const form = byId('journal-filter', HTMLFormElement)
  const rows = createRows(rowLimit)
  /** @type {Map<Row, HTMLLIElement>} */
  const lines = new Map()
  let filter = { text: '', outcome: '', device: '' }
  let paused = false
  let frame = 0
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name))

  field('outcome').append(...outcomeChoices.map(([value, text]) => make('option', { value, text })))
  form.addEventListener('input', () => {
    filter = {
      text: field('text').value.trim(),
      outcome: field('outcome').value,
      device: field('device').value,
    }
    for (const [row, line] of lines) line.hidden = !wanted(row, filter)
    counted()
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  pause.addEventListener('click', () => {
    paused = !paused
    pause.setAttribute('aria-pressed', String(paused))
    setText(pause, paused ? 'Go on' : 'Pause')
    draw()
  })
  list.addEventListener('click', (event) => {
    const line = event.target instanceof Element ? event.target.closest('[data-id]') : null
    if (line instanceof HTMLElement && line.dataset['id']) open(line.dataset['id'])
  })
  list.addEventListener('keydown', (event) => {
    const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (way === 0 || !(event.target instanceof HTMLElement)) return
    const buttons = [...list.querySelectorAll('button')].filter((b) => !b.closest('li')?.hidden)
    buttons[buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + way]?.focus()
    event.preventDefault()
  })

  function soon() {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      draw()
    })
  }

  function draw() {
    counted()
    if (paused) return
    const { added, changed, removed } = rows.take()
    for (const row of removed) {
      lines.get(row)?.remove()
      lines.delete(row)
    }
    const fresh = document.createDocumentFragment()
    for (const row of added) {
      const line = make('li')
      lines.set(row, line)
      fill(line, row)
      fresh.prepend(line)
    }
    list.prepend(fresh)
    for (const row of changed) {
      const line = lines.get(row)
      if (line) fill(line, row)
    }
  }

  /** @param {HTMLLIElement} line @param {Row} row */
  function fill(line, row) {
    const mark = make('span', { class: 'row-mark' }, [markIcon(row.mark)])
    const parts = [
      make('time', { class: 'row-time', text: clock.format(row.at) }),
      mark,
      make('span', { class: 'row-text' }, sentenceOf(row)),
      make('span', { class: 'row-end', text: endText(row) }),
    ]
    if (row.detail) parts.push(make('span', { class: 'row-detail', text: row.detail }))
    const held = line.firstElementChild
    if (held instanceof HTMLElement) held.replaceChildren(...parts)
    else
      line.append(
        row.id === null
          ? make('div', { class: 'row row-note' }, parts)
          : make('button', { type: 'button', class: 'row', 'data-id': row.id }, parts),
      )
    line.dataset['mark'] = row.mark
    line.hidden = !wanted(row, filter)
  }

  function counted() {
    const { dropped, undrawn } = rows.counts()
    const shown = rows.rows.length
    setText(
      count,
      paused
        ? `paused, ${rows.waiting()} new`
        : dropped === 0
          ? `${shown} shown`
          : `newest ${shown}; ${dropped.toLocaleString()} older in the log`,
    )
    count.title =
      undrawn === 0 ? '' : `${undrawn.toLocaleString()} came faster than a screen can show`
  }

  return {
    /** @param {EntryView} entry */
    add(entry) {
      rows.add(entry)
      soon()
    },
    /** @param {readonly IntentView[]} intents newest first */
    seed(intents) {
      rows.seed(intents)
      soon()
    },
    find: (/** @type {string} */ id) => rows.find(id),
    /** @param {readonly string[]} devices */
    setDevices(devices) {
      const select = field('device')
      const chosen = select.value
      if (select.children.length === devices.length + 1) return
      select.replaceChildren(
        make('option', { value: '', text: 'all devices' }),
        ...devices.map((device) => make('option', { value: device, text: device })),
      )
      select.value = devices.includes(chosen) ? chosen : ''
    },
  }
}

/** @param {Row} row @returns {Node[]} */
function sentenceOf(row) {
  if (row.id === null) return [document.createTextNode(row.what)]
  const parts = [make('b', { text: row.who }), make('span', { class: 'row-what', text: row.what })]
  if (row.device) parts.push(make('span', { class: 'row-device', text: row.device }))
  return parts
}

/** @param {Row} row */
function endText(row) {
  if (row.id === null) return ''
  const word =
    row.mark === 'open' ? (row.attempts > 1 ? `try ${row.attempts}` : 'under way') : row.mark
  return row.latencyMs === null ? word : `${word} ${duration(row.latencyMs)}`
}
