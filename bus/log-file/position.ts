import { LogError, type Position } from '../log.ts'

/** 16 digits hold every safe integer; at a million lines a second that is 285 years. */
const decimal = /^[1-9]\d{0,15}$/

/** The position of a line: its sequence number, from 1, in decimal. */
export function positionOf(seq: number): Position {
  return String(seq) as Position // made here in the right form
}

/**
 * The sequence number of a position; 0 for null, the start.
 * @throws LogError `position` for what no log of this kind gave out: positions come from outside, in URLs and commands.
 */
export function seqOf(position: Position | null): number {
  if (position === null) return 0
  const seq = decimal.test(position) ? Number(position) : Number.NaN
  if (Number.isSafeInteger(seq)) return seq
  throw new LogError(
    'position',
    `'${position.slice(0, 40)}' is not a position of this log: give a line number from 1 on`,
  )
}

/**
 * As {@link seqOf}, and at most `newest`.
 * @throws LogError `position`: who has seen a line that is not here any more must not go on as if nothing were missing.
 */
export function seqWithin(position: Position | null, newest: number): number {
  const seq = seqOf(position)
  if (seq <= newest) return seq
  throw new LogError(
    'position',
    `position ${seq} is beyond the newest line of this log, ${newest}: lines are missing, or they belong to another log; start again from an older position`,
  )
}
