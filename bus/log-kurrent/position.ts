import { LogError, type Position } from '../log.ts'

/** 16 digits hold every safe integer; the server's revisions are 64 bits wide, and no site will ever use that many. */
const decimal = /^[1-9]\d{0,15}$/

/** The position of a line: its number from 1, in decimal; the revision of its event is one less. */
export function positionOf(line: number): Position {
  return String(line) as Position // made here in the right form
}

/**
 * The number of the line at `position`; 0 for null, the start.
 * @throws LogError `position` for what no log of this kind gave out: positions come from outside, in URLs and commands.
 */
export function lineOf(position: Position | null): number {
  if (position === null) return 0
  const line = decimal.test(position) ? Number(position) : Number.NaN
  if (Number.isSafeInteger(line)) return line
  throw new LogError(
    'position',
    `'${position.slice(0, 40)}' is no position of this log: give a line number from 1 on`,
  )
}

/** As {@link lineOf}, and at most `newest`. @throws LogError `position` */
export function lineWithin(position: Position | null, newest: number): number {
  const line = lineOf(position)
  if (line <= newest) return line
  throw new LogError(
    'position',
    `position ${line} is beyond the newest line of this log, ${newest}: lines are missing, or it belongs to another log; start again from an older position`,
  )
}
