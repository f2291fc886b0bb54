import type { Durability } from '../bus/log.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { Instant, IntentId } from '../intents/id.ts'
import {
  dueBy,
  type delivery,
  type Delivery,
  type DeliveryCommand,
  type DeliveryPolicy,
  type DeviceSubmission,
} from './delivery.ts'
import { queue } from './queue.ts'
import { isBefore, openTurns, passedBy, type Turned } from './turns.ts'

/** One intent's place in its device's order. */
export interface Slot extends Turned {
  readonly durability: Durability
  /** What is recorded of it. */
  delivery: Delivery
  /** What is being recorded of it right now; null when nothing is. While it is, the line waits. */
  coming: readonly BusEvent[] | null
  /** Its place in the record is known. While it is not, what others recorded meanwhile goes in front of it. */
  placed: boolean
  /** Its link came back: its `retryAt` counts no more. */
  woken: boolean
  /** The `set` of the same path that came before it, until it is settled whether this one overtakes it. */
  before: Slot | null
}

/**
 * What waits for one device, in order. It holds belief only: an event is applied when it is recorded, and what a
 * method answers is still to be recorded by the caller.
 */
export interface Line {
  /** A place at the end for an intent that is about to be recorded. */
  add(submission: DeviceSubmission, durability: Durability): Slot
  /**
   * An intent that is recorded, by another hub: its place is behind all that is recorded, and in front of what is being
   * recorded. Where that is the same intent (two hubs got one press), this becomes its place; then the answer is null.
   */
  adopt(submission: DeviceSubmission): Slot | null
  /**
   * What was open at start-up takes its place again, unless a later one had `passed` it (by what, by the id); the answer is
   * what the crash made of it.
   */
  resume(
    delivery: Delivery,
    now: Instant,
    passed: ReadonlyMap<IntentId, IntentId>,
  ): readonly BusEvent[]
  /** What is to be recorded next for `slots`, by the decider's word; the line waits until `apply` or `drop`. */
  plan(slot: Slot, command: DeliveryCommand): readonly BusEvent[]
  /** The slot's `coming` is recorded. */
  apply(slot: Slot): void
  /** It could not be recorded: as if it had never come, unless another hub has recorded it. Whether it stays. */
  drop(slot: Slot): boolean
  /** Whether the slot's first attempt can be recorded together with its acceptance: nothing before it waits. */
  isFree(slot: Slot): boolean
  /** Whether an attempt of the next in order is begun. */
  isBegun(): boolean
  /** The next in order; ended ones leave the line here. */
  next(): Slot | undefined
  /** Takes the next out of the line. */
  take(): void
  /** A failed attempt that will be tried again: in its turn among those that were put back, it is the next. */
  putBack(slot: Slot): void
  /** It has reached its device, or may have: what came before it and has not is too late for its turn. */
  arrived(slot: Slot): void
  /**
   * The ends, applied already, of those at the front that were put back and whose turn is over: a `fire` that a later one has
   * passed, and a `set` that a later one of its path has. MUST be asked while none is under way that was taken later.
   */
  passed(): readonly BusEvent[]
  /** The slots from the front that may start an attempt now, `most` at the most. */
  startable(now: Instant, most: number): readonly Slot[]
  /** `newer` takes the place of an earlier `set` of its path that waits: that one's end, applied already. */
  overtake(newer: Slot): readonly BusEvent[]
  /** Of each path's waiting `set`s only the newest stays: the ends of the others, applied already. */
  coalesce(): readonly BusEvent[]
  /** The ends of what waited too long, applied already. */
  late(now: Instant): readonly BusEvent[]
  /** The ends of everything that waits, applied already. */
  refuseAll(failure: Failure): readonly BusEvent[]
  /** When the next in order may be tried again; null when nothing waits for that. */
  retryAt(): Instant | null
  /** When the first of what waits is too late; null when nothing waits. */
  dueAt(): Instant | null
  /** The link is back: retry at once. */
  wake(): void
  /** Whether a `set` of `path` is in the line. */
  waitsFor(path: string): boolean
  /** Whether its device is known to be away: the next was tried and nobody was there. */
  isAway(): boolean
  size(): number
}

