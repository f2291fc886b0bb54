import { isExpression } from '../macros/value.ts'
import type { Path } from './fault.ts'
import type { Located } from './source.ts'

/** An expression, and where it stands in the file. */
export interface PlacedExpression {
  readonly text: string
  readonly spot: Located
  readonly path: Path
}

/** Every `{ expr: TEXT }` in a value. */
export function expressionsIn(spot: Located, path: Path): readonly PlacedExpression[] {
  const text = isExpression(spot.value) ? spot.entries?.get('expr') : undefined
  if (text !== undefined && typeof text.value === 'string')
    return [{ text: text.value, spot: text, path: [...path, 'expr'] }]
  return [
    ...[...(spot.entries ?? [])].flatMap(([key, inner]) => expressionsIn(inner, [...path, key])),
    ...(spot.items ?? []).flatMap((inner, i) => expressionsIn(inner, [...path, i])),
  ]
}
