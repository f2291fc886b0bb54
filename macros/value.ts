import type { Intent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import type { Expression, Scope } from './macro.ts'

/** What an expression comes to. Total: it never throws, and always ends. */
export type Valued =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly detail: string }

export type Evaluate = (expression: string, scope: Scope) => Valued

export function isExpression(value: Json | undefined): value is Json & Expression {
  return isObject(value) && typeof value['expr'] === 'string' && Object.keys(value).length === 1
}

/** A value with every expression in it replaced by what it comes to. */
export function resolve(value: Json, scope: Scope, evaluate: Evaluate): Valued {
  if (isExpression(value)) return evaluate(value.expr, scope)
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value as readonly Json[]) {
      const one = resolve(item, scope, evaluate)
      if (!one.ok) return one
      items.push(one.value)
    }
    return { ok: true, value: items }
  }
  if (!isObject(value)) return { ok: true, value }
  const entries: [string, Json][] = []
  for (const [name, item] of Object.entries(value)) {
    const one = resolve(item, scope, evaluate)
    if (!one.ok) return one
    entries.push([name, one.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}

/** An intent with its values resolved. */
export function resolveIntent(
  intent: Intent,
  scope: Scope,
  evaluate: Evaluate,
):
  { readonly ok: true; readonly intent: Intent } | { readonly ok: false; readonly detail: string } {
  if (intent.verb === 'set') {
    const value = resolve(intent.value, scope, evaluate)
    return value.ok ? { ok: true, intent: { ...intent, value: value.value } } : value
  }
  if (!('args' in intent)) return { ok: true, intent }
  const args = resolve(intent.args, scope, evaluate)
  return args.ok ? { ok: true, intent: { ...intent, args: args.value } } : args
}
