import type { Durability } from '../bus/log.ts'
import type { Job, JobResult, SlowLane } from '../bus/lane.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import { newId, type Instant, type IntentId } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import { DeliveryError, type Reported } from './adapter.ts'
import { delivery, dueBy, type Delivery, type DeviceSubmission } from './delivery.ts'
import { openPace, type Rate } from './pace.ts'
import {
  held,
  recordAgainMs,
  unsure,
  type Router,
  type RouterHost,
  type RouterPolicy,
} from './router.ts'

// One device's slow intents. What waits, waits here, in the log, not in the lane: so HOLD, expiry and a newer value
// still reach it, and a restart finds it. An attempt is recorded, then handed to the lane, then its end is recorded,
// and only then the lane forgets it. Retries are the delivery decider's word, as for every other device.

export interface SlowPolicy extends RouterPolicy {
  /** Attempts under way at once, from 1. With 1 intents are delivered strictly in order. */
  readonly concurrency: number
  readonly rate: Rate | null
}

export interface SlowStart {
  readonly device: Router['device']
  readonly protocol: string
  /** As the config has them: secrets are references, resolved where a job is carried out. */
  readonly options: JsonObject
  readonly policy: SlowPolicy
  readonly reported: Reported
  /** What the last stop left open, oldest first. */
  readonly open: readonly Delivery[]
  /** When its last attempts started, from the log: the rate goes on across a restart. */
  readonly started: readonly Instant[]
}

export type SlowHost = Pick<
  RouterHost,
  'clock' | 'random' | 'record' | 'token' | 'isSure' | 'bars'
> & {
  readonly lane: SlowLane
}

interface Place {
  readonly submission: DeviceSubmission
  delivery: Delivery
  /** Its attempt is being recorded, or is under way. */
  busy: boolean
  /** The path it sets; null for a `fire`. */
  readonly path: string | null
}

