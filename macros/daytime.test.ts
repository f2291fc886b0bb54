import t from 'tap'
import type { Instant } from '../intents/id.ts'
import { daySeconds, isZone, nextDaytime } from './daytime.ts'

const at = (text: string) => Date.parse(text) as Instant // ms since the epoch
const next = (time: string, zone: string, after: string) =>
  new Date(nextDaytime(daySeconds(time) ?? 0, zone, at(after))).toISOString()

void t.test('a time of day comes today, or tomorrow where it has passed', async (t) => {
  t.equal(next('18:30', 'UTC', '2026-06-01T10:00:00Z'), '2026-06-01T18:30:00.000Z')
  t.equal(next('18:30', 'UTC', '2026-06-01T18:30:00Z'), '2026-06-02T18:30:00.000Z')
  t.equal(next('18:30:15', 'Europe/Berlin', '2026-06-01T10:00:00Z'), '2026-06-01T16:30:15.000Z')
  t.equal(next('00:30', 'Europe/Berlin', '2026-06-01T22:00:00Z'), '2026-06-01T22:30:00.000Z')
})

// Europe/Berlin: 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00 (IANA time zone database)
void t.test('the clocks are set forward and back, and the show begins once', async (t) => {
  const berlin = (time: string, after: string) => next(time, 'Europe/Berlin', after)
  t.equal(berlin('02:30', '2026-03-28T12:00:00Z'), '2026-03-29T01:30:00.000Z', 'left out: 03:30')
  t.equal(berlin('12:00', '2026-03-29T00:00:00Z'), '2026-03-29T10:00:00.000Z')
  t.equal(berlin('02:30', '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z', 'the first of two')
  t.equal(berlin('02:30', '2026-10-25T00:30:00Z'), '2026-10-26T01:30:00.000Z', 'not the second')
  t.equal(berlin('12:00', '2026-10-25T00:00:00Z'), '2026-10-25T11:00:00.000Z')
})

void t.test('what is no time of day, and no zone, is told', async (t) => {
  for (const text of ['24:00', '1830', '12:60', '12:00:60', '', ' 12:00'])
    t.equal(daySeconds(text), null, text)
  t.equal(daySeconds('7:05'), 7 * 3600 + 300)
  t.ok(isZone('Europe/Berlin'))
  t.notOk(isZone('Europe/Nowhere'))
})
