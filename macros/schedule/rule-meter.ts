import ICAL from 'ical.js'

// Counts what the rules of a calendar cost (RFC 5545, section 3.3.10): a rule of one line can ask for work without end, as
// `FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30` does, which looks for a second of a day that there is not.

/** A count and not a time, so that what is refused on one machine is refused on all. */
export interface RuleMeter {
  reset(): void
  /** @throws TooMuchWork when the steps are used up */
  spend(steps: number): void
}

/**
 * For one question to a calendar, or for reading it: about 1 s of a slow machine. An event of each day asks for 10
 * steps, one that is counted (COUNT) for one more for each time since its start.
 */
const maxCalendarSteps = 100_000

/** 1,000,000 s are 11 days. Whole months are gone forward one by one between two times of it. */
const maxInterval = 1_000_000

/** So many days are gone forward in about the time of one step. */
const daysPerStep = 16

class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'
}

export function openRuleMeter(): RuleMeter {
  let spent = 0
  return {
    reset: () => void (spent = 0),
    spend(steps) {
      spent += steps
      if (spent > maxCalendarSteps)
        throw new TooMuchWork(
          `its rules ask for more than ${maxCalendarSteps} steps of work: look for an RRULE that never comes, repeats each second or minute, or counts (COUNT) over many years, and end it with UNTIL or leave it out`,
        )
    },
  }
}

/**
 * From now on the rules of this component, and of what is in it, are counted.
 * @throws Error for a time that is none, which no walk comes to or passes: the library reads `2X250101` as the year NaN
 */
export function meterRules(component: ICAL.Component, meter: RuleMeter): void {
  for (const name of times)
    for (const property of component.getAllProperties(name))
      for (const time of property.getValues() as readonly unknown[])
        if (time instanceof ICAL.Time) mustBeTime(time, name)
  for (const property of component.getAllProperties('rrule')) {
    const rule: unknown = property.getFirstValue()
    if (!(rule instanceof ICAL.Recur)) continue
    if (rule.until) mustBeTime(rule.until, 'until')
    if (rule.interval > maxInterval)
      throw new TooMuchWork(
        `the INTERVAL of an RRULE is more than ${maxInterval}: write it shorter`,
      )
    meters.set(rule, meter)
    rule.iterator = (dtstart) => {
      // it sorts the days of its list, each against each
      meter.spend(4 * weightOf(rule))
      return new Metered({ rule, dtstart })
    }
  }
  for (const inner of component.getAllSubcomponents()) meterRules(inner, meter)
}

const daysOfMonth = 31

/** Where times stand that are walked from or compared with. */
const times = ['dtstart', 'dtend', 'recurrence-id', 'rdate', 'exdate']

function mustBeTime(time: ICAL.Time, name: string): void {
  const { year, month, day, hour, minute, second } = time
  if (!Number.isFinite(year + month + day + hour + minute + second))
    throw new Error(`a ${name.toUpperCase()} is no time, as 20260501T180000 is one`)
}

/** Whose steps an iterator of a rule spends: it is built in its constructor, which may run long, too. */
const meters = new WeakMap<ICAL.Recur, RuleMeter>()

/** All loops of an iterator go through these four. */
class Metered extends ICAL.RecurIterator {
  override increment_monthday(days: number): void {
    meters.get(this.rule)?.spend(days / daysPerStep)
    super.increment_monthday(days)
  }
  override increment_month(): void {
    meters.get(this.rule)?.spend(weightOf(this.rule))
    super.increment_month()
  }
  override increment_year(years: number): void {
    meters.get(this.rule)?.spend(weightOf(this.rule))
    super.increment_year(years)
  }
  override check_contracting_rules(): boolean {
    meters.get(this.rule)?.spend(weightOf(this.rule))
    return super.check_contracting_rules()
  }
}

/**
 * One for a rule that comes each week or more often; of the others a whole month is looked through each time. More where a rule
 * lists many days or hours, which are multiplied with each other and sorted.
 */
function weightOf({ parts, freq }: ICAL.Recur): number {
  let values = 0
  for (const name in parts) values += lengthOf((parts as Record<string, unknown>)[name]) // lists, by their names
  // each of its days is looked at, at about a third of what a step takes
  const isRare = freq === 'MONTHLY' || freq === 'YEARLY'
  return (isRare ? daysOfMonth / 3 : 1) + (values * values) / 100
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1
}