export function openSlowRouter(start: SlowStart, host: SlowHost): Router {
  const { device, protocol, options, policy, reported } = start
  const { clock, lane } = host
  // no link comes back to wake a value that waits for its device: it is tried at the longest backoff until it is due
  const decider = delivery({ ...policy, wakes: false })
  const pace = openPace(policy.rate, start.started)
  /** In the order in which they came. */
  const places = new Map<IntentId, Place>()
  /** The newest `set` of each path: what waits behind it is overtaken. */
  const newestSet = new Map<string, Place>()
  /** Paths with an attempt under way: two values of one path must not race. */
  const busyPaths = new Set<string>()
  /** What takes back a job that is not begun, of each attempt under way. */
  const underWay = new Map<Place, AbortController>()
  /** Intents that are being recorded. */
  const claims = new Map<IntentId, Place>()
  let claimed = 0
  let nextDue = Number.POSITIVE_INFINITY
  let refusing: Failure | null = null
  let closed = false
  let parked = false
  let idle = () => {}
  let cancelWake = () => {}

  /** Records, and again until it is recorded or the router closes: the log may be full for a while. */
  async function record(events: readonly BusEvent[], kept = () => {}): Promise<void> {
    while (!closed)
      try {
        return void (await host.record(events, 'durable', kept))
      } catch {
        // nothing is lost: the events are still here, and the log's own health says why it cannot be written
        await new Promise<void>((resolve) => clock.after(recordAgainMs, resolve))
      }
  }

  function placeOf(submission: DeviceSubmission, delivery: Delivery): Place {
    const { intent } = submission
    const path = intent.verb === 'set' ? intent.path : null
    return { submission, delivery, busy: false, path }
  }

  function enter(place: Place): void {
    places.set(place.submission.id, place)
    nextDue = Math.min(nextDue, dueBy(place.submission, policy))
    if (place.path === null) return
    const before = newestSet.get(place.path)
    newestSet.set(place.path, place)
    if (before !== undefined) overtake(before)
  }

  /** Ends a value that waits where a newer one of its path has come. */
  function overtake(place: Place): void {
    const newest = place.path === null ? undefined : newestSet.get(place.path)
    if (place.busy || newest === undefined || newest === place) return
    end(place, decider.decide({ type: 'overtake', by: newest.submission.id }, place.delivery))
  }

  /** Applies the end of a place that waits, and records it. */
  function end(place: Place, events: readonly BusEvent[]): void {
    if (events.length === 0) return
    evolve(place, events)
    void record(events)
  }

  function evolve(place: Place, events: readonly BusEvent[]): void {
    place.delivery = events.reduce(decider.evolve, place.delivery)
    if (place.delivery.phase !== 'ended') return
    places.delete(place.submission.id)
    if (place.path !== null && newestSet.get(place.path) === place) newestSet.delete(place.path)
  }

  function refuseWaiting(failure: Failure): void {
    for (const place of places.values())
      if (!place.busy) end(place, decider.decide({ type: 'refuse', failure }, place.delivery))
    for (const withdraw of underWay.values()) withdraw.abort()
  }

  function endLate(now: Instant): void {
    if (now < nextDue) return
    nextDue = Number.POSITIVE_INFINITY
    for (const place of places.values()) {
      if (place.busy) continue
      const due = dueBy(place.submission, policy)
      // a `start` of what is too late is its end
      if (now >= due) end(place, decider.decide({ type: 'start', now }, place.delivery))
      else nextDue = Math.min(nextDue, due)
    }
  }

  /** Ends what may not wait any longer, starts what may start, or sees when to look again. */
  function pump(): void {
    cancelWake()
    cancelWake = () => {}
    if (closed) return
    const now = clock.now()
    if (refusing !== null) refuseWaiting(refusing)
    else endLate(now)
    if (places.size === 0 && claimed === 0) idle()
    let wakeAt = nextDue
    for (const place of places.values()) {
      if (parked || underWay.size >= policy.concurrency) break
      if (pace.next() > now) {
        wakeAt = Math.min(wakeAt, pace.next())
        break
      }
      if (place.busy || place.delivery.phase !== 'waiting') continue
      const retryAt = place.delivery.retryAt ?? 0
      if (retryAt > now) {
        wakeAt = Math.min(wakeAt, retryAt)
        if (policy.concurrency === 1) break // strictly in order: the next waits for this one
        continue
      }
      if (place.path !== null && busyPaths.has(place.path)) continue
      begin(place, now)
    }
    if (wakeAt !== Number.POSITIVE_INFINITY) cancelWake = clock.after(wakeAt - now, pump)
  }

  /** Records an attempt and hands it to the lane. */
  function begin(place: Place, now: Instant): void {
    const events = decider.decide({ type: 'start', now, token: host.token(device) }, place.delivery)
    const withdraw = take(place)
    pace.took(now)
    void record(events, () => {
      evolve(place, events)
      if (closed) return
      if (refusing !== null) return settle(place, { type: 'failed', failure: refusing })
      const barred = host.bars(place.submission)
      if (barred !== null) return settle(place, { type: 'failed', failure: barred })
      if (!host.isSure()) return settle(place, { type: 'failed', failure: unsure })
      const job = jobOf(place)
      if (job !== null) void lane.run(job, withdraw.signal).then((result) => settle(place, result))
    })
  }

  function take(place: Place): AbortController {
    const withdraw = new AbortController()
    place.busy = true
    underWay.set(place, withdraw)
    if (place.path !== null) busyPaths.add(place.path)
    return withdraw
  }

  function giveBack(place: Place): void {
    place.busy = false
    underWay.delete(place)
    if (place.path !== null) busyPaths.delete(place.path)
  }

  function jobOf({ delivery, submission }: Place): Job | null {
    if (delivery.phase !== 'attempting') return null
    const { timeoutMs } = policy
    return {
      intent: submission.id,
      attempt: delivery.attempt,
      device,
      protocol,
      options,
      wish: submission.intent,
      reported: [...reported],
      timeoutMs,
      beginBy: dueBy(submission, policy),
    }
  }

  /** An attempt is through: its end is recorded, and then the lane may forget it. */
  function settle(place: Place, result: JobResult): void {
    const { delivery, submission } = place
    if (closed || delivery.phase !== 'attempting') return // the next start asks the lane again
    const now = clock.now()
    const events = decider.decide(
      result.type === 'failed'
        ? {
            type: 'failed',
            failure: reason(submission, result.failure, now),
            now,
            random: host.random(),
          }
        : { type: 'succeeded', ack: result.type === 'delivered' ? result.ack : 'confirmed' },
      delivery,
    )
    giveBack(place)
    evolve(place, events)
    const id = { intent: submission.id, attempt: delivery.attempt }
    void record(events, () => lane.forget(id))
    if (place.delivery.phase === 'waiting') {
      nextDue = Math.min(nextDue, dueBy(submission, policy))
      overtake(place)
    }
    pump()
  }

  /** Why nothing was sent, where a rule of the hub is the cause: HOLD took the job back, or it expired on its way. */
  function reason(submission: DeviceSubmission, failure: Failure, now: Instant): Failure {
    if (failure.reached !== 'no') return failure
    if (refusing !== null) return refusing
    return submission.expiresAt !== null && now >= submission.expiresAt
      ? failed('expired', 'it expired before it could be begun')
      : failure
  }

  /** What the last stop left under way: the lane may know how it ends; where it does not, the crash truth holds. */
  function resume(place: Place): void {
    const withdraw = take(place)
    const job = jobOf(place)
    if (job === null) return
    void lane.resume(job, withdraw.signal).then((result) => {
      if (result !== null) return settle(place, result)
      if (closed || place.delivery.phase !== 'attempting') return
      const events = decider.decide({ type: 'crash', now: clock.now() }, place.delivery)
      giveBack(place)
      end(place, events)
      overtake(place)
      pump()
    })
  }

  for (const delivery of start.open) {
    if (delivery.phase !== 'waiting' && delivery.phase !== 'attempting') continue
    const place = placeOf(delivery.submission, delivery)
    enter(place)
    if (delivery.phase === 'attempting') resume(place)
  }
  const offBack = lane.onBack(() => {
    for (const place of places.values())
      if (place.delivery.phase === 'waiting' && place.delivery.failure?.reached === 'no')
        place.delivery = { ...place.delivery, retryAt: null }
    pump()
  })
  pump()

  function close(): Promise<void> {
    closed = true
    cancelWake()
    offBack()
    return Promise.resolve()
  }

  return {
    device,
    reported,
    pictures: new Map(),
    // nobody follows what a service of the slow lane says
    hook: () => 'unknown',
    claim(submission: DeviceSubmission, _durability: Durability) {
      const accepted: BusEvent = { type: 'IntentAccepted', submission }
      const place = placeOf(submission, decider.evolve(decider.initial, accepted))
      const events = refusing
        ? decider.decide({ type: 'refuse', failure: refusing }, place.delivery)
        : []
      claimed++
      claims.set(submission.id, place)
      return {
        events,
        kept() {
          claimed--
          evolve(place, events)
          // another hub's acceptance of the same intent may have brought it in already
          if (claims.delete(submission.id) && place.delivery.phase === 'waiting') enter(place)
          pump()
        },
        lost() {
          claimed--
          claims.delete(submission.id)
          pump()
        },
      }
    },
    adopt(submission) {
      const accepted: BusEvent = { type: 'IntentAccepted', submission }
      const known = claims.get(submission.id)
      claims.delete(submission.id)
      enter(known ?? placeOf(submission, decider.evolve(decider.initial, accepted)))
      pump()
    },
    /** What is under way goes on in its lane: who takes the device after this hub asks the lane for it. */
    park(on) {
      parked = on
      pump()
      return Promise.resolve()
    },
    hold(on) {
      refusing = on ? held : null
      pump()
    },
    async test(signal) {
      const { timeoutMs } = policy
      const now = clock.now()
      const job: Job = {
        intent: newId(now),
        attempt: 0,
        device,
        protocol,
        options,
        wish: null,
        reported: [...reported],
        timeoutMs,
        beginBy: (now + timeoutMs) as Instant, // ms since the epoch
      }
      const result = await lane.run(job, signal)
      lane.forget(job)
      if (result.type === 'failed') throw new DeliveryError(result.failure)
      return result.type === 'alive' ? result.detail : 'it answered'
    },
    size: () => places.size,
    async retire(failure) {
      refusing = failure
      await new Promise<void>((resolve) => {
        idle = resolve
        pump()
      })
      await close()
    },
    close,
  }
}
