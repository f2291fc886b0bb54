import { compile } from '../macros/expression/expression.ts'
import { type CheckRun, note, oneOf } from './check.ts'
import type { Path } from './fault.ts'
import { foundText } from './fault.ts'
import type { Located } from './source.ts'

// Expressions stand anywhere in macros, triggers and schedules: as `{ expr: TEXT }` in the place of a value, and as `when`.

const sections = ['macros', 'triggers', 'schedules'] as const

/** Reports each expression that is none, with the place in it, and each device in one that the file does not have. */
export function checkExpressions(run: CheckRun, root: Located, file: string): void {
  for (const section of sections) {
    const spot = root.entries?.get(section)
    if (spot !== undefined) look(run, spot, [section], file)
  }
}

function look(run: CheckRun, spot: Located, path: Path, file: string): void {
  for (const [i, item] of (spot.items ?? []).entries()) look(run, item, [...path, i], file)
  for (const [key, inner] of spot.entries ?? []) {
    const inside = [...path, key]
    const isWhole = key === 'expr' && spot.entries?.size === 1
    const isWhen = key === 'when' && path.length === 2 && path[0] !== 'macros'
    if ((isWhole || isWhen) && typeof inner.value === 'string')
      checkText(run, inner, inner.value, isWhen, inside, file)
    else look(run, inner, inside, file)
  }
}

function checkText(
  run: CheckRun,
  spot: Located,
  text: string,
  isWhen: boolean,
  path: Path,
  file: string,
): void {
  const result = compile(text)
  if (!result.ok) {
    const where = `${result.detail}, at character ${result.at + 1}`
    note(
      run,
      placeIn(spot, text, result.at, file),
      path,
      `an expression (${where})`,
      foundText(text, path),
    )
    return
  }
  const { type, devices } = result.expression
  if (isWhen && type !== 'bool' && type !== 'dyn')
    note(run, spot.at, path, 'an expression that gives true or false', `one that gives ${type}`)
  for (const { name, at } of devices)
    if (!run.names.device.has(name)) {
      const expected = oneOf('the name of a device of this file', name, run.names.device)
      note(run, placeIn(spot, text, at, file), path, expected, foundText(name, path))
    }
}

/** The place in the file, where the text stands there as it is; else where it begins. */
function placeIn(spot: Located, text: string, at: number, file: string): number {
  const begin = file.indexOf(text, spot.at)
  // after a quote at the most: what is folded or escaped stands elsewhere
  return begin >= 0 && begin - spot.at <= 1 ? begin + at : spot.at
}
