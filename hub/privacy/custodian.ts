import type { Recorded } from '../../bus/entry.ts'
import type { EventLog } from '../../bus/log.ts'
import type { Recorder } from '../../bus/recorder.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Actor } from '../../intents/intent.ts'
import { holdOver } from '../../projections/custody.ts'
import type { IntentRecord } from '../../projections/deliveries.ts'
import type { Custodian, Kept, SubjectQuery } from '../../surfaces/http/custody.ts'
import type { Refusal } from '../../surfaces/surface.ts'
import { findSubject, keep, not, openCustody, type CustodyParts, type Found } from './custody.ts'
import { commitmentsIn } from './personal.ts'
import { recordOf } from '../audit/record-of.ts'
import { refusal } from '../refuse.ts'
import type { Room } from '../room.ts'

export interface CustodianParts {
  readonly hub: string
  readonly log: EventLog
  readonly recorder: Recorder
  readonly room: Pick<Room, 'deliveries' | 'custody'>
  /** Records, and again until it is recorded. */
  insist(events: readonly BusEvent[]): void
}

/** Who keeps the record, and lets go of what must be forgotten. */
export interface HubCustodian extends Custodian {
  /** What other hubs have redacted is let go of at once. */
  apply(batch: readonly Recorded[]): void
  /** Ends what the last process had begun: what was redacted is erased. */
  resume(): void
}

/** How many intents of one `do` or run are looked at for what belongs to a redaction. */
const mostParts = 10_000

export function openCustodian({ hub, log, recorder, room, insist }: CustodianParts): HubCustodian {
  const { sidecar } = log
  const parts: CustodyParts = {
    log,
    recorder,
    custody: () => room.custody.state,
    intent: (id) => recordOf(room, log, id),
  }

  /** An intent with all that it led to: they share what is personal. */
  async function family(record: IntentRecord): Promise<readonly IntentRecord[]> {
    const all = [record]
    for (const { children } of all)
      for (const id of children) {
        const child = all.length < mostParts ? await parts.intent(id) : null
        if (child !== null) all.push(child)
      }
    return all
  }

  function forbidden(
    { at }: Found,
    all: readonly IntentRecord[],
    commitments: readonly string[],
  ): Refusal | null {
    const times = [at, ...all.map(({ submission }) => submission.at)]
    const hold = times.map((time) => holdOver(room.custody.state, time)).find((one) => one !== null)
    if (hold != null)
      return refusal(
        'under-legal-hold',
        null,
        'held',
        `the legal hold ${hold.name} covers it (${hold.reason}): release it in writing first`,
      )
    if (commitments.length === 0)
      return refusal(
        'nothing-personal',
        null,
        'refused',
        'nothing of it can be erased: what the config does not call personal (witness.personal, or personal in the rules of a device) stands in the journal itself, for good',
      )
    const wanted = new Set(commitments)
    const open = [...all, ...room.deliveries.state.intents.values()].find(
      ({ outcome, submission }) =>
        outcome === null && commitmentsIn(submission).some((key) => wanted.has(key)),
    )
    if (open !== undefined)
      return refusal(
        'still-open',
        null,
        'held',
        `the intent ${open.submission.id} is not done with it yet: wait for its end, or cancel it`,
      )
    if (commitments.every((key) => sidecar?.get(key) === undefined))
      return refusal(
        'already-redacted',
        null,
        'refused',
        'what was personal in it is erased already',
      )
    return null
  }

  async function redact(query: SubjectQuery, reason: string, actor: Actor): Promise<Kept> {
    const found = await findSubject(parts, query)
    if ('code' in found) return not(found)
    const all = found.record === null ? [] : await family(found.record)
    const commitments = commitmentsIn([found.event, ...all.map(({ submission }) => submission)])
    const no = forbidden(found, all, commitments)
    if (no !== null) return not(no)
    const { subject } = found
    const kept = await keep(parts, { type: 'Redacted', actor, subject, commitments, reason })
    if (kept.position !== null) await erase(kept.position, commitments)
    return kept
  }

  async function erase(redaction: string, commitments: readonly string[]): Promise<void> {
    const erased = (await sidecar?.erase(commitments)) ?? 0
    insist([{ type: 'ValuesErased', redaction, erased }])
  }

  return {
    ...openCustody(parts),
    redact,
    apply(batch) {
      for (const { event } of batch)
        if (event.type === 'Redacted') sidecar?.forget(event.commitments)
    },
    resume() {
      for (const [redaction, { hub: by, commitments }] of room.custody.state.unerased) {
        sidecar?.forget(commitments)
        // what fails here is tried again at the next start: until then nobody is shown it
        if (by === hub) void erase(redaction, commitments).catch(() => {})
      }
    },
  }
}
