import { appendFileSync } from 'node:fs'

// The tables of `npm run test:faults` and `npm run test:attacks`: each test adds the line of its fault, and test/faults.ts or
// test/attacks.ts prints them.

export interface FaultRow {
  readonly fault: string
  /** How often it was brought about. */
  readonly times: number
  /** Presses that were looked at. */
  readonly presses: number
  readonly lost: number
  readonly doubled: number
  /** From the fault, or its end, to the first delivery after it, each time. Milliseconds. */
  readonly recoveryMs?: readonly number[]
}

/** A line of the table of `npm run test:attacks`. */
export interface AttackRow {
  readonly attack: string
  /** What was done, and how often. */
  readonly done: string
  /** What the verifier said: of many the kinds that came up. */
  readonly verdict: string
  /** What the command ended with, or would have. */
  readonly exit: string
  readonly expected: string
}

/** Where the lines go: a file; without it nothing is written. */
const file = process.env['FAULT_ROWS']

/** To be called where everything of the test has been looked at: lost and doubled are counted by its assertions. */
export function faultRow(row: FaultRow): void {
  add(row)
}

/** To be called where everything of the attack has been looked at. */
export function attackRow(row: AttackRow): void {
  add(row)
}

function add(row: FaultRow | AttackRow): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}
