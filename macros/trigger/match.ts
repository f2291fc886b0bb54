import { endOf } from '../../intents/end.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Instant, IntentId } from '../../intents/id.ts'
import type { Intent, Submission } from '../../intents/intent.ts'
import { sameJson, type Json, type JsonObject } from '../../intents/json.ts'
import type { IntentFilter, Source, Test, TriggerCause } from './trigger.ts'

/** An entry of the log as far as triggers look at it. */
export interface Seen {
  readonly position: string
  readonly at: Instant
  readonly event: BusEvent
}

/** What an entry is for one trigger: it happened, or what is watched holds now, or not any more. */
export type Match =
  | { readonly type: 'happened' | 'holds'; readonly cause: TriggerCause }
  | { readonly type: 'changed'; readonly cause: TriggerCause; readonly value: Json }
  /** Between the limit and the reset it stays as it was. */
  | { readonly type: 'holds-not' | 'between' }

/** null: it is not about this trigger. `submissionOf`: what is known of an intent. Pure. */
export function matchOf(
  source: Source,
  seen: Seen,
  submissionOf: (id: IntentId) => Submission | undefined,
): Match | null {
  const { event } = seen
  const happened = (what: string, about: JsonObject, trace: string | null = null): Match => ({
    type: 'happened',
    cause: causeOf(seen, what, about, trace),
  })
  switch (source.kind) {
    case 'intent': {
      if (event.type !== 'IntentAccepted') return null
      const { intent, trace, id } = event.submission
      if (!isWanted(source.filter, intent)) return null
      return happened(shortly(intent), { id, intent: asJson(intent) }, trace)
    }
    case 'outcome': {
      const end = endOf(event)
      if (end === null || !source.ends.includes(end.outcome)) return null
      const submission =
        event.type === 'IntentRefused' ? event.submission : submissionOf(end.intent)
      if (submission === undefined || !isWanted(source.filter, submission.intent)) return null
      const { intent, trace, id } = submission
      const detail = 'failure' in event && event.failure !== null ? event.failure.detail : ''
      const about = { id, intent: asJson(intent), outcome: end.outcome, detail }
      return happened(`${shortly(intent)} ${end.outcome}`, about, trace)
    }
    case 'state': {
      if (event.type !== 'DeviceReported') return null
      if (event.device !== source.device || event.path !== source.path) return null
      const { device, path, value } = event
      const about = { device, path, value }
      const cause = causeOf(seen, `${device} ${path} ${JSON.stringify(value)}`, about, null)
      if (source.test.is === 'change') return { type: 'changed', cause, value }
      const level = levelOf(source.test, value)
      return level === 'holds' ? { type: level, cause } : { type: level }
    }
    case 'link': {
      if (event.type !== 'LinkChanged' || event.device !== source.device) return null
      if (event.up !== source.up) return { type: 'holds-not' }
      const { device, up, detail } = event
      const what = `${device} ${up ? 'up' : 'down'}`
      return { type: 'holds', cause: causeOf(seen, what, { device, up, detail }, null) }
    }
    case 'signal': {
      if (event.type !== 'SignalReceived') return null
      const { way, name, value } = event
      return way === source.way && name === source.name
        ? happened(`${way} ${name}`, { way, name, value, from: event.source })
        : null
    }
    case 'start':
      return event.type === 'HubStarted'
        ? happened('a hub has started', { version: event.version })
        : null
    case 'run': {
      if (event.type !== 'RunAdvanced' || event.state === 'running') return null
      if (event.macro !== source.macro || !source.ends.includes(event.state)) return null
      const { run, macro, state, detail } = event
      const trace = submissionOf(run as string as IntentId)?.trace ?? null // a run is named by its intent
      return happened(`${macro} ${state}`, { run, macro, state, detail }, trace)
    }
    default:
      return source satisfies never
  }
}

/** Whether a value that is there satisfies what is watched; between the limit and the reset nobody can tell from it alone. */
export function levelOf(
  test: Exclude<Test, { readonly is: 'change' }>,
  value: Json,
): 'holds' | 'holds-not' | 'between' {
  if (test.is === 'equal') return sameJson(value, test.to) ? 'holds' : 'holds-not'
  if (typeof value !== 'number') return 'holds-not'
  const { limit, reset } = test
  const sign = test.is === 'above' ? 1 : -1
  if (sign * (value - limit) > 0) return 'holds'
  return sign * (value - reset) <= 0 ? 'holds-not' : 'between'
}

function isWanted({ verb, device, name }: IntentFilter, intent: Intent): boolean {
  return (
    (verb === null || intent.verb === verb) &&
    (device === null || ('device' in intent && intent.device === device)) &&
    (name === null || nameOf(intent) === name)
  )
}

function nameOf(intent: Intent): string {
  switch (intent.verb) {
    case 'set':
      return intent.path
    case 'fire':
      return intent.action
    case 'do':
      return intent.name
    case 'run':
      return intent.macro
    case 'cancel':
      return intent.run
    case 'hold':
      return intent.on ? 'on' : 'off'
    default:
      return intent satisfies never
  }
}

function shortly(intent: Intent): string {
  const device = 'device' in intent ? `${intent.device} ` : ''
  return `${intent.verb} ${device}${nameOf(intent)}`
}

function asJson(intent: Intent): JsonObject {
  return { ...intent }
}

/** What stands in the source of a submission is short. Characters. */
const maxWhat = 80

function causeOf(
  { position, at }: Seen,
  what: string,
  about: JsonObject,
  trace: string | null,
): TriggerCause {
  return { position, at, trace, what: what.slice(0, maxWhat), about }
}
