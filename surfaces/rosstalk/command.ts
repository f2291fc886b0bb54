import { type Asked, gesture, misunderstood, shown } from '../asked.ts'
import { bankGesture } from '../companion-bank.ts'

// senders that put a `CC ` of their own before what their user typed (ProPresenter) say it twice
const button = /^(?:CC )?CC (\d{1,6}):(\d{1,6})$/i
const location = /^(?:CC )?CC (\d{1,6})\/(\d{1,6})\/(\d{1,6})$/i
/** What a command begins and ends with: some senders frame it with control characters. */
const said = /[^\s\p{Cc}]/u

/** A command without what stands around it; empty where there is none. */
export function bareCommand(line: string): string {
  const from = line.search(said)
  let to = line.length
  // no pattern for the end, which would look for it from each space in the middle
  while (to > from && !said.test(line.charAt(to - 1))) to--
  return line.slice(Math.max(from, 0), to)
}

const nul = 0x00
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** What came, with each end that senders give a command (LF, CR LF, CR, NUL) as LF. Changes `chunk`. */
export function withLineFeeds(chunk: Buffer): Buffer {
  for (const end of [nul, carriageReturn])
    for (let at = chunk.indexOf(end); at !== -1; at = chunk.indexOf(end, at + 1))
      chunk[at] = lineFeed
  return chunk
}

/**
 * What a RossTalk command asks for: `CC page:button` and `CC page/row/column` press a control (the source of Companion's
 * `Rosstalk` service, 5.0; `CC` is RossTalk's "custom control"). All other commands of that protocol are for mixers.
 */
export function parseRossTalk(line: string): Asked {
  const text = bareCommand(line)
  const [, oldPage, bank] = button.exec(text) ?? []
  if (oldPage !== undefined && bank !== undefined) return bankGesture(oldPage, bank, 'press', text)
  const [, page, row, col] = location.exec(text) ?? []
  return page !== undefined && row !== undefined && col !== undefined
    ? gesture(page, row, col, 'press', text)
    : misunderstood(`${shown(text)} is neither CC page:button nor CC page/row/column`)
}
