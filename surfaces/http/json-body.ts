import type { Json } from '../../intents/json.ts'
import { jsonFaultAt } from './json-fault.ts'
import { fault } from './problem.ts'

/** Levels of arrays and objects. No intent needs ten; deeper is an attack on whoever walks it. */
const maxDepth = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Hostile bytes to JSON: strict UTF-8 (RFC 8259 section 8.1), at most {@link maxDepth} levels, finite numbers.
 * The caller has bounded the size. @throws ProblemError
 */
export function jsonOfBytes(bytes: Uint8Array): Json {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    // the decoder says no more than that: nothing is lost
    throw fault('invalid-utf8', 'The body must be UTF-8.')
  }
  return jsonOfText(text)
}

/** As {@link jsonOfBytes}, for a text frame. @throws ProblemError */
export function jsonOfText(text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json // JSON.parse makes nothing else
  } catch {
    const at = jsonFaultAt(text)
    const before = text.slice(0, at).split('\n')
    const column = (before.at(-1) ?? '').length + 1
    const found = text[at] === undefined ? 'it ends too early' : `found ${JSON.stringify(text[at])}`
    throw fault('malformed-json', `Not JSON at line ${before.length}, column ${column}: ${found}.`)
  }
  checkTree(value)
  return value
}

/** Without recursion, because the depth is what is in question. */
function checkTree(root: Json): void {
  const todo: { readonly value: Json; readonly depth: number }[] = [{ value: root, depth: 0 }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { value, depth } = item
    if (typeof value === 'number' && !Number.isFinite(value))
      throw fault('malformed-json', 'A number is out of range: it must fit an IEEE 754 double.')
    if (typeof value !== 'object' || value === null) continue
    if (depth >= maxDepth)
      throw fault('too-deep', `Arrays and objects may nest at most ${maxDepth} levels.`)
    // an own key of that name turns into the prototype as soon as somebody copies it by assignment
    if (Object.hasOwn(value, '__proto__'))
      throw fault('bad-argument', 'No key may be named __proto__.')
    for (const child of Object.values(value) as readonly Json[])
      todo.push({ value: child, depth: depth + 1 })
  }
}
