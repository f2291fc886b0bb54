import { Cron } from 'croner'
import type { Instant } from '../../intents/id.ts'
import { isZone } from '../daytime.ts'
import type { Due } from './due.ts'
import type { Schedule, Timing } from './schedule.ts'
import { nextSun } from './sun.ts'

/** The next time after `after`; null: it never comes again. Pure: the same asked twice is the same answered. */
export function next(timing: Timing, after: Instant): Due | null {
  switch (timing.kind) {
    case 'cron':
      return due(cronOf(timing.cron, timing.zone).nextRun(new Date(after))?.getTime() ?? null)
    case 'every': {
      const { everyMs, from } = timing
      const counted = Math.max(0, Math.floor((after - from) / everyMs) + 1)
      return due(from + counted * everyMs)
    }
    case 'once':
      return due(timing.at > after ? timing.at : null)
    case 'sun': {
      const { event, latitude, longitude, offsetMs } = timing
      return due(nextSun(event, latitude, longitude, offsetMs, after))
    }
    case 'calendar': {
      const { calendar, offsetMs, matching } = timing
      const found = calendar.next((after - offsetMs) as Instant, matching) // ms since the epoch
      return found === null ? null : { ...found, at: (found.at + offsetMs) as Instant }
    }
    default:
      return timing satisfies never
  }
}

function due(at: number | null): Due | null {
  return at === null ? null : { at: at as Instant, events: [] } // ms since the epoch
}

/** What is wrong with a cron pattern or its zone; null: nothing. */
export function cronFault(cron: string, zone: string): string | null {
  if (!isZone(zone))
    return `${JSON.stringify(zone.slice(0, 60))} is no time zone, as Europe/Berlin is one`
  // it stands for the moment at which the pattern is read: then no two hubs would agree
  if (cron.includes('?')) return 'a ? has no place here: write * or a number'
  try {
    const job = cronOf(cron, zone)
    return job.nextRun(new Date(0)) === null ? 'it never comes' : null
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'it is no cron pattern'
  }
}

const crons = new Map<string, Cron>()
const keptCrons = 1000

/** A pattern is read once: it is asked again and again. @throws for what is none */
function cronOf(cron: string, zone: string): Cron {
  const key = `${zone} ${cron}`
  const known = crons.get(key)
  if (known !== undefined) return known
  // not `? `: a list such as `30 2,14 * * *` names its times, too, and is then not skipped where the clock goes forward
  const fresh = new Cron(cron, {
    timezone: zone,
    mode: '5-or-6-parts',
    fixedTimeRule: 'no-wildcard',
  })
  if (crons.size >= keptCrons) crons.clear()
  crons.set(key, fresh)
  return fresh
}

/** What a schedule is to do at `now`, of all that was due after `after`. */
export interface DueNow {
  /** In their order; each is one run. */
  readonly fire: readonly Due[]
  /** The newest of those that are left out by the schedule's policy; null: none is. */
  readonly skipped: Due | null
  /** How many are left out, at least. */
  readonly left: number
}

/** Of an "every second" that nobody carried out for a night, nobody wants every one. */
export const mostAtOnce = 100
/** How many missed times are counted. */
const mostCounted = 10_000

/** Decides by the missed-run policy. Pure. */
export function dueNow(
  { timing, missed, lateMs }: Pick<Schedule, 'timing' | 'missed' | 'lateMs'>,
  after: Instant,
  now: Instant,
): DueNow {
  const all: Due[] = []
  let counted = 0
  let from = after
  for (;;) {
    const found = next(timing, from)
    if (found === null || found.at > now) break
    all.push(found)
    if (all.length > mostAtOnce) all.shift()
    from = found.at
    if (++counted === mostCounted) {
      // the newest ones are what counts: on from a while ago
      from = Math.max(from, now - lateMs) as Instant
    }
  }
  const newest = all.at(-1)
  if (newest === undefined) return { fire: [], skipped: null, left: 0 }
  const isInTime = now - newest.at <= lateMs
  if (missed === 'all') return { fire: all, skipped: null, left: counted - all.length }
  if (isInTime || missed === 'once') return { fire: [newest], skipped: null, left: counted - 1 }
  return { fire: [], skipped: newest, left: counted }
}
