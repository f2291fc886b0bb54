import { readFileSync, statSync } from 'node:fs'
import type { Clock } from '../../bus/clock.ts'
import type { ScheduleConfig } from '../../config/config.ts'
import type { Instant } from '../../intents/id.ts'
import { readCalendar, type Calendar } from '../../macros/schedule/calendar.ts'
import type { Schedule } from '../../macros/schedule/schedule.ts'

/** Reads the calendars that schedules name, and again when they have changed. */
export interface ScheduleFiles {
  /** Those that can be carried out: one whose calendar cannot be read comes when it can. */
  schedules(all: readonly ScheduleConfig[]): readonly Schedule[]
  close(): void
}

/** How often the files are looked at: a rundown is not edited at the last second. Milliseconds. */
const lookMs = 30_000

interface Read {
  readonly changedAt: number
  readonly calendar: Calendar | null
}

/**
 * A calendar as it is now; `fault`: why it cannot be read, or null. What cannot be worked out shows when it is asked.
 * `before`: is not read again where the file is the same.
 */
export function readCalendarFile(
  path: string,
  zone: string,
  now: Instant,
  before: Read | null = null,
): Read & { readonly fault: string | null } {
  try {
    const changedAt = statSync(path).mtimeMs
    if (before?.calendar && before.changedAt === changedAt) return asked(before, now)
    const result = readCalendar(readFileSync(path, 'utf8'), zone)
    if (!result.ok) return { changedAt, calendar: null, fault: result.detail }
    return asked({ changedAt, calendar: result.calendar }, now)
  } catch (error) {
    // looked for again
    return { changedAt: 0, calendar: null, fault: textOf(error) }
  }
}

function asked({ changedAt, calendar }: Read, now: Instant) {
  calendar?.next(now, '')
  return { changedAt, calendar, fault: calendar?.trouble ?? null }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** `tell`: whether a calendar can be read; why not, or null. */
export function openScheduleFiles(
  clock: Clock,
  changed: () => void,
  tell: (path: string, fault: string | null) => void,
): ScheduleFiles {
  const files = new Map<string, Read & { readonly path: string; readonly zone: string }>()
  let cancel = () => {}
  let isLooking = false

  function read(path: string, zone: string, before: Read | null): Read {
    const { fault, ...found } = readCalendarFile(path, zone, clock.wall(), before)
    tell(path, fault)
    return found
  }

  function look(): void {
    cancel = clock.after(lookMs, look)
    let isNew = false
    for (const [key, { path, zone, ...before }] of files) {
      const fresh = read(path, zone, before)
      if (fresh.changedAt === before.changedAt) continue
      files.set(key, { ...fresh, path, zone })
      isNew = true
    }
    if (isNew) changed()
  }

  function calendarOf(path: string, zone: string): Calendar | null {
    const key = `${zone} ${path}`
    const known = files.get(key)
    if (known !== undefined) return known.calendar
    const fresh = read(path, zone, null)
    files.set(key, { ...fresh, path, zone })
    if (!isLooking) {
      isLooking = true
      cancel = clock.after(lookMs, look)
    }
    return fresh.calendar
  }

  return {
    schedules: (all) =>
      all.flatMap((schedule): readonly Schedule[] => {
        const { timing } = schedule
        if (timing.kind !== 'calendar-file') return [{ ...schedule, timing }]
        const calendar = calendarOf(timing.path, timing.zone)
        if (calendar === null) return []
        const { offsetMs, matching } = timing
        return [{ ...schedule, timing: { kind: 'calendar', calendar, offsetMs, matching } }]
      }),
    close: () => cancel(),
  }
}
