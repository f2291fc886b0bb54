import type { Clock } from '../../bus/clock.ts'
import type { Recorded } from '../../bus/entry.ts'
import type { BusEvent } from '../../intents/event.ts'
import { siteDevice, type Instant, type IntentId } from '../../intents/id.ts'
import type { Submission } from '../../intents/intent.ts'
import {
  evolve,
  fired,
  stateFrom,
  wake,
  type Step,
  type TriggerState,
} from '../../macros/trigger/evolve.ts'
import { openLoopGuard } from '../../macros/trigger/loop.ts'
import { matchOf } from '../../macros/trigger/match.ts'
import type { Firing, Source, Trigger } from '../../macros/trigger/trigger.ts'
import type { Devices } from '../../projections/devices.ts'
import { idOfStart, judge, refusal, worldNow, type Start } from './firing.ts'
import type { InnerWish } from '../intake.ts'
import type { Variables } from './variables.ts'

/**
 * Follows the journal for the site's triggers, on every hub alike; only the hub that carries out the macros starts what they
 * start. So the one that takes over knows what is under way: who waits, who cools down, and what was to start and has not.
 */
export interface Triggers {
  /**
   * What stood in the journal last, before this hub began to follow: what it left unstarted is to be started. What is from
   * before `since` is left alone: the hub had another config, or nobody can tell any more.
   */
  recall(entries: readonly Recorded[], since: Instant): void
  /** The next entries, after they were folded. */
  apply(batch: readonly Recorded[]): void
  take(): void
  drop(): void
  changed(): void
  /** Where each is, by name. */
  states(): ReadonlyMap<string, TriggerState>
  close(): void
}

export interface TriggersParts {
  readonly clock: Clock
  triggers(): readonly Trigger[]
  variables(): Variables
  devices(): Devices
  submissionOf(id: IntentId): Submission | undefined
  submit(wish: InnerWish): void
  insist(events: readonly BusEvent[]): void
}

interface Watched {
  readonly trigger: Trigger
  state: TriggerState
  cancelWake: () => void
}

/** Starts that the journal does not have yet; nobody waits for more. */
const mostOpen = 10_000

export function openTriggers(parts: TriggersParts): Triggers {
  const { clock } = parts
  const guard = openLoopGuard()
  let watched: Watched[] = []
  /** What is to start, until the journal has it. */
  const open = new Map<IntentId, Start & { readonly why: string | null }>()
  let isMine = false

  function watch(trigger: Trigger, isFresh: boolean): Watched {
    const { on } = trigger
    const device = 'device' in on ? parts.devices().devices.get(on.device) : undefined
    const value =
      on.kind === 'state' ? (device?.reported.get(on.path)?.value ?? standard(on)) : undefined
    const state = stateFrom(
      on,
      isFresh ? value : undefined,
      isFresh ? (device?.link.up ?? null) : null,
    )
    return { trigger, state, cancelWake: () => {} }
  }

  /** What a variable is before its default is on record: then that is no news. */
  function standard({ device, path }: Extract<Source, { readonly kind: 'state' }>) {
    return device === siteDevice ? parts.variables().get(path)?.default : undefined
  }

  function watchAll(isFresh: boolean): void {
    for (const one of watched) one.cancelWake()
    watched = parts.triggers().map((trigger) => watch(trigger, isFresh))
  }

  function see(recorded: Recorded): void {
    const { event } = recorded
    if (event.type === 'IntentAccepted' || event.type === 'IntentRefused')
      open.delete(event.submission.id)
    for (const one of watched) {
      const match = matchOf(one.trigger.on, recorded, parts.submissionOf)
      if (match !== null) advance(one, evolve(one.trigger, one.state, match))
    }
  }

  /** By the time that passes: what was begun to be waited for does not hold the longer because the clock was set. */
  function wakeAfter(one: Watched, until: Instant): () => void {
    const now = clock.now()
    const due = Math.max(now, until)
    return clock.after(due - now, () => {
      const then = Math.max(due, clock.now()) as Instant // a timer may come a moment early
      advance(one, wake(one.trigger, one.state, then), then - due)
    })
  }

  /** `skippedMs`: so far the clock was set forward while it waited. */
  function advance(one: Watched, { state, firing }: Step, skippedMs = 0): void {
    const { waits } = state
    if (waits !== one.state.waits) {
      one.cancelWake()
      one.cancelWake = waits === null ? () => {} : wakeAfter(one, waits.until)
    }
    one.state = state
    if (firing !== null) begin(one, firing, skippedMs)
  }

  function begin(one: Watched, firing: Firing, skippedMs: number): void {
    const start = startOf(one.trigger, firing, skippedMs)
    const id = idOfStart(start)
    // judged where it is seen, on every hub: the cool-down counts only from a start
    const judged = judge(start, worldNow(parts.devices(), clock.wall()), clock.now())
    if (judged.type === 'not-now') return
    one.state = fired(one.state, firing.at)
    const fault = judged.type === 'refused' ? judged.why : null
    const why = guard.judge(one.trigger.name, firing.cause.trace, firing.at) ?? fault
    const [oldest] = open.keys()
    // another hub starts them, or this one is already trying to
    if (open.size >= mostOpen && oldest !== undefined) open.delete(oldest)
    open.set(id, { ...start, when: null, why })
    if (isMine) send(id)
  }

  function send(id: IntentId): void {
    const start = open.get(id)
    if (start === undefined) return
    const now = clock.now()
    const judged = judge(start, worldNow(parts.devices(), clock.wall()), now)
    const why = start.why ?? (judged.type === 'refused' ? judged.why : null)
    if (why !== null) parts.insist([refusal(start, now, why)])
    else if (judged.type === 'start') parts.submit(judged.wish)
  }

  return {
    recall(entries, since) {
      watchAll(false)
      for (const recorded of entries) see(recorded)
      for (const [id, { at }] of open) if (at < since) open.delete(id)
      for (const one of watched) {
        if (one.state.holds !== null || one.state.last !== undefined) continue
        const { state } = watch(one.trigger, true)
        one.state = { ...one.state, holds: state.holds, last: state.last }
      }
    },
    apply(batch) {
      for (const recorded of batch) see(recorded)
    },
    take() {
      isMine = true
      for (const id of [...open.keys()]) send(id)
    },
    drop: () => void (isMine = false),
    changed: () => watchAll(true),
    states: () => new Map(watched.map(({ trigger, state }) => [trigger.name, state])),
    close() {
      isMine = false
      for (const one of watched) one.cancelWake()
    },
  }
}

function startOf(trigger: Trigger, { at, cause }: Firing, skippedMs: number): Start {
  const { name, run, args, when, lateMs } = trigger
  return {
    by: name,
    at,
    key: cause.position,
    source: `trigger:${name} by ${cause.what} (${cause.position})`,
    trace: cause.trace,
    about: { ...cause.about, trigger: name, at: new Date(at).toISOString() },
    run,
    args,
    when,
    lateMs: lateMs + skippedMs,
  }
}
