import { Type, type Static } from 'typebox'
import type { Instant } from '../intents/id.ts'
import { isZone } from '../macros/daytime.ts'
import { cronFault } from '../macros/schedule/next.ts'
import { sunEvents } from '../macros/schedule/sun.ts'
import { type CheckRun, note } from './check.ts'
import type { ScheduleConfig } from './config.ts'
import { duration } from './duration.ts'
import type { Located } from './source.ts'
import { number, oneOf, start, text } from './start.ts'

// How the config writes schedules.

const closed = { additionalProperties: false } as const

const zone = Type.String({
  default: 'UTC',
  maxLength: 100,
  description: 'The time zone by its IANA name.',
  'x-expected': 'a time zone such as Europe/Berlin',
})
const before = duration('So long before it.', '0ms')
const after = duration('So long after it.', '0ms')
const policy = {
  ...start,
  missed: Type.Union([Type.Literal('skip'), Type.Literal('once'), Type.Literal('all')], {
    default: 'skip',
    description: 'What becomes of times at which no hub was there.',
  }),
}
const when = { 'x-expected': 'a time such as 2026-12-24T18:00:00+01:00' }
const timePattern =
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})$'
const moment = (description: string, standard?: string) =>
  Type.String({
    pattern: timePattern,
    description,
    ...when,
    ...(standard === undefined ? {} : { default: standard }),
  })

export const scheduleForm = Type.Union(
  [
    Type.Object({ cron: text('Five fields, or six with seconds first.'), zone, ...policy }, closed),
    Type.Object(
      {
        every: duration('Again and again.', undefined, 1000),
        from: moment('Counted from here.', '2020-01-01T00:00:00Z'),
        ...policy,
      },
      closed,
    ),
    Type.Object({ once: moment('At this time, once.'), ...policy }, closed),
    Type.Object(
      {
        sun: oneOf(sunEvents, 'Where the sun is.'),
        latitude: number('Degrees; north is positive.', -90, 90),
        longitude: number('Degrees; east is positive.', -180, 180),
        before,
        after,
        ...policy,
      },
      closed,
    ),
    Type.Object(
      {
        calendar: text('The path of an iCalendar file.'),
        zone,
        matching: Type.String({
          default: '',
          maxLength: 500,
          description: 'Only events whose summary contains this.',
        }),
        before,
        after,
        ...policy,
      },
      closed,
    ),
  ],
  {
    description: 'Starts a macro at its time.',
    'x-expected': 'a schedule with one of the keys cron, every, once, sun, calendar',
  },
)
export type ScheduleForm = Static<typeof scheduleForm>

export function scheduleOf(name: string, form: ScheduleForm): ScheduleConfig {
  const { run, args, late: lateMs, missed } = form
  return { name, timing: timingOf(form), run, args, when: form.when ?? null, missed, lateMs }
}

function timingOf(form: ScheduleForm): ScheduleConfig['timing'] {
  if ('cron' in form) return { kind: 'cron', cron: form.cron, zone: form.zone }
  if ('every' in form) return { kind: 'every', everyMs: form.every, from: instant(form.from) }
  if ('once' in form) return { kind: 'once', at: instant(form.once) }
  const offsetMs = form.after - form.before
  if ('sun' in form) {
    const { sun: event, latitude, longitude } = form
    return { kind: 'sun', event, latitude, longitude, offsetMs }
  }
  const { calendar: path, zone, matching } = form
  return { kind: 'calendar-file', path, zone, matching, offsetMs }
}

function instant(text: string): Instant {
  return Date.parse(text) as Instant // ms since the epoch; the form has checked how it is written
}

/** Reports what no form can say: a pattern that is none, a zone that nobody knows. */
export function checkSchedules(run: CheckRun, root: Located): void {
  for (const [name, spot] of root.entries?.get('schedules')?.entries ?? []) {
    const path = ['schedules', name]
    const at = (key: string) => spot.entries?.get(key)
    const [cron, zone] = [at('cron'), at('zone')]
    const zoneName = typeof zone?.value === 'string' ? zone.value : 'UTC'
    if (zone !== undefined && !isZone(zoneName))
      note(
        run,
        zone.at,
        [...path, 'zone'],
        'a time zone such as Europe/Berlin',
        JSON.stringify(zone.value),
      )
    else if (cron !== undefined && typeof cron.value === 'string') {
      const fault = cronFault(cron.value, zoneName)
      if (fault !== null)
        note(
          run,
          cron.at,
          [...path, 'cron'],
          `a cron pattern (${fault})`,
          JSON.stringify(cron.value),
        )
    }
    for (const key of ['once', 'from']) {
      const moment = at(key)
      if (typeof moment?.value === 'string' && Number.isNaN(Date.parse(moment.value)))
        note(run, moment.at, [...path, key], 'a time that there is', JSON.stringify(moment.value))
    }
  }
}
