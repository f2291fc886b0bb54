import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import { flag, mapping, mappings, number, own, text } from './field.ts'
import type { Action, Feedback } from './model.ts'

// Actions and feedbacks as Companion's exports have them. Up to version 6 an action names its `instance` and `action`, from 7 on
// its `connectionId` and `definitionId`; up to 5 it has a `delay` of its own, from 6 on waiting is an action; up to 10 options
// are values, from 11 on `{ value, isExpression }`. From the upgrades of its public source, companion/lib/Data/Upgrades.

/** In the order of the list, with delays as waits, without those that are switched off. */
export function actionsOf(list: Json | undefined, isRelative: boolean): readonly Action[] {
  const found = mappings(list).filter((each) => flag(each, 'disabled') !== true)
  const delays = found.map((each) => Math.max(0, number(each, 'delay') ?? 0))
  const actions = found.map(actionOf)
  return isRelative ? afterEach(actions, delays) : fromStart(actions, delays)
}

function actionOf(from: JsonObject): Action {
  const { options, expressions } = optionsOf(mapping(from, 'options'))
  const { condition, ...groups } = mapping(from, 'children')
  return {
    ...plainAction(text(from, 'definitionId') ?? text(from, 'action') ?? '', options),
    connection: connectionOf(text(from, 'connectionId') ?? text(from, 'instance')),
    expressions,
    children: new Map(
      Object.entries(groups).map(([group, list]) => [group, actionsOf(list, true)]),
    ),
    conditions: feedbacksOf(condition),
  }
}

/** @param list feedbacks, or the conditions of a trigger */
export function feedbacksOf(list: Json | undefined): readonly Feedback[] {
  return mappings(list)
    .filter((each) => flag(each, 'disabled') !== true)
    .map((each) => {
      const { options, expressions } = optionsOf(mapping(each, 'options'))
      const inverted = own(each, 'isInverted')
      return {
        connection: connectionOf(text(each, 'connectionId') ?? text(each, 'instance_id')),
        name: text(each, 'definitionId') ?? text(each, 'type') ?? '',
        options,
        inverted: inverted === true || (isObject(inverted) && inverted['value'] === true),
        computed: expressions.length > 0,
        parts: feedbacksOf(own(mapping(each, 'children'), 'default')),
      }
    })
}

/** Companion itself was called by two names. */
function connectionOf(id: string | null): string {
  return id === 'bitfocus-companion' ? 'internal' : (id ?? '')
}

function optionsOf(from: JsonObject): Pick<Action, 'options' | 'expressions'> {
  const expressions: string[] = []
  const options = Object.fromEntries(
    Object.entries(from).map(([key, value]): [string, Json] => {
      if (!isObject(value) || typeof value['isExpression'] !== 'boolean') return [key, value]
      const held = value['value'] ?? null
      if (!value['isExpression']) return [key, held]
      const plain = literal(held)
      if (plain === null) expressions.push(key)
      return [key, plain ?? held]
    }),
  )
  return { options, expressions }
}

/** What an expression is that computes nothing: `1500`, `true`, `'text'`; null for any other. */
function literal(expression: Json): Json {
  if (typeof expression !== 'string') return expression
  const words = expression.trim()
  if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(words)) return Number(words)
  if (words === 'true' || words === 'false') return words === 'true'
  return /^(?:'[^'\\$]*'|"[^"\\$]*")$/.test(words) ? words.slice(1, -1) : null
}

/** Each waits so long after the one before it. */
function afterEach(actions: readonly Action[], delays: readonly number[]): readonly Action[] {
  return actions.flatMap((action, i) => [...waitOf(delays[i] ?? 0), action])
}

/** Each waits from the press on; where the delays do not rise, there are several lines that run side by side. */
function fromStart(actions: readonly Action[], delays: readonly number[]): readonly Action[] {
  const lines: Action[][] = [[]]
  let now = 0
  for (const [i, action] of actions.entries()) {
    const at = delays[i] ?? 0
    if (at < now) {
      lines.push([...waitOf(at)])
      now = at
    } else if (at > now) {
      lines.at(-1)?.push(...waitOf(at - now))
      now = at
    }
    lines.at(-1)?.push(action)
  }
  const [only, ...others] = lines
  if (others.length === 0) return only ?? []
  return [
    group(
      'concurrent',
      lines.map((line) => group('sequential', line)),
    ),
  ]
}

function waitOf(ms: number): readonly Action[] {
  if (ms <= 0) return []
  return [plainAction('wait', { time: ms })]
}

function group(mode: 'concurrent' | 'sequential', actions: readonly Action[]): Action {
  return {
    ...plainAction('action_group', { execution_mode: mode }),
    children: new Map([['default', actions]]),
  }
}

/** One of Companion itself, with nothing inside. */
function plainAction(name: string, options: JsonObject): Action {
  return {
    connection: 'internal',
    name,
    options,
    expressions: [],
    children: new Map(),
    conditions: [],
  }
}
