import t from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import type { Instant } from '../../intents/id.ts'
import { cronFault, dueNow, mostAtOnce, next } from './next.ts'
import type { Schedule, Timing } from './schedule.ts'

const at = (text: string) => Date.parse(text) as Instant
const cron = (text: string, zone = 'Europe/Berlin'): Timing => ({ kind: 'cron', cron: text, zone })

/** The next `count` times after a moment, as UTC. */
function times(timing: Timing, after: string, count: number): readonly string[] {
  const found: string[] = []
  for (let from = at(after); found.length < count;) {
    const due = next(timing, from)
    if (due === null) break
    from = due.at
    found.push(new Date(due.at).toISOString().slice(0, 16))
  }
  return found
}

// Directive 2000/84/EC: summer time begins on the last Sunday of March and ends on that of October, at 01:00 UTC.

void t.test('when clocks go forward, what the night skips comes right after, once', (t) => {
  t.same(times(cron('30 2 * * *'), '2026-03-28T00:00Z', 3), [
    '2026-03-28T01:30',
    '2026-03-29T01:00', // 02:30 is not there: 03:00 is
    '2026-03-30T00:30',
  ])
  t.same(times(cron('30 2,14 * * *'), '2026-03-28T23:00Z', 2), [
    '2026-03-29T01:00',
    '2026-03-29T12:30',
  ])
  t.same(times(cron('*/30 * * * *'), '2026-03-29T00:00Z', 4), [
    '2026-03-29T00:30',
    '2026-03-29T01:00',
    '2026-03-29T01:30',
    '2026-03-29T02:00',
  ])
  t.end()
})

