import type { Path } from './fault.ts'
import type { Located } from './source.ts'

/** Keys below which a file may have anything: what is handed on as it is means nothing to us. */
const free: ReadonlySet<string> = new Set(['args', 'value', 'equals', 'let', 'forEach', 'default'])

/** Every mapping at and below a place, but for those inside of values that are handed on as they are. */
export function* mappingsIn(
  spot: Located | undefined,
  path: Path,
): Iterable<{ readonly spot: Located; readonly path: Path }> {
  if (spot === undefined) return
  if (spot.entries !== null) yield { spot, path }
  for (const [key, inner] of spot.entries ?? [])
    if (!free.has(key)) yield* mappingsIn(inner, [...path, key])
  for (const [i, inner] of (spot.items ?? []).entries()) yield* mappingsIn(inner, [...path, i])
}
