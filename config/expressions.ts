import { compile } from '../macros/expression/expression.ts'
import { isExpression } from '../macros/value.ts'
import { note, oneOf, type CheckRun } from './check.ts'
import { foundText, type Path } from './fault.ts'
import type { Located } from './source.ts'

// Expressions of a config are checked where they stand: what is wrong with one is said with its place in the file.

/** Notes what is wrong with an expression, and devices of it that the file has not. */
export function checkExpression(run: CheckRun, text: string, spot: Located, path: Path): void {
  const result = compile(text)
  if (!result.ok) {
    const expected = `an expression (character ${result.at + 1}: ${result.detail})`
    note(run, spot.at + result.at, path, expected, foundText(text, path))
    return
  }
  for (const { name, at } of result.expression.devices)
    if (!run.names.device.has(name)) {
      const expected = oneOf('the name of a device of this file', name, run.names.device)
      note(run, spot.at + at, path, expected, JSON.stringify(name))
    }
}

/** The same for every `{ expr: TEXT }` in a value. */
export function checkExpressionsIn(run: CheckRun, spot: Located, path: Path): void {
  const text = isExpression(spot.value) ? spot.entries?.get('expr') : undefined
  if (text !== undefined && typeof text.value === 'string')
    return checkExpression(run, text.value, text, [...path, 'expr'])
  for (const [key, inner] of spot.entries ?? []) checkExpressionsIn(run, inner, [...path, key])
  for (const [i, inner] of (spot.items ?? []).entries())
    checkExpressionsIn(run, inner, [...path, i])
}
