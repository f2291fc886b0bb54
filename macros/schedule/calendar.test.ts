import t from 'tap'
import type { Instant } from '../../intents/id.ts'
import { readCalendar, type Calendar } from './calendar.ts'
import { next } from './next.ts'

const at = (text: string) => Date.parse(text) as Instant

/** RFC 5545 section 3.1: lines end with CRLF. */
const ics = (...events: readonly string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...events.flatMap((event) => ['BEGIN:VEVENT', ...event.trim().split(/\n\s*/), 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n')

function read(text: string, zone = 'Europe/Berlin'): Calendar {
  const result = readCalendar(text, zone)
  if (result.ok) return result.calendar
  throw new Error(result.detail)
}

function starts(
  calendar: Calendar,
  after: string,
  count: number,
  matching = '',
): readonly string[] {
  const found: string[] = []
  for (let from = at(after); found.length < count;) {
    const due = calendar.next(from, matching)
    if (due === null) break
    from = due.at
    found.push(new Date(due.at).toISOString().slice(0, 16))
  }
  return found
}

const show = `
  UID:show@test
  SUMMARY:Morning show
  LOCATION:Studio 2
  DTSTART;TZID=Europe/Berlin:20260323T060000
  DTEND;TZID=Europe/Berlin:20260323T090000
  RRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=6
  EXDATE;TZID=Europe/Berlin:20260327T060000`
const moved = `
  UID:show@test
  SUMMARY:Morning show, later
  RECURRENCE-ID;TZID=Europe/Berlin:20260403T060000
  DTSTART;TZID=Europe/Berlin:20260403T080000
  DTEND;TZID=Europe/Berlin:20260403T090000`

void t.test(
  'a weekly show comes at its hour across the change of clocks, without what is left out, with what is moved',
  (t) => {
    const calendar = read(ics(show, moved))
    t.same(starts(calendar, '2026-01-01T00:00Z', 9), [
      '2026-03-23T05:00',
      '2026-03-30T04:00',
      '2026-04-03T06:00',
      '2026-04-06T04:00',
      '2026-04-10T04:00',
    ])
    t.same(calendar.next(at('2026-03-29T00:00Z'), ''), {
      at: at('2026-03-30T04:00Z'),
      events: [
        {
          summary: 'Morning show',
          location: 'Studio 2',
          start: at('2026-03-30T04:00Z'),
          end: at('2026-03-30T07:00Z'),
        },
      ],
    })
    t.same(starts(calendar, '2026-01-01T00:00Z', 9, 'later'), ['2026-04-03T06:00'])
    t.same(
      starts(calendar, '2026-01-01T00:00Z', 1),
      ['2026-03-23T05:00'],
      'asked for what is past, it begins again',
    )
    t.end()
  },
)

void t.test(
  'whole days, times of no zone and UTC are understood; what is cancelled does not come',
  (t) => {
    const calendar = read(
      ics(
        'UID:a\nSUMMARY:Day\nDTSTART;VALUE=DATE:20260501',
        'UID:b\nSUMMARY:Floating\nDTSTART:20260502T100000\nDURATION:PT30M',
        'UID:c\nSUMMARY:Zulu\nDTSTART:20260503T100000Z',
        'UID:d\nSUMMARY:Off\nSTATUS:CANCELLED\nDTSTART:20260504T100000Z',
      ),
    )
    t.same(starts(calendar, '2026-01-01T00:00Z', 9), [
      '2026-04-30T22:00',
      '2026-05-02T08:00',
      '2026-05-03T10:00',
    ])
    t.end()
  },
)

void t.test('two events at once are one time that names both; an offset is before them', (t) => {
  const calendar = read(
    ics(
      'UID:a\nSUMMARY:One\nDTSTART:20260503T100000Z',
      'UID:b\nSUMMARY:Two\nDTSTART:20260503T100000Z',
    ),
  )
  const due = next(
    { kind: 'calendar', calendar, offsetMs: -600_000, matching: '' },
    at('2026-01-01T00:00Z'),
  )
  t.equal(due?.at, at('2026-05-03T09:50Z'))
  t.same(
    due?.events.map(({ summary }) => summary),
    ['One', 'Two'],
  )
  t.equal(
    next({ kind: 'calendar', calendar, offsetMs: -600_000, matching: '' }, at('2026-05-03T09:50Z')),
    null,
  )
  t.end()
})

void t.test(
  'a file that is none is told in words, and one that repeats without end is bounded',
  (t) => {
    t.match(readCalendar('hello', 'UTC'), { ok: false })
    t.match(readCalendar('', 'UTC'), { ok: false })
    t.match(readCalendar('BEGIN:VCARD\r\nEND:VCARD\r\n', 'UTC'), { ok: false, detail: /VCALENDAR/ })
    t.match(readCalendar(ics('UID:a\nSUMMARY:No start'), 'UTC'), {
      ok: false,
      detail: /no DTSTART/,
    })
    t.match(readCalendar('x'.repeat(5_000_000), 'UTC'), { ok: false, detail: /more than/ })
    const endless = read(ics('UID:a\nSUMMARY:Tick\nDTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY'))
    t.equal(endless.next(at('2026-01-01T00:00Z'), ''), null)
    t.equal(
      endless.next(at('2020-01-01T00:00Z'), '')?.at,
      at('2020-01-01T00:00:01Z'),
      'control: it does repeat',
    )
    t.end()
  },
)
