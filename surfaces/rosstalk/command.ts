import { type Asked, gesture, misunderstood, shown } from '../asked.ts'
import { bankGesture } from '../companion-bank.ts'

const button = /^CC (\d{1,6}):(\d{1,6})$/i
const location = /^CC (\d{1,6})\/(\d{1,6})\/(\d{1,6})$/i

/**
 * What a RossTalk command asks for: `CC page:button` and `CC page/row/column` press a control (the source of Companion's
 * `Rosstalk` service, 5.0; `CC` is RossTalk's "custom control"). All other commands of that protocol are for mixers.
 */
export function parseRossTalk(line: string): Asked {
  const text = line.trim()
  const [, oldPage, bank] = button.exec(text) ?? []
  if (oldPage !== undefined && bank !== undefined) return bankGesture(oldPage, bank, 'press', text)
  const [, page, row, col] = location.exec(text) ?? []
  return page !== undefined && row !== undefined && col !== undefined
    ? gesture(page, row, col, 'press', text)
    : misunderstood(`${shown(text)} is neither CC page:button nor CC page/row/column`)
}
