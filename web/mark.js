// @ts-check
/** @import { Outcome } from '../intents/outcome.js' */
/** @import { MarkName } from './outcome.js' */

/**
 * Each mark: its shape on a 16 by 16 field (drawn, because not every machine's fonts have the signs) and what it means.
 *
 * @type {Readonly<Record<MarkName, { shape: string, meaning: string }>>}
 */
const marks = {
  confirmed: { shape: 'M2.5 8.5l3.7 3.8L13.5 4', meaning: 'the device confirmed it' },
  sent: { shape: 'M2 8h11M9 3.8L13.3 8 9 12.2', meaning: 'sent; this protocol gives no answer' },
  failed: { shape: 'M3.5 3.5l9 9M12.5 3.5l-9 9', meaning: 'failed: it did not arrive' },
  unknown: {
    shape: 'M5 5.6C5 2 11 2.1 11 5.4c0 2.3-3 2.3-3 4.6M8 13.2v.3',
    meaning: 'unknown: it may have arrived, look at the device',
  },
  refused: { shape: 'M8 2a6 6 0 100 12A6 6 0 008 2M3.8 3.8l8.4 8.4', meaning: 'refused' },
  expired: {
    shape: 'M8 2a6 6 0 100 12A6 6 0 008 2M8 4.8V8l2.6 1.8',
    meaning: 'too late: not sent',
  },
  cancelled: { shape: 'M4 4h8v8H4z', meaning: 'cancelled' },
  superseded: {
    shape: 'M3 4l5 4-5 4M8 4l5 4-5 4',
    meaning: 'superseded: a newer one took its place',
  },
  open: { shape: 'M3.5 8v.1M8 8v.1M12.5 8v.1', meaning: 'under way' },
  note: { shape: 'M8 7.6v.8', meaning: 'said by a device or the hub' },
  trouble: { shape: 'M8 2.5v7M8 13v.3', meaning: 'look here' },
}

/** @param {MarkName} name */
export function meaning(name) {
  return marks[name].meaning
}

const svg = 'http://www.w3.org/2000/svg'

/**
 * The sign of an outcome. Hidden from screen readers: the word stands beside it or in the label.
 *
 * @param {MarkName} name
 */
export function markIcon(name) {
  const icon = document.createElementNS(svg, 'svg')
  icon.setAttribute('viewBox', '0 0 16 16')
  icon.setAttribute('class', `mark mark-${name}`)
  icon.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', marks[name].shape)
  icon.append(path)
  return icon
}

/**
 * The word for an outcome of which only a detail is known: a newer value that overtook it is no cancel by a person.
 *
 * @param {Outcome} outcome
 * @param {string} detail
 * @returns {MarkName}
 */
export function markOf(outcome, detail) {
  return outcome === 'cancelled' && /supersed|overtak|newer/i.test(detail) ? 'superseded' : outcome
}
