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
    t.end()
  },
)

const rule = (rule: string, start = 'DTSTART:20200101T000000Z') =>
  ics(`UID:a\nSUMMARY:Tick\n${start}\nRRULE:${rule}`)
const many = (count: number, event: (n: number) => string) =>
  ics(...Array.from({ length: count }, (_, n) => event(n)))

void t.test('a rule that asks for work without end is told in words, whatever it asks for', (t) => {
  const zone = [
    'BEGIN:VTIMEZONE\r\nTZID:Nowhere\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000',
    'TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE',
  ].join('\r\n')
  const week = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
  const places = week.flatMap((day) => Array.from({ length: 53 }, (_, n) => `${n + 1}${day}`))
  const dates = Array.from({ length: 10_001 }, () => '20260101T000000Z').join(',')
  const hostile = {
    'a day that there is not': rule('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'),
    'its seconds': rule('FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30'),
    'a month without a fifth Saturday, again and again': rule(
      'FREQ=MONTHLY;INTERVAL=4800;BYDAY=5SA',
      'DTSTART:20210201T000000Z',
    ),
    'a step of a billion days': rule('FREQ=DAILY;INTERVAL=1000000000'),
    'a step of a billion years of seconds': rule('FREQ=SECONDLY;INTERVAL=999999999999999'),
    'each day of a year by its name, many times': many(
      1000,
      (n) =>
        `UID:${n}\nSUMMARY:x\nDTSTART:20200101T000000Z\nRRULE:FREQ=YEARLY;BYDAY=${places.join(',')}`,
    ),
    'a zone whose clocks are set each second': ics(
      'UID:a\nSUMMARY:x\nDTSTART;TZID=Nowhere:20200101T000000\nRRULE:FREQ=DAILY',
    ).replace('BEGIN:VEVENT', `${zone}\r\nBEGIN:VEVENT`),
    'ten thousand dates': ics(`UID:a\nSUMMARY:x\nDTSTART:20200101T000000Z\nRDATE:${dates}`),
    'parameters without end': ics(`UID:a\nDTSTART${';A=1'.repeat(900_000)}:20200101T000000Z`),
    'parameters without end behind a quote': ics(
      `UID:a\nDTSTART;A="${';A=1'.repeat(900_000)}:20200101T000000Z`,
    ),
  }
  for (const [what, text] of Object.entries(hostile)) {
    const result = readCalendar(text, 'UTC')
    if (result.ok) t.equal(result.calendar.next(at('2026-01-01T00:00Z'), ''), null, what)
    const trouble = result.ok ? result.calendar.trouble : result.detail
    t.match(trouble, /more than \d+ (steps|dates|characters)|INTERVAL/, what)
    if (result.ok)
      t.equal(result.calendar.next(at('2020-01-01T00:00Z'), ''), null, 'it says nothing more')
  }
  t.end()
})

void t.test('what repeats often is known years on without counting from its start', (t) => {
  const cases = [
    ['FREQ=SECONDLY', '2026-06-01T00:00:00.000Z', '2026-06-01T00:00:01Z'],
    ['FREQ=MINUTELY;INTERVAL=7', '2026-06-01T00:00:00.000Z', '2026-06-01T00:03:00Z'],
    ['FREQ=DAILY;INTERVAL=3', '2026-06-01T00:00:00.000Z', '2026-06-04T00:00:00Z'],
    ['FREQ=MONTHLY;BYDAY=-1SU', '2026-06-01T00:00:00.000Z', '2026-06-28T00:00:00Z'],
    ['FREQ=MONTHLY;INTERVAL=5', '2026-06-01T00:00:00.000Z', '2026-09-01T00:00:00Z'],
    ['FREQ=YEARLY;INTERVAL=3', '2026-06-01T00:00:00.000Z', '2029-01-01T00:00:00Z'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2026-06-01T00:00:00.000Z', '2026-06-09T00:00:00Z'],
  ] as const
  for (const [text, from, expected] of cases) {
    // counted from its start by itself: the library's own walk is the control
    const counted = read(rule(`${text};COUNT=9999999`))
    const near = read(rule(text))
    if (text !== 'FREQ=SECONDLY' && !text.startsWith('FREQ=MINUTELY'))
      t.equal(counted.next(at(from), '')?.at, at(expected), `control: ${text}`)
    t.equal(near.next(at(from), '')?.at, at(expected), text)
    t.same(starts(near, from, 3), starts(read(rule(text)), from, 3), 'asked again')
  }
  t.end()
})

void t.test('a calendar of five thousand events is read, and asked back and forth', (t) => {
  const big = read(
    many(
      5000,
      (n) =>
        `UID:${n}\nSUMMARY:Show ${n}\nDTSTART:20${10 + (n % 16)}0101T${String(n % 24).padStart(2, '0')}0000Z\nRRULE:FREQ=DAILY`,
    ),
  )
  t.equal(big.next(at('2026-06-01T10:30Z'), '')?.at, at('2026-06-01T11:00Z'))
  t.equal(big.next(at('2026-05-01T10:30Z'), '')?.at, at('2026-05-01T11:00Z'))
  t.equal(big.trouble, null)
  t.end()
})

void t.test(
  'an event that was moved leaves out its own time only, not that of another event',
  (t) => {
    const calendar = read(
      ics(
        show,
        moved,
        show.replace('show@test', 'other@test').replace('Morning show', 'Other show'),
      ),
    )
    t.same(
      calendar.next(at('2026-04-02T00:00Z'), '')?.events.map(({ summary }) => summary),
      ['Other show'],
    )
    t.end()
  },
)