void t.test(
  'when clocks go back, a time that comes twice is meant once, and an interval goes on',
  (t) => {
    t.same(times(cron('30 2 * * *'), '2026-10-24T12:00Z', 2), [
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    t.same(times(cron('*/30 * * * *'), '2026-10-25T00:00Z', 4), [
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ])
    t.end()
  },
)

void t.test('noon stays noon in both halves of the year, on either side of the world', (t) => {
  t.same(times(cron('0 12 1 1,7 *'), '2026-01-01T00:00Z', 2), [
    '2026-01-01T11:00',
    '2026-07-01T10:00',
  ])
  t.same(times(cron('0 12 1 1,7 *', 'Australia/Sydney'), '2025-12-31T00:00Z', 3), [
    '2026-01-01T01:00',
    '2026-07-01T02:00',
    '2027-01-01T01:00',
  ])
  t.end()
})

void t.test('an interval is counted from its start, whoever asks when', (t) => {
  const every: Timing = { kind: 'every', everyMs: 600_000, from: at('2026-01-01T00:05Z') }
  t.same(times(every, '2026-01-01T09:59:59Z', 2), ['2026-01-01T10:05', '2026-01-01T10:15'])
  t.same(times(every, '2026-01-01T10:05:00Z', 1), ['2026-01-01T10:15'])
  t.same(times(every, '2025-06-01T00:00:00Z', 1), ['2026-01-01T00:05'])
  t.end()
})

void t.test('what is once is once', (t) => {
  const once: Timing = { kind: 'once', at: at('2026-12-24T17:00Z') }
  t.same(times(once, '2026-01-01T00:00Z', 3), ['2026-12-24T17:00'])
  t.equal(next(once, at('2026-12-24T17:00Z')), null)
  t.end()
})

void t.test(
  'the sun rises and sets within two minutes of the almanac, and not where it does not',
  (t) => {
    // HM Nautical Almanac Office, Greenwich, 21 June 2024: rises 03:43, sets 20:21 UTC; 21 December: 08:04, 15:53
    const sun = (event: 'sunrise' | 'sunset', latitude: number, longitude: number, offsetMs = 0) =>
      ({ kind: 'sun', event, latitude, longitude, offsetMs }) as const
    const near = (timing: Timing, after: string, wanted: string) => {
      const due = next(timing, at(after))
      t.ok(
        due !== null && Math.abs(due.at - at(wanted)) <= 120_000,
        `${wanted}: ${new Date(due?.at ?? 0).toISOString()}`,
      )
    }
    near(sun('sunrise', 51.48, 0), '2024-06-21T00:00Z', '2024-06-21T03:43Z')
    near(sun('sunset', 51.48, 0), '2024-06-21T00:00Z', '2024-06-21T20:21Z')
    near(sun('sunrise', 51.48, 0), '2024-12-21T00:00Z', '2024-12-21T08:04Z')
    near(sun('sunset', 51.48, 0, -15 * 60_000), '2024-12-21T00:00Z', '2024-12-21T15:38Z')
    // Tromsø has no sunset from late May on: the next one is in late July
    const dark = next(sun('sunset', 69.65, 18.96), at('2026-06-01T12:00Z'))
    t.match(new Date(dark?.at ?? 0).toISOString(), /^2026-07-2/)
    t.end()
  },
)

void t.test('a pattern that is none, never comes, or hangs on the moment is told in words', (t) => {
  t.equal(cronFault('30 2 * * *', 'Europe/Berlin'), null)
  t.equal(cronFault('0 30 2 * * 1-5', 'UTC'), null)
  t.match(cronFault('61 2 * * *', 'UTC'), /61|range/i)
  t.match(cronFault('30 2', 'UTC'), /./)
  t.match(cronFault('0 0 31 2 *', 'UTC'), 'it never comes')
  t.match(cronFault('? * * * *', 'UTC'), /a \? has no place/)
  t.match(cronFault('0 0 * * *', 'Mars/Base'), /is no time zone/)
  t.end()
})

const schedule = (missed: Schedule['missed']) => ({
  timing: cron('0 * * * *', 'UTC'),
  missed,
  lateMs: 60_000,
})
const shown = ({ fire, skipped, left }: ReturnType<typeof dueNow>) => ({
  fire: fire.map((due) => new Date(due.at).toISOString().slice(11, 16)),
  skipped: skipped === null ? null : new Date(skipped.at).toISOString().slice(11, 16),
  left,
})

void t.test('what was missed is skipped, made good once, or made good in full', (t) => {
  const away = [at('2026-05-01T08:00Z'), at('2026-05-01T11:30Z')] as const
  t.same(shown(dueNow(schedule('skip'), ...away)), { fire: [], skipped: '11:00', left: 3 })
  t.same(shown(dueNow(schedule('once'), ...away)), { fire: ['11:00'], skipped: null, left: 2 })
  t.same(shown(dueNow(schedule('all'), ...away)), {
    fire: ['09:00', '10:00', '11:00'],
    skipped: null,
    left: 0,
  })
  const inTime = [at('2026-05-01T08:00Z'), at('2026-05-01T11:00:59Z')] as const
  t.same(shown(dueNow(schedule('skip'), ...inTime)), { fire: ['11:00'], skipped: null, left: 2 })
  t.same(shown(dueNow(schedule('skip'), inTime[0], at('2026-05-01T08:59Z'))), {
    fire: [],
    skipped: null,
    left: 0,
  })
  const years = dueNow(
    { ...schedule('all'), timing: cron('* * * * * *', 'UTC') },
    at('2016-01-01T00:00Z'),
    at('2026-01-01T00:00Z'),
  )
  t.equal(years.fire.length, mostAtOnce)
  t.equal(years.fire.at(-1)?.at, at('2026-01-01T00:00Z'), 'the newest ones')
  t.end()
})

void t.test('a year of schedules on the fake clock comes to every time once, in order', (t) => {
  const clock = fakeClock(at('2026-01-01T00:00Z'))
  const end = at('2027-01-01T00:00Z')
  const timings: Readonly<Record<string, Timing>> = {
    nightly: cron('30 2 * * *'),
    quarterly: cron('*/15 * * * *'),
    weekdays: cron('0 9 * * 1-5'),
    dusk: { kind: 'sun', event: 'sunset', latitude: 52.52, longitude: 13.4, offsetMs: 0 },
    beat: { kind: 'every', everyMs: 3_600_000, from: at('2020-01-01T00:00Z') },
  }
  const counts = new Map<string, number>()
  let isOrdered = true
  const arm = (name: string, timing: Timing, last: number) => {
    const due = next(timing, clock.now())
    if (due === null || due.at >= end) return
    isOrdered &&= due.at > last
    clock.after(due.at - clock.now(), () => {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      arm(name, timing, due.at)
    })
  }
  for (const [name, timing] of Object.entries(timings)) arm(name, timing, 0)
  clock.advance(end - clock.now())
  t.ok(isOrdered)
  t.same(Object.fromEntries(counts), {
    nightly: 365,
    quarterly: 365 * 96 - 1,
    weekdays: 261,
    dusk: 365,
    beat: 365 * 24 - 1, // that at the very start is not after it
  })
  t.end()
})