export function openLine(decider: ReturnType<typeof delivery>, policy: DeliveryPolicy): Line {
  const slots = queue<Slot>()
  /** The newest `set` of each path that came: what the next one of that path may overtake. */
  const newestSet = new Map<string, Slot>()
  const turns = openTurns()
  /** Since it was asked who was passed, one arrived or was put back. */
  let hasNews = false
  /** Slots in the line without an attempt begun: while there are any, a new one has to wait its turn. */
  let unbegun = 0
  /** Nothing in the line is too late before this. */
  let nextDue = Number.POSITIVE_INFINITY

  const begun = (slot: Slot) =>
    slot.delivery.phase === 'attempting' ||
    (slot.coming?.some((event) => event.type === 'AttemptStarted') ?? false)
  const waits = (slot: Slot) => slot.coming === null && slot.delivery.phase === 'waiting'

  /** Changes a slot and keeps the count of those without an attempt right. */
  function change(slot: Slot, inLine: boolean, how: () => void): void {
    if (inLine && !begun(slot) && slot.delivery.phase !== 'ended') unbegun--
    how()
    if (inLine && !begun(slot) && slot.delivery.phase !== 'ended') unbegun++
  }

  function evolve(slot: Slot, events: readonly BusEvent[]): void {
    change(slot, true, () => {
      slot.delivery = events.reduce(decider.evolve, slot.delivery)
      slot.coming = null
    })
  }

  function slotOf(submission: DeviceSubmission, durability: Durability): Slot {
    return {
      submission,
      durability,
      delivery: decider.initial,
      coming: [{ type: 'IntentAccepted', submission }],
      placed: false,
      turn: null,
      woken: false,
      before: null,
    }
  }

  function enter(slot: Slot): void {
    if (slot.placed) slots.insert(slot, (other) => !other.placed)
    else slots.push(slot)
    unbegun++
    expect(slot)
    chain(slot)
  }

  /** Puts a `set` among those of its path: behind those whose place is known, and where its own is not, at the end. */
  function chain(slot: Slot): void {
    const { intent } = slot.submission
    if (intent.verb !== 'set') return
    let later: Slot | null = null
    let before = newestSet.get(intent.path) ?? null
    while (slot.placed && before !== null && !before.placed) {
      later = before
      before = before.before
    }
    slot.before = before
    if (later === null) newestSet.set(intent.path, slot)
    else later.before = slot
  }

  function unchain(slot: Slot): void {
    const { intent } = slot.submission
    if (intent.verb !== 'set') return
    let later = newestSet.get(intent.path)
    if (later === slot) {
      if (slot.before === null) newestSet.delete(intent.path)
      else newestSet.set(intent.path, slot.before)
      return
    }
    while (later !== undefined && later.before !== slot) later = later.before ?? undefined
    if (later !== undefined) later.before = slot.before
  }

  /** Those that had their turn, and failed: they are at the front. */
  function* putBack(): Generator<Slot> {
    for (const slot of slots)
      if (slot.turn !== null) yield slot
      else if (slot.delivery.phase !== 'ended') return
  }

  function beingRecorded(id: string): Slot | null {
    for (const slot of slots)
      if (slot.delivery.phase === 'none' && slot.submission.id === id) return slot
    return null
  }

  function expect(slot: Slot): void {
    nextDue = Math.min(nextDue, dueBy(slot.submission, policy))
  }

  function endWaiting(
    of: Iterable<Slot>,
    command: (slot: Slot) => DeliveryCommand | null,
  ): readonly BusEvent[] {
    const all: BusEvent[] = []
    for (const slot of of) {
      if (!waits(slot)) continue
      const how = command(slot)
      if (how === null) continue
      const events = decider.decide(how, slot.delivery)
      evolve(slot, events)
      all.push(...events)
    }
    return all
  }

  const line: Line = {
    add(submission, durability) {
      const slot = slotOf(submission, durability)
      enter(slot)
      return slot
    },
    adopt(submission) {
      const known = beingRecorded(submission.id)
      if (known === null) {
        const slot = { ...slotOf(submission, 'durable'), placed: true }
        enter(slot)
        return slot
      }
      slots.remove(known)
      unchain(known)
      known.placed = true
      slots.insert(known, (other) => !other.placed)
      chain(known)
      return null
    },
    resume(delivery, now, passed) {
      if (delivery.phase === 'none' || delivery.phase === 'ended') return []
      const { submission } = delivery
      const crash = decider.decide({ type: 'crash', now }, delivery)
      const left = crash.reduce(decider.evolve, delivery)
      const by = passed.get(submission.id)
      const over = by === undefined ? [] : decider.decide(passedBy(submission, by), left)
      const events = [...crash, ...over]
      const slot: Slot = {
        ...slotOf(submission, 'durable'),
        delivery: over.reduce(decider.evolve, left),
        coming: null,
        placed: true,
      }
      if (slot.delivery.phase !== 'ended') enter(slot)
      return events
    },
    plan(slot, command) {
      const believed = (slot.coming ?? []).reduce(decider.evolve, slot.delivery)
      const events = decider.decide(command, believed)
      change(slot, true, () => {
        slot.coming = [...(slot.coming ?? []), ...events]
      })
      return events
    },
    apply(slot) {
      slot.placed = true
      evolve(slot, slot.coming ?? [])
      if (waits(slot)) expect(slot)
    },
    drop(slot) {
      if (slot.placed) {
        // its acceptance stands in the log all the same; what else was to be recorded with it does not
        change(slot, true, () => (slot.coming = slot.coming?.slice(0, 1) ?? null))
        return true
      }
      change(slot, true, () => {
        slot.coming = null
        // never recorded: it leaves the line without an end of its own, and has no place that others stand behind
        slot.delivery = { phase: 'ended', outcome: 'refused' }
      })
      return false
    },
    isBegun() {
      const first = line.next()
      return first !== undefined && begun(first)
    },
    isFree: (slot) => unbegun === (begun(slot) ? 0 : 1),
    next() {
      for (let first = slots.first(); first !== undefined; first = slots.first()) {
        if (first.delivery.phase !== 'ended') return first
        slots.shift()
      }
      nextDue = Number.POSITIVE_INFINITY
      return undefined
    },
    take() {
      const slot = slots.shift()
      if (slot === undefined) return
      turns.take(slot)
      if (!begun(slot) && slot.delivery.phase !== 'ended') unbegun--
    },
    putBack(slot) {
      slots.putBack(slot, (other) => isBefore(other, slot))
      hasNews = true
      unbegun++
      slot.woken = false
      expect(slot)
    },
    arrived(slot) {
      turns.arrived(slot)
      hasNews = true
    },
    passed() {
      if (!hasNews) return []
      hasNews = false
      return endWaiting(putBack(), turns.over)
    },
    startable(now, most) {
      const found: Slot[] = []
      for (const slot of slots) {
        if (found.length >= most) break
        if (slot.delivery.phase === 'ended') continue
        if (!waits(slot) || !mayStart(slot, now)) break
        found.push(slot)
      }
      return found
    },
    overtake(newer) {
      const { before } = newer
      newer.before = null
      return before === null
        ? []
        : endWaiting([before], () => ({ type: 'overtake', by: newer.submission.id }))
    },
    coalesce: () =>
      endWaiting(slots, (slot) => {
        const { intent } = slot.submission
        const newest = intent.verb === 'set' ? newestSet.get(intent.path) : undefined
        return newest === undefined ||
          newest === slot ||
          newest.coming !== null ||
          newest.delivery.phase === 'ended'
          ? null
          : { type: 'overtake', by: newest.submission.id }
      }),
    late(now) {
      if (now < nextDue) return []
      const isLate = (slot: Slot) => now >= dueBy(slot.submission, policy)
      const events = endWaiting(slots, (slot) => (isLate(slot) ? { type: 'start', now } : null))
      nextDue = Number.POSITIVE_INFINITY
      for (const slot of slots) if (waits(slot)) expect(slot)
      return events
    },
    refuseAll: (failure) => endWaiting(slots, () => ({ type: 'refuse', failure })),
    retryAt() {
      const first = line.next()
      return first?.delivery.phase === 'waiting' && !first.woken ? first.delivery.retryAt : null
    },
    dueAt: () => (nextDue === Number.POSITIVE_INFINITY ? null : (nextDue as Instant)), // ms since the epoch
    wake() {
      const first = line.next()
      if (first !== undefined) first.woken = true
    },
    waitsFor(path) {
      const slot = newestSet.get(path)
      return slot !== undefined && slot.delivery.phase !== 'ended'
    },
    isAway() {
      const first = line.next()
      return first?.delivery.phase === 'waiting' && first.delivery.failure?.code === 'unreachable'
    },
    size: () => slots.size(),
  }
  return line
}

function mayStart(slot: Slot, now: Instant): boolean {
  return slot.delivery.phase === 'waiting' && (slot.woken || (slot.delivery.retryAt ?? 0) <= now)
}
