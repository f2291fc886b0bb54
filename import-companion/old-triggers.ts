import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { actionsOf, feedbacksOf } from './entity.ts'
import { flag, mapping, mappings, own, text } from './field.ts'
import type { Feedback, Trigger, TriggerEvent } from './model.ts'

/** The triggers of an export: a list up to version 3, by id from 4 on. Before 3 each has one cause and is called otherwise. */
export function triggersOf(value: Json | undefined): readonly Trigger[] {
  const entries: readonly (readonly [string, Json])[] = Array.isArray(value)
    ? [...(value as readonly Json[]).entries()].map(([i, each]) => [String(i + 1), each] as const)
    : isObject(value)
      ? Object.entries(value)
      : []
  return entries.flatMap(([id, each]) =>
    isObject(each)
      ? [text(each, 'type') === 'trigger' ? triggerOf(id, each) : oldTrigger(id, each)]
      : [],
  )
}

function triggerOf(id: string, from: JsonObject): Trigger {
  const options = mapping(from, 'options')
  const actions = own(from, 'actions') ?? own(mapping(from, 'action_sets'), '0')
  return {
    id,
    name: text(options, 'name') ?? id,
    enabled: flag(options, 'enabled') ?? true,
    events: mappings(own(from, 'events')).map((event) => ({
      // it was called otherwise up to version 10
      type: (text(event, 'type') ?? '').replace(/^button_depress$/, 'button_release'),
      enabled: flag(event, 'enabled') ?? true,
      options: mapping(event, 'options'),
    })),
    conditions: feedbacksOf(own(from, 'condition')),
    actions: actionsOf(actions, flag(options, 'relativeDelay') ?? false),
  }
}

/** Up to version 2: `type` says what starts it, and `config` the rest. */
function oldTrigger(id: string, from: JsonObject): Trigger {
  const type = text(from, 'type') ?? ''
  const config = mapping(from, 'config')
  const isCondition = type === 'feedback' || type === 'variable'
  return {
    id,
    name: text(from, 'title') ?? id,
    enabled: flag(from, 'disabled') !== true,
    events: [isCondition ? event('condition_true', {}) : oldEvent(type, config)],
    conditions: isCondition ? oldConditions(type, own(from, 'config')) : [],
    actions: actionsOf(own(from, 'actions'), false),
  }
}

function event(type: string, options: JsonObject): TriggerEvent {
  return { type, enabled: true, options }
}

function oldEvent(type: string, config: JsonObject): TriggerEvent {
  if (type === 'tod') return event('timeofday', config)
  if (type !== 'instance') return event(type, config)
  switch (text(config, 'run')) {
    case 'start':
      return event('startup', { delay: 10_000 })
    case 'io_connect':
      return event('client_connect', { delay: 0 })
    case 'button_press':
      return event('button_press', {})
    case 'button_depress':
      return event('button_release', {})
    default:
      return event(text(config, 'run') ?? type, {})
  }
}

function oldConditions(type: string, config: Json | undefined): readonly Feedback[] {
  const all = Array.isArray(config) ? config : [config ?? null]
  if (type === 'feedback') return feedbacksOf(all)
  return mappings(all).map((each) => ({
    connection: 'internal',
    name: 'variable_value',
    options: { variable: own(each, 'key') ?? null, value: own(each, 'value') ?? null },
    inverted: false,
    computed: false,
    parts: [],
  }))
}
