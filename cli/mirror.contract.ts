import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { fakeClock } from '../bus/clock.ts'
import { timeOf } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import { type Double, openDouble } from '../bus/log-kurrent/server.fixture.ts'
import { openRecorder, tipOf } from '../bus/recorder.ts'
import type { BusEvent } from '../intents/event.ts'

// What the tests of `infra mirror` share: journals as hubs write them, and the double of the server.

export const stream = 'ifJournal-studio-a'

export function newData(t: Test): string {
  const data = mkdtempSync(join(tmpdir(), 'mirror-'))
  t.teardown(() => rmSync(data, { recursive: true, force: true }))
  return data
}

export async function doubleFor(t: Test): Promise<Double> {
  const double = await openDouble()
  t.teardown(() => double.close())
  return double
}

/** A journal that a hub has open, in files so small that there are many. */
export async function openHub(data: string) {
  const log = await openFileLog(join(data, 'journal'), { timeOf, segmentBytes: 100_000 })
  const tip = tipOf(
    'hub-a',
    (await log.tail(1)).map(({ body }) => body),
  )
  const recorder = openRecorder(log, fakeClock(), 'hub-a', tip)
  const events = (count: number): BusEvent[] =>
    Array.from({ length: count }, (_, i) => ({
      type: 'HubStopped',
      reason: `entry ${i} \u{1f3ac} "é"`,
    }))
  return { log, record: (count: number) => recorder.record(events(count), 'durable') }
}

/** A closed journal of `count` entries, and its bodies. */
export async function journalOf(data: string, count: number): Promise<readonly string[]> {
  const { log, record } = await openHub(data)
  for (let left = count; left > 0; left -= 1000) await record(Math.min(left, 1000))
  const bodies = (await log.tail(1_000_000)).map(({ body }) => body)
  await log.close()
  return bodies
}

export function mirrored(double: Double): string[] {
  return double.events(stream).map(({ data }) => Buffer.from(data).toString())
}

export const words = (double: Double, data: string, ...more: string[]) => [
  'mirror',
  '--to',
  double.url,
  '--from',
  data,
  '--site',
  'studio-a',
  ...more,
]
