import { isForDevice, type Delivery, type DeviceSubmission } from '../../adapters/delivery.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { siteDevice, type DeviceId, type Instant, type IntentId } from '../../intents/id.ts'
import type { DeviceIntent, Submission } from '../../intents/intent.ts'
import type {
  Alone,
  AttemptRecord,
  Deliveries,
  IntentRecord,
} from '../../projections/deliveries.ts'
import type { Leases } from '../../projections/leases.ts'
import type { Room } from '../room.ts'

/**
 * Each device's share of what is open in the log, in its order: what a router takes up. `clear`: a submission as it is to be
 * sent; null where it cannot be.
 */
export function openByDevice(
  state: Pick<Deliveries, 'intents' | 'alone'>,
  hub: string,
  clear: (submission: Submission) => Submission | null,
): ReadonlyMap<DeviceId, readonly Delivery[]> {
  const shares = new Map<DeviceId, Delivery[]>()
  for (const record of state.intents.values()) {
    if (record.outcome !== null || !isForDevice(record.submission)) continue
    if (isLeftTo(state, record, hub)) continue
    const submission = clear(record.submission)
    if (submission === null || !isForDevice(submission)) continue
    const { device } = submission.intent
    const delivery = deliveryOf(record, submission)
    const share = shares.get(device)
    if (share === undefined) shares.set(device, [delivery])
    else share.push(delivery)
  }
  return shares
}

/**
 * Whether another hub accepted it alone, and has not said yet how all that ended: nobody else carries it out, because
 * that hub may have done so.
 */
export function isLeftTo(
  { alone }: Pick<Deliveries, 'alone'>,
  record: Pick<IntentRecord, 'alone'>,
  hub: string,
): boolean {
  return (
    record.alone !== undefined &&
    record.alone.hub !== hub &&
    alone.get(record.alone.hub)?.since === record.alone.since
  )
}

/**
 * The ends of what this hub accepted alone, is still open, and is for a device that another hub has by now: what was
 * sent and not answered is `unknown`, and what was not sent is not sent any more.
 */
function leftAlone(
  { intents, alone }: Deliveries,
  { leases }: Leases,
  hub: string,
): readonly BusEvent[] {
  const since = alone.get(hub)?.since
  return [...intents.values()].flatMap((record): readonly BusEvent[] => {
    const { submission, attempts } = record
    if (record.outcome !== null || !isForDevice(submission)) return []
    if (record.alone?.hub !== hub || record.alone.since !== since) return []
    const other = leases.get(submission.intent.device)?.hub ?? null
    if (other === null || other === hub) return [] // whoever takes the device next takes it up
    const intent = submission.id
    const last = attempts.at(-1)
    if (last !== undefined && last.endedAt === null) {
      const detail = `sent while this hub was cut off, and not answered; ${other} has the device now: look and decide`
      const failure = { code: 'unknown-outcome', reached: 'maybe', detail } as const
      return [{ type: 'IntentEnded', intent, outcome: 'unknown', failure, by: null }]
    }
    const failure = failed(
      'unreachable',
      `not sent while this hub was cut off; ${other} has the device now: press again if it is still wanted`,
    )
    return [{ type: 'IntentEnded', intent, outcome: 'failed', failure, by: null }]
  })
}

/** What is recorded when a hub has rejoined: what became of all it did alone, and what another hub has meanwhile. */
export function endsOfAlone(
  { deliveries, leases }: Pick<Room, 'deliveries' | 'leases'>,
  hub: string,
  was: Alone,
  until: Instant,
  entries: number,
): readonly BusEvent[] {
  // also where it has given it back: the token has grown
  const lost = was.leases.flatMap(({ lease, token }) => {
    const known = leases.state.leases.get(lease)
    return known !== undefined && known.token > token ? [lease] : []
  })
  return [
    ...leftAlone(deliveries.state, leases.state, hub),
    { type: 'Rejoined', since: was.since, until, entries, lost },
  ]
}

/**
 * Of a device's open intents those whose turn is over, with the one that passed them: where many are under way at once, a later
 * one may have arrived while an earlier one had failed, or had no answer yet. A `fire` is passed by any, a `set` by one of its
 * path. Only those that `isWanted` are looked at: what takes another lane has no turn among them.
 */
export function passedOf(
  { intents }: Pick<Deliveries, 'intents'>,
  device: DeviceId,
  isWanted: (intent: DeviceIntent) => boolean,
): ReadonlyMap<IntentId, IntentId> {
  const passed = new Map<IntentId, IntentId>()
  let newest: IntentId | undefined
  const newestSets = new Map<string, IntentId>()
  for (const record of [...intents.values()].toReversed()) {
    const { submission, outcome, attempts } = record
    if (attempts.length === 0 || !isForDevice(submission)) continue
    const { id, intent } = submission
    if (intent.device !== device || !isWanted(intent)) continue
    const by = intent.verb === 'set' ? newestSets.get(intent.path) : newest
    if (outcome === null && by !== undefined) passed.set(id, by)
    if (!attempts.some(mayHaveArrived)) continue
    newest ??= id
    if (intent.verb === 'set' && !newestSets.has(intent.path)) newestSets.set(intent.path, id)
  }
  return passed
}

/** Whether the device may have got it. */
export function mayHaveArrived({ ack, failure }: AttemptRecord): boolean {
  return ack !== null || failure === null || failure.reached !== 'no'
}

function deliveryOf({ attempts }: IntentRecord, submission: DeviceSubmission): Delivery {
  const last = attempts.at(-1)
  return last !== undefined && last.endedAt === null
    ? { phase: 'attempting', submission, attempt: last.attempt }
    : {
        phase: 'waiting',
        submission,
        tried: attempts.length,
        retryAt: last?.retryAt ?? null,
        failure: last?.failure ?? null,
      }
}

/**
 * The ends of what is open and nobody will take up: intents of a device that is in no config, and the panic stop whose
 * end a crash tore off.
 */
export function orphansOf(
  { intents }: Deliveries,
  { leases }: Leases,
  config: Config,
): readonly BusEvent[] {
  return [...intents.values()].flatMap(({ submission, outcome }): readonly BusEvent[] => {
    if (outcome !== null) return []
    const intent = submission.id
    // its end stood behind it in the same commit; the fold has obeyed it
    if (submission.intent.verb === 'hold')
      return [{ type: 'IntentEnded', intent, outcome: 'confirmed', failure: null, by: null }]
    if (!isForDevice(submission)) return []
    const { device } = submission.intent
    // a device that only another hub's config has is that hub's business
    if (config.devices.has(device) || leases.get(device)?.hub != null) return []
    if (device === siteDevice) return [] // its keeper ends them: hub/automation/variables.ts
    const failure = failed('refused', `its device ${device} is no longer in the config`)
    return [{ type: 'IntentEnded', intent, outcome: 'refused', failure, by: null }]
  })
}

/** When attempts of a device started, from `since` on, as far as they are at hand. */
export function startsOf(
  { intents }: Deliveries,
  device: DeviceId,
  since: Instant,
): readonly Instant[] {
  return [...intents.values()]
    .filter(({ submission }) => isForDevice(submission) && submission.intent.device === device)
    .flatMap(({ attempts }) => attempts.map(({ startedAt }) => startedAt))
    .filter((at) => at > since)
}
