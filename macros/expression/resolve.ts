import { isObject, type Json } from '../../intents/json.ts'
import { evaluate, type EvaluateResult, type World } from './expression.ts'

/** Arguments nest at most so deep. */
const maxDepth = 32

/** A value with each `{expr: …}` in it computed; the first fault is the answer, with the way to it. */
export function resolve(value: Json, world: World, path = '', depth = 0): EvaluateResult {
  if (depth > maxDepth) return { ok: false, detail: `${path} nests deeper than ${maxDepth}` }
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const [i, item] of value.entries()) {
      const one = resolve(item as Json, world, `${path}[${i}]`, depth + 1) // of a JSON list
      if (!one.ok) return one
      items.push(one.value)
    }
    return { ok: true, value: items }
  }
  if (!isObject(value)) return { ok: true, value }
  const text = expressionOf(value)
  if (text !== null) {
    const one = evaluate(text, world)
    return one.ok || path === '' ? one : { ok: false, detail: `${path}: ${one.detail}` }
  }
  const entries: [string, Json][] = []
  for (const [key, inner] of Object.entries(value)) {
    const one = resolve(inner, world, path === '' ? key : `${path}.${key}`, depth + 1)
    if (!one.ok) return one
    entries.push([key, one.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}

/** The text of an expression that stands in the place of a value; null where it is a value. */
function expressionOf(value: Json): string | null {
  if (!isObject(value)) return null
  const { expr } = value
  return typeof expr === 'string' && Object.keys(value).length === 1 ? expr : null
}
