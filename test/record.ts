import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { endOf } from '../intents/end.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { Submission } from '../intents/intent.ts'
import type { Outcome } from '../intents/outcome.ts'
import { infra, type Room } from './hub-process.ts'

// The record as it stands in the files, read without the hub's own reader.

/** What the journal holds of one intent. */
export interface Life {
  readonly submission: Submission
  readonly accepted: boolean
  /** Every end that is recorded: exactly one is right. */
  readonly ends: readonly Outcome[]
  readonly failure: Failure | null
  readonly by: string | null
  readonly attempts: number
}

export interface RawEntry {
  readonly at: number
  readonly event: BusEvent
}

/** Every entry in a data folder, in order; a line without an end is not one. */
export function entriesOf(data: string): readonly RawEntry[] {
  const folder = join(data, 'journal')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line.slice(9)) as RawEntry) // a hub wrote it
}

export function eventsOf(data: string): readonly BusEvent[] {
  return entriesOf(data).map(({ event }) => event)
}

export function livesOf(events: readonly BusEvent[]): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>()
  for (const event of events) {
    if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
      const { submission } = event
      if (lives.has(submission.id)) throw new Error(`${submission.id} is recorded twice`)
      const accepted = event.type === 'IntentAccepted'
      lives.set(submission.id, {
        submission,
        accepted,
        ends: [],
        failure: null,
        by: null,
        attempts: 0,
      })
    }
    const end = endOf(event)
    const id = end?.intent ?? ('intent' in event ? event.intent : null)
    const life = id === null ? undefined : lives.get(id)
    if (id === null || life === undefined) continue
    const failure = 'failure' in event ? event.failure : life.failure
    lives.set(id, {
      ...life,
      failure: end === null ? life.failure : failure,
      by: event.type === 'IntentEnded' ? event.by : life.by,
      ends: end === null ? life.ends : [...life.ends, end.outcome],
      attempts: life.attempts + (event.type === 'AttemptStarted' ? 1 : 0),
    })
  }
  return lives
}

/**
 * The promises about every intent: each that was acknowledged is recorded, each that is recorded has exactly one
 * outcome; and the witness finds the record good. The hub is stopped.
 */
export async function audit(
  t: Test,
  { data }: Pick<Room, 'data'>,
  acknowledged: Iterable<string> = [],
): Promise<ReadonlyMap<string, Life>> {
  const lives = livesOf(eventsOf(data))
  const lost = [...acknowledged].filter((id) => lives.get(id)?.accepted !== true)
  t.same(lost, [], 'every acknowledged intent is recorded')
  const notOnce = [...lives].filter(([, { ends }]) => ends.length !== 1)
  t.same(
    notOnce.map(([id, { submission, ends }]) => ({ id, intent: submission.intent, ends })),
    [],
    'every recorded intent has exactly one outcome',
  )
  const { code, out } = await infra(t, ['witness', 'verify', data])
  t.equal(code, 0, `the witness finds the record good: ${out.split('\n')[0]}`)
  return lives
}
