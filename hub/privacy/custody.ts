import type { Recorder } from '../../bus/recorder.ts'
import type { EventLog } from '../../bus/log.ts'
import type { CustodyEvent, Subject } from '../../intents/custody-event.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Instant, IntentId } from '../../intents/id.ts'
import type { Custody } from '../../projections/custody.ts'
import type { IntentRecord } from '../../projections/deliveries.ts'
import type { Custodian, Kept, SubjectQuery } from '../../surfaces/http/custody.ts'
import type { Refusal } from '../../surfaces/surface.ts'
import { entryAt } from '../audit/entry-at.ts'
import { refusal, unknown } from '../refuse.ts'

export interface CustodyParts {
  readonly log: Pick<EventLog, 'read' | 'before' | 'compare' | 'isProvisional'>
  readonly recorder: Pick<Recorder, 'record'>
  readonly custody: () => Custody
  /** An intent at hand, or folded from the log; null for none. */
  intent(id: IntentId): Promise<IntentRecord | null>
}

/** An entry that something is said about. */
export interface Found {
  readonly subject: Subject
  /** When it was stamped. */
  readonly at: Instant
  /** Of an entry that is of no intent. */
  readonly event: BusEvent | null
  /** Of one that is. */
  readonly record: IntentRecord | null
}

/** What an operator or an auditor does with the record: each is an entry, and nothing that was recorded is changed. */
export function openCustody(
  parts: CustodyParts,
): Pick<Custodian, 'correct' | 'legalHolds' | 'placeHold' | 'releaseHold'> {
  const { custody } = parts
  return {
    async correct(query, text, actor) {
      const found = await findSubject(parts, query)
      if ('code' in found) return not(found)
      return keep(parts, { type: 'Corrected', actor, subject: found.subject, text })
    },
    legalHolds: () => [...custody().holds.values()],
    async placeHold({ name, from, to, reason }, actor) {
      if (custody().holds.get(name)?.released === null)
        return not(
          refusal(
            'hold-exists',
            'name',
            'refused',
            `there is a legal hold ${name} in force already: release it first, or take another name`,
          ),
        )
      if (from !== null && to !== null && from > to)
        return not(
          refusal('bad-argument', 'to', 'malformed', 'the hold would end before it begins'),
        )
      return keep(parts, { type: 'LegalHoldPlaced', actor, name, from, to, reason })
    },
    async releaseHold(name, writtenRelease, actor) {
      const known = custody().holds.get(name)
      const inForce = [...custody().holds.values()].filter(({ released }) => released === null)
      if (known === undefined)
        return not(
          unknown(
            'legal-hold',
            'name',
            name,
            inForce.map((hold) => hold.name),
          ),
        )
      if (known.released !== null)
        return not(
          refusal(
            'hold-released',
            'name',
            'refused',
            `the legal hold ${name} was released at ${new Date(known.released.at).toISOString()}`,
          ),
        )
      return keep(parts, { type: 'LegalHoldReleased', actor, name, writtenRelease })
    },
  }
}

/** The entry that is meant, or why there is none. @throws LogError where the log cannot be read */
export async function findSubject(
  { log, intent }: CustodyParts,
  query: SubjectQuery,
): Promise<Found | Refusal> {
  if (query.intent !== undefined) {
    const record = await intent(query.intent)
    if (record === null)
      return refusal(
        'unknown-intent',
        'intent',
        'not-found',
        `no intent ${query.intent} was recorded`,
      )
    const { submission, position } = record
    if (log.isProvisional?.(position as never) === true) return notYet
    return {
      subject: { intent: submission.id, position },
      at: submission.at,
      event: null,
      record,
    }
  }
  const position = query.position ?? ''
  if (log.isProvisional?.(position as never) === true) return notYet
  const recorded = await entryAt(log, position)
  if (recorded === null)
    return refusal(
      'unknown-position',
      'position',
      'not-found',
      `the journal has no entry at ${position.slice(0, 64)}`,
    )
  const { event, at } = recorded
  if (event.type !== 'IntentAccepted' && event.type !== 'IntentRefused')
    return { subject: { intent: null, position }, at, event, record: null }
  const { id } = event.submission
  return { subject: { intent: id, position }, at, event: null, record: await intent(id) }
}

const notYet = refusal(
  'out-of-reach',
  null,
  'unreachable',
  'this hub is cut off from the log, and what it wrote since has no place in it yet: try again when it is back',
)

/** Records it. @throws LogError where it could not be recorded */
export async function keep(
  { recorder }: Pick<CustodyParts, 'recorder'>,
  event: CustodyEvent,
): Promise<Kept> {
  const [recorded] = await recorder.record([event], 'durable')
  return { refusal: null, position: recorded?.position ?? '' }
}

export function not(refused: Refusal): Kept {
  return { refusal: refused, position: null }
}
