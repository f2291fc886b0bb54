import { type Asked, gesture, misunderstood, shown } from '../asked.ts'

/** How many controls an old page of Companion has, and a row of it: `CC page:button` counts them from 1. */
const perPage = 32
const perRow = 8

const button = /^CC (\d{1,6}):(\d{1,6})$/i
const location = /^CC (\d{1,6})\/(\d{1,6})\/(\d{1,6})$/i

/**
 * What a RossTalk command asks for: `CC page:button` and `CC page/row/column` press a control (the source of Companion's
 * `Rosstalk` service, 5.0; `CC` is RossTalk's "custom control"). All other commands of that protocol are for mixers.
 */
export function parseRossTalk(line: string): Asked {
  const text = line.trim()
  const [, oldPage, bank] = button.exec(text) ?? []
  if (oldPage !== undefined && bank !== undefined) {
    const index = Number(bank) - 1
    return index >= 0 && index < perPage
      ? gesture(oldPage, String(Math.floor(index / perRow)), String(index % perRow), 'press', text)
      : misunderstood(`${shown(text)}: a button is 1 to ${perPage}`)
  }
  const [, page, row, col] = location.exec(text) ?? []
  return page !== undefined && row !== undefined && col !== undefined
    ? gesture(page, row, col, 'press', text)
    : misunderstood(`${shown(text)} is neither CC page:button nor CC page/row/column`)
}
