import { appendFileSync } from 'node:fs'

// The table of `npm run test:faults`: each test adds the line of its fault, test/faults.ts prints them.

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

/** Where the lines go: a file; without it nothing is written. */
const file = process.env['FAULT_ROWS']

/** To be called where everything of the test has been looked at: lost and doubled are counted by its assertions. */
export function faultRow(row: FaultRow): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}
