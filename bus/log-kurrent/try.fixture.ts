import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { EventLog } from '../log.ts'
import { openKurrentLog } from './log.ts'
import { type Double, type DoubleOptions, openDouble } from './server.fixture.ts'

/** The stamp of a body that `body()` of the contract suite made. */
export function timeOf(body: string): number {
  const { at } = JSON.parse(body) as { at: number } // our own
  return at
}

/** A double that is gone after the test. */
export async function doubleFor(t: Test, options: DoubleOptions = {}): Promise<Double> {
  const double = await openDouble(options)
  t.teardown(() => double.close())
  return double
}

/** A log of a site of its own. */
export function logAt(
  url: string,
  site: string = randomUUID(),
  patienceMs = 2000,
): Promise<EventLog> {
  return openKurrentLog({ url, site, timeOf, patienceMs })
}
