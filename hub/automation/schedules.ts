import type { Clock } from '../../bus/clock.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Instant } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { dueNow, next } from '../../macros/schedule/next.ts'
import type { Due } from '../../macros/schedule/due.ts'
import type { Schedule } from '../../macros/schedule/schedule.ts'
import type { Devices } from '../../projections/devices.ts'
import { schedulePrefix, type Firings } from '../../projections/firings.ts'
import { judge, refusal, worldNow, type Start } from './firing.ts'
import type { InnerWish } from '../intake.ts'

/**
 * Starts what is due, while this hub is the one that carries out the site's macros. What has fired is what the journal says:
 * the intent of each time has an id of its own, so it is recorded once, and it is recorded before it acts.
 */
export interface Schedules {
  /** This hub does from now on: what was missed is made good, by each schedule's policy. */
  take(): void
  /** Another hub does. */
  drop(): void
  /** Others are in the config now. */
  changed(): void
  /** When it is due next; null: never again. */
  next(schedule: Pick<Schedule, 'name' | 'timing'>): Instant | null
  close(): void
}

export interface SchedulesParts {
  readonly clock: Clock
  readonly hub: string
  schedules(): readonly Schedule[]
  firings(): Firings
  devices(): Devices
  /** Tried again until it is recorded. */
  submit(wish: InnerWish): void
  insist(events: readonly BusEvent[]): void
}

export function openSchedules(parts: SchedulesParts): Schedules {
  const { clock } = parts
  const wakes = new Map<string, () => void>()
  /** The newest time that was handed on, by name: the journal may not say so yet. */
  const handed = new Map<string, Instant>()
  let isMine = false
  /** To where the wall clock was set back, the earliest; what was made good by this config before is after that. */
  let backTo = Infinity
  let cancelLook = () => {}
  const offStep = clock.onStep(({ wall, setMs }) => {
    if (setMs < 0) backTo = Math.min(backTo, wall)
    cancelLook()
    cancelLook = clock.after(0, () => isMine && lookAtAll())
  })

  /** Up to when all is done, by wall clocks: by the journal, by what is on its way to it, and never before this config. */
  function doneUntil(name: string): Instant {
    const { schedules, since } = parts.firings()
    return Math.max(
      schedules.get(name) ?? 0,
      handed.get(name) ?? 0,
      Math.min(since.get(parts.hub)?.at ?? clock.wall(), backTo),
    ) as Instant // ms since the epoch
  }

  function startOf(schedule: Schedule, due: Due, left: number): Start {
    const { name, run, args, when } = schedule
    const time = new Date(due.at).toISOString()
    return {
      by: `${schedulePrefix}${name}`,
      at: due.at,
      key: time,
      source: `schedule:${name} at ${time}`,
      trace: null,
      about: {
        schedule: name,
        due: time,
        left,
        events: due.events.map((entry): Json => ({ ...entry })),
      },
      run,
      args,
      when,
      // what is fired although it was missed is wanted, however late
      lateMs: Math.max(schedule.lateMs, clock.wall() - due.at + schedule.lateMs),
    }
  }

  function look(schedule: Schedule): void {
    const { name } = schedule
    const now = clock.wall()
    const after = doneUntil(name)
    const { fire, skipped, left } = dueNow(schedule, after, now)
    for (const due of fire) {
      const start = startOf(schedule, due, left)
      const judged = judge(start, worldNow(parts.devices(), now), now)
      if (judged.type === 'start') parts.submit(judged.wish)
      if (judged.type === 'refused') parts.insist([refusal(start, clock.now(), judged.why)])
    }
    if (skipped !== null) {
      const start = startOf(schedule, skipped, left)
      const why = `missed: no hub was there at that time, or its clock was set past it, nor at ${left - 1} before it (missed: skip)`
      parts.insist([refusal(start, clock.now(), why)])
    }
    const newest = skipped ?? fire.at(-1)
    if (newest !== undefined) handed.set(name, newest.at)
    arm(schedule)
  }

  function arm(schedule: Schedule): void {
    wakes.get(schedule.name)?.()
    wakes.delete(schedule.name)
    const due = dueNext(schedule)
    if (due !== null)
      wakes.set(
        schedule.name,
        clock.atWall(due, () => look(schedule)),
      )
  }

  function dueNext({ name, timing }: Pick<Schedule, 'name' | 'timing'>): Instant | null {
    const after = Math.max(clock.wall(), doneUntil(name)) as Instant // ms since the epoch
    return next(timing, after)?.at ?? null
  }

  function disarm(): void {
    for (const cancel of wakes.values()) cancel()
    wakes.clear()
  }

  function lookAtAll(): void {
    disarm()
    for (const schedule of parts.schedules()) look(schedule)
  }

  return {
    take() {
      isMine = true
      handed.clear()
      lookAtAll()
    },
    drop() {
      isMine = false
      disarm()
    },
    changed() {
      if (isMine) lookAtAll()
    },
    next: dueNext,
    close() {
      isMine = false
      offStep()
      cancelLook()
      disarm()
    },
  }
}
