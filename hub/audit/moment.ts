import type { Instant } from '../../intents/id.ts'

/** A moment of the journal: an entry, or a time. */
export type Moment = { readonly position: string } | { readonly time: Instant }

/** From this many digits on a number is a time in ms, not a position: 2001-09-09 is the first with 13. */
const timeDigits = 13

/** @throws RangeError for text that is neither a position nor a time */
export function momentOf(text: string): Moment {
  if (/^\d+$/.test(text))
    return text.length < timeDigits ? { position: text } : { time: Number(text) as Instant } // ms since the epoch
  // of a shared log: <ms>-<seq>.<index>
  if (/^\d+-\d+\.\d+$/.test(text)) return { position: text }
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new RangeError(
      `'${text.slice(0, 60)}' is neither a position of the journal nor a time such as 2026-11-21T20:14:07Z`,
    )
  return { time: time as Instant }
}

/** A moment for people. */
export function momentName(moment: Moment): string {
  return 'time' in moment ? timeName(moment.time) : `position ${moment.position}`
}

/** A time for people, in UTC: who reads it may be elsewhere. */
export function timeName(time: Instant): string {
  return new Date(time).toISOString()
}
