import type { FuzzTarget } from '../../surfaces/fuzz-target.contract.ts'
import type { Instant } from '../../intents/id.ts'
import { daySeconds, nextDaytime } from '../daytime.ts'
import { durationMs } from '../duration.ts'
import { readCalendar } from './calendar.ts'
import { cronFault, next } from './next.ts'

const now = Date.parse('2026-06-01T12:00:00Z') as Instant

const event = (lines: string) =>
  `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Show\r\nDTSTART:20250101T060000Z\r\n${lines}END:VEVENT\r\nEND:VCALENDAR\r\n`

/** What comes next is later, and a time. */
function later(at: number | undefined): void {
  if (at !== undefined && !(at > now && Number.isFinite(at))) throw new Error(`${at} is not later`)
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'iCalendar files',
    seeds: [
      event('RRULE:FREQ=WEEKLY;BYDAY=MO,FR;INTERVAL=2\r\nEXDATE:20250103T060000Z\r\n'),
      event('RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29\r\nDURATION:PT1H\r\n'),
      event('RRULE:FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20300101T000000Z\r\nLOCATION:Studio 2\r\n'),
      event('RRULE:FREQ=YEARLY;BYWEEKNO=53\r\nRDATE:20260707T060000Z\r\n'),
      event('RECURRENCE-ID:20250103T060000Z\r\nDTEND;TZID=Europe/Berlin:20250101T070000\r\n'),
      'RRULE:FREQ=SECONDLY;COUNT=9;INTERVAL=99999\r\n',
    ],
    open: () => (bytes) => {
      const read = readCalendar(bytes.toString(), 'Europe/Berlin')
      if (read.ok) later(read.calendar.next(now, '')?.at)
      else if (read.detail.length > 300) throw new Error('it quotes too much')
    },
  },
  {
    name: 'cron, durations, times of day',
    seeds: ['*/5 2-8 1,15 * MON', '30 0 29 2 *', '0 0 12 L * 5#2', '1.5h', '90s', '18:30:15'],
    open: () => (bytes) => {
      const text = bytes.toString()
      if (cronFault(text, 'Europe/Berlin') === null)
        later(next({ kind: 'cron', cron: text, zone: 'Europe/Berlin' }, now)?.at)
      cronFault('0 0 * * *', text)
      durationMs(text)
      const seconds = daySeconds(text)
      if (seconds !== null) later(nextDaytime(seconds, 'Europe/Berlin', now))
    },
  },
]
