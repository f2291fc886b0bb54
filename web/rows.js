// @ts-check
/** @import { IntentView } from '../surfaces/http/intent-view.js' */
/** @import { EntryView } from '../surfaces/http/record-view.js' */
/** @import { MarkName } from './outcome.js' */
import { endOf } from './outcome.js'
import { deviceOf, sentence, what, who } from './sentence.js'

/**
 * One line of the journal: an intent with all that became of it, or what a device or the hub said.
 *
 * @typedef {{
 *   key: string, id: string | null, at: number, who: string, what: string, device: string, mark: MarkName,
 *   detail: string, latencyMs: number | null, attempts: number,
 *   trail: { position: string, at: number, text: string }[],
 * }} Row
 */

/** Entries kept of one intent's own life; a device that is away for a night makes more attempts than a person reads. */
const trailEntries = 40

const troubles = new Set([
  'InputRejected',
  'AccessRefused',
  'LogRecovered',
  'LogGap',
  'WentAlone',
  'Rejoined',
  'ClockStepped',
  'HeadsDiffered',
])

/**
 * Folds entries into at most `limit` rows, oldest first. Only rows are ever dropped here, and they are counted: the
 * log has them all.
 *
 * @param {number} limit
 */
export function createRows(limit) {
  /** @type {Row[]} */
  const rows = []
  /** @type {Map<string, Row>} */
  const byIntent = new Map()
  /** @type {Set<Row>} */
  let added = new Set()
  /** @type {Set<Row>} */
  let changed = new Set()
  /** @type {Set<Row>} */
  let removed = new Set()
  let entries = 0
  let dropped = 0
  let undrawn = 0

  /** @param {Row} row */
  function push(row) {
    rows.push(row)
    added.add(row)
    if (row.id !== null) byIntent.set(row.id, row)
    if (rows.length <= limit) return
    const oldest = rows.shift()
    if (oldest === undefined) return
    dropped++
    if (oldest.id !== null) byIntent.delete(oldest.id)
    changed.delete(oldest)
    // came and went within one frame: nobody saw it
    if (added.delete(oldest)) undrawn++
    else removed.add(oldest)
  }

  /** @param {EntryView} entry @param {string} text @returns {Row} */
  function noteRow(entry, text) {
    const { event } = entry
    const away = (event.type === 'LinkChanged' || event.type === 'ListenerChanged') && !event.up
    return {
      key: entry.position,
      id: null,
      at: entry.at,
      who: '',
      what: text,
      device: 'device' in event ? event.device : '',
      mark: away || troubles.has(event.type) ? 'trouble' : 'note',
      detail: '',
      latencyMs: null,
      attempts: 0,
      trail: [{ position: entry.position, at: entry.at, text }],
    }
  }

  /** @param {EntryView} entry */
  function add(entry) {
    entries++
    const { event } = entry
    if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
      const { id, intent, actor } = event.submission
      // the first entry with an id counts; a repeat is a duplicate for every fold
      if (!byIntent.has(id))
        push({
          key: id,
          id,
          at: entry.at,
          who: who(actor),
          what: what(intent),
          device: deviceOf(intent),
          mark: 'open',
          detail: '',
          latencyMs: null,
          attempts: 0,
          trail: [],
        })
      advance(id, entry)
    } else if ('intent' in event) {
      if (byIntent.has(event.intent)) advance(event.intent, entry)
    } else push(noteRow(entry, sentence(entry)))
  }

  /** @param {string} id @param {EntryView} entry */
  function advance(id, entry) {
    const row = byIntent.get(id)
    if (row === undefined) return
    const { event, position, at } = entry
    if (row.trail.length < trailEntries) row.trail.push({ position, at, text: sentence(entry) })
    if (event.type === 'AttemptStarted') row.attempts = event.attempt
    if (event.type === 'AttemptFailed') row.detail = event.failure.detail
    const end = endOf(event)
    if (end !== null) {
      row.mark = end.superseded ? 'superseded' : end.outcome
      row.detail = end.detail
      row.latencyMs = Math.max(0, at - row.at)
    }
    if (!added.has(row)) changed.add(row)
  }

  return {
    rows,
    add,
    /**
     * Fills in what happened before the stream began.
     *
     * @param {readonly IntentView[]} intents newest first, as the hub answers
     */
    seed(intents) {
      for (const view of [...intents].reverse()) {
        const { id, outcome } = view
        const known = byIntent.get(id)
        if (known !== undefined && known.mark !== 'open') continue
        /** @type {Row} */
        const row = known ?? {
          key: id,
          id,
          at: view.at,
          who: who(view.actor),
          what: what(view.intent),
          device: deviceOf(view.intent),
          mark: 'open',
          detail: '',
          latencyMs: null,
          attempts: view.attempts.length,
          trail: [],
        }
        if (outcome !== null) {
          row.mark = outcome.type === 'cancelled' && outcome.by ? 'superseded' : outcome.type
          row.detail = outcome.failure?.detail ?? ''
          row.latencyMs = Math.max(0, outcome.at - view.at)
        }
        if (known === undefined) push(row)
        else changed.add(row)
      }
    },
    /** @param {string} id */
    find(id) {
      return byIntent.get(id)
    },
    /** Entries seen, rows that left, and rows that left before any frame could draw them. */
    counts() {
      return { entries, dropped, undrawn }
    },
    /** Rows that nobody has taken yet. */
    waiting() {
      return added.size + undrawn
    },
    /** What changed since the last call. */
    take() {
      const delta = { added: [...added], changed: [...changed], removed: [...removed] }
      added = new Set()
      changed = new Set()
      removed = new Set()
      return delta
    },
  }
}
