import type { JsonObject } from '../intents/json.ts'
import { allOf } from './condition.ts'
import { number, text } from './field.ts'
import type { Trigger, TriggerEvent } from './model.ts'
import type { Names } from './names.ts'
import { onFailure, type Room } from './pages.ts'
import { stepsOf } from './steps.ts'

/** 168 h, our longest interval. */
const longestSeconds = 7 * 24 * 3600

/** What starts a macro by itself. */
type Starter =
  | {
      readonly section: 'triggers' | 'schedules'
      readonly form: JsonObject
      readonly note?: string
    }
  /** Why it is not carried over. */
  | string

/** Puts what a trigger does into a macro of its name, and what starts it beside it, where it has a counterpart. */
export function addTrigger(room: Room, trigger: Trigger, names: Names): void {
  const { bench } = room
  const place = `trigger ${trigger.name}`
  const gap = (what: string, why: string) => bench.gap({ place, what }, why)
  const steps = stepsOf(bench, trigger.actions, { place, what: 'its actions' })
  if (steps.length === 0) return gap('the trigger', 'nothing of what it does is carried over')
  const macro = names.take(trigger.name)
  room.macros.set(macro, { onFailure, steps: [...steps] })
  if (!trigger.enabled)
    return gap('its events', `it is switched off there; what it does is the macro ${macro}`)
  // all of them, as there; without one it always starts
  const when = trigger.conditions.length === 0 ? '' : allOf(bench, trigger.conditions)
  if (when === null)
    return gap(
      'its events',
      `they depend on conditions of Companion; what it does is the macro ${macro}`,
    )
  for (const [i, event] of trigger.events.filter(({ enabled }) => enabled).entries()) {
    const starter = starterOf(event)
    const what = `event ${event.type.slice(0, 64)}`
    if (typeof starter === 'string') gap(what, `${starter}; what it does is the macro ${macro}`)
    else {
      const name = i === 0 ? macro : `${macro.slice(0, 60)}_${i + 1}`
      room[starter.section].set(name, {
        ...starter.form,
        ...(when === '' ? {} : { when }),
        run: macro,
      })
      if (starter.note !== undefined) gap(what, starter.note)
    }
  }
}

function starterOf({ type, options }: TriggerEvent): Starter {
  switch (type) {
    case 'startup':
      return { section: 'triggers', form: { on: { hub: 'start' } } }
    case 'interval': {
      const seconds = number(options, 'seconds') ?? 0
      return seconds >= 1 && seconds <= longestSeconds
        ? { section: 'schedules', form: { every: `${Math.round(seconds)}s` } }
        : 'its interval is none from a second to 168 h'
    }
    case 'timeofday':
      return dailyOf(options)
    case 'sun_event':
      return sunOf(options)
    case 'specificDate':
      return onceOf(options)
    case 'intervalRandom':
      return 'intervals here are even: repeat with a wait and its jitter in a macro does that'
    case 'button_press':
    case 'button_release':
      return 'a press here is what its own control does: let that run the macro, too'
    case 'client_connect':
      return 'nothing here stands for a client that connects'
    default:
      return 'what starts it has no counterpart'
  }
}

/** Days count from Sunday as 0, there and in cron. */
function dailyOf(options: JsonObject): Starter {
  const [, hours, minutes, seconds = '0'] =
    /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text(options, 'time') ?? '') ?? []
  const given = options['days']
  const days = (Array.isArray(given) ? given : []).map(Number).filter((day) => day >= 0 && day <= 6)
  if (hours === undefined || minutes === undefined) return 'its time is none'
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return 'its time is none'
  const on = days.length === 0 || days.length === 7 ? '*' : days.join(',')
  return {
    section: 'schedules',
    form: { cron: `${Number(seconds)} ${Number(minutes)} ${Number(hours)} * * ${on}` },
    note: 'the time is of the zone of that Companion: give the schedule a zone',
  }
}

/** Its time is of the zone of that Companion, which an export does not say: it is taken as UTC. */
function onceOf(options: JsonObject): Starter {
  const [, date] = /^(\d{4}-\d{2}-\d{2})/.exec(text(options, 'date') ?? '') ?? []
  const [, time, seconds = '00'] =
    /^(\d{2}:\d{2})(?::(\d{2}))?$/.exec(text(options, 'time') ?? '') ?? []
  const once = `${date ?? ''}T${time ?? ''}:${seconds}Z`
  if (date === undefined || time === undefined || Number.isNaN(Date.parse(once)))
    return 'its date or time is none'
  return {
    section: 'schedules',
    form: { once },
    note: 'its time is taken as UTC: put the offset of that Companion in the place of the Z',
  }
}

function sunOf(options: JsonObject): Starter {
  const sun = text(options, 'type') === 'sunset' ? 'sunset' : 'sunrise'
  const [latitude, longitude] = [number(options, 'latitude'), number(options, 'longitude')]
  if (latitude === null || longitude === null) return 'it does not say where'
  const offset = Math.round(number(options, 'offset') ?? 0)
  const shift = offset === 0 ? {} : offset > 0 ? { after: `${offset}m` } : { before: `${-offset}m` }
  return { section: 'schedules', form: { sun, latitude, longitude, ...shift } }
}
