import type { Instant } from '../../intents/id.ts'
import { sameJson, type Json } from '../../intents/json.ts'
import { levelOf, type Match } from './match.ts'
import type { Firing, Source, Trigger, TriggerCause } from './trigger.ts'

// One trigger, as a pure state machine over the log's entries:
//
//   idle ──happens, comes to hold──▶ (for: waiting ──time──▶) would fire ──cool-down, condition──▶ fires
//     ▲                                  │ holds no more: idle; happens again: waits anew
//     └──────────────────────────────────┘

export interface TriggerState {
  /** Whether what is watched holds; null: nobody knows yet. Only of states and links. */
  readonly holds: boolean | null
  /** The value that was seen last, of what fires with each change; undefined: none yet. */
  readonly last: Json | undefined
  /** It fires then if nothing comes between. */
  readonly waits: { readonly until: Instant; readonly cause: TriggerCause } | null
  readonly firedAt: Instant | null
}

export const idle: TriggerState = { holds: null, last: undefined, waits: null, firedAt: null }

/** What is there when a trigger is made is no news: it fires with the next change. */
export function stateFrom(
  source: Source,
  value: Json | undefined,
  up: boolean | null,
): TriggerState {
  if (source.kind === 'link') return { ...idle, holds: up === null ? null : up === source.up }
  if (source.kind !== 'state' || value === undefined) return idle
  if (source.test.is === 'change') return { ...idle, last: value }
  return { ...idle, holds: levelOf(source.test, value) === 'holds' }
}

export interface Step {
  readonly state: TriggerState
  /** It would fire now. */
  readonly firing: Firing | null
}

/** What an entry that is about the trigger makes of it. */
export function evolve(trigger: Trigger, state: TriggerState, match: Match): Step {
  switch (match.type) {
    case 'happened':
      return begin(trigger, state, match.cause)
    case 'holds':
      return state.holds === true
        ? { state, firing: null }
        : begin(trigger, { ...state, holds: true }, match.cause)
    case 'holds-not':
      return { state: { ...state, holds: false, waits: null }, firing: null }
    case 'between':
      return { state, firing: null }
    case 'changed': {
      const isNew = state.last === undefined || !sameJson(state.last, match.value)
      const seen = { ...state, last: match.value }
      return isNew ? begin(trigger, seen, match.cause) : { state: seen, firing: null }
    }
    default:
      return match satisfies never
  }
}

/** The time that it waited for has come. */
export function wake(trigger: Trigger, state: TriggerState, now: Instant): Step {
  const { waits } = state
  if (waits === null || waits.until > now) return { state, firing: null }
  return fire(trigger, { ...state, waits: null }, waits.until, waits.cause)
}

function begin(trigger: Trigger, state: TriggerState, cause: TriggerCause): Step {
  if (trigger.forMs === 0) return fire(trigger, state, cause.at, cause)
  const until = (cause.at + trigger.forMs) as Instant // ms since the epoch
  return { state: { ...state, waits: { until, cause } }, firing: null }
}

function fire(
  { name, coolDownMs }: Trigger,
  state: TriggerState,
  at: Instant,
  cause: TriggerCause,
): Step {
  if (state.firedAt !== null && at - state.firedAt < coolDownMs) return { state, firing: null }
  return { state, firing: { trigger: name, at, cause } }
}

/** It has fired: from now on the cool-down counts. A condition that did not hold does not begin one. */
export function fired(state: TriggerState, at: Instant): TriggerState {
  return { ...state, firedAt: at }
}
